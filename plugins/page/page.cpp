// The module page.dgm: documents as pages for people, Markdown and HTML (formats/page).
#include <dragoman/version.h>
#include <page/page.hpp>

namespace {
constexpr const dgm_format* formats[] = {&dragoman::page::markdown_format, &dragoman::page::html_format, nullptr};
}

extern "C" DGM_EXPORT constinit const dgm_plugin dgm_plugin_v1 = {
    sizeof(dgm_plugin), DGM_ABI, "org.dragoman.page", DRAGOMAN_VERSION, "MIT", DGM_MODEL, formats};

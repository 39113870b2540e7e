// The module dublin_core.dgm: Dublin Core records (formats/dublin_core).
#include <dragoman/version.h>
#include <dublin_core/dublin_core.hpp>

namespace {
constexpr const dgm_format* formats[] = {&dragoman::dublin_core::format, nullptr};
}

extern "C" DGM_EXPORT constinit const dgm_plugin dgm_plugin_v1 = {
    sizeof(dgm_plugin), DGM_ABI, "org.dragoman.dublin-core", DRAGOMAN_VERSION, "MIT", DGM_MODEL, formats};

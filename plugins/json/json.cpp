// The module json.dgm: JSON and JSON Lines (formats/json).
#include <dragoman/version.h>
#include <json/json.hpp>

namespace {
constexpr const dgm_format* formats[] = {&dragoman::json::document_format, &dragoman::json::lines_format, nullptr};
}

extern "C" DGM_EXPORT constinit const dgm_plugin dgm_plugin_v1 = {
    sizeof(dgm_plugin), DGM_ABI, "org.dragoman.json", DRAGOMAN_VERSION, "MIT", DGM_MODEL, formats};

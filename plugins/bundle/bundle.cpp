// The module bundle.dgm: BagIt bundles and other archives (formats/bundle).
#include <dragoman/version.h>
#include <bundle/bundle.hpp>

namespace {
constexpr const dgm_format* formats[] = {&dragoman::bundle::format, nullptr};
}

extern "C" DGM_EXPORT constinit const dgm_plugin dgm_plugin_v1 = {
    sizeof(dgm_plugin), DGM_ABI, "org.dragoman.bundle", DRAGOMAN_VERSION, "MIT", DGM_MODEL, formats};

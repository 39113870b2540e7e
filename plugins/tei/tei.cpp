// The module tei.dgm: TEI P5. All knowledge is in formats/tei.
#include <tei/tei.hpp>

#include <dragoman/version.h>

namespace {
constexpr const dgm_format* formats[] = {&dragoman::tei::format, nullptr};
}

extern "C" DGM_EXPORT const dgm_plugin dgm_plugin_v1 = {sizeof(dgm_plugin), DGM_ABI, "org.dragoman.tei", DRAGOMAN_VERSION, "MIT",
                                                        DGM_MODEL,          formats};

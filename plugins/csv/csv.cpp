// The module csv.dgm: tables of headings, and the table in which the published collection came (formats/csv).
#include <dragoman/version.h>
#include <csv/csv.hpp>

namespace {
constexpr const dgm_format* formats[] = {&dragoman::csv::cablegate_format, &dragoman::csv::headings_format, nullptr};
}

extern "C" DGM_EXPORT constinit const dgm_plugin dgm_plugin_v1 = {
    sizeof(dgm_plugin), DGM_ABI, "org.dragoman.csv", DRAGOMAN_VERSION, "MIT", DGM_MODEL, formats};

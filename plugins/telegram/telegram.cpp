// The plugin of raw telegram text; what it knows is in formats/telegram.
#include <dragoman/plugin.h>
#include <dragoman/version.h>
#include <telegram/telegram.hpp>

static const dgm_format* const formats[] = {&dragoman::telegram::format, nullptr};

extern "C" DGM_EXPORT const dgm_plugin dgm_plugin_v1 = {
    sizeof(dgm_plugin), DGM_ABI, "org.dragoman.telegram", DRAGOMAN_VERSION, "MIT", DGM_MODEL, formats};

// The module mail.dgm: messages of Internet mail (formats/mail).
#include <dragoman/version.h>
#include <mail/mail.hpp>

namespace {
constexpr const dgm_format* formats[] = {&dragoman::mail::format, nullptr};
}

extern "C" DGM_EXPORT constinit const dgm_plugin dgm_plugin_v1 = {
    sizeof(dgm_plugin), DGM_ABI, "org.dragoman.mail", DRAGOMAN_VERSION, "MIT", DGM_MODEL, formats};

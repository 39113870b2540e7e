// Codes of the diagnostics that the host itself reports, and of those that the SDK reports in a plugin's name.
#pragma once
#include <dragoman/plugin.h>

#include <span>

namespace dragoman::hosting {

// All of them, in order of code. Constant data; any thread.
std::span<const dgm_code> host_codes() noexcept;

}  // namespace dragoman::hosting

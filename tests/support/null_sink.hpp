// A sink that takes every event and keeps nothing: what remains is the reader's own cost. For benchmarks. Any thread.
#pragma once
#include <dragoman/plugin.h>

namespace dragoman::testing {

inline const dgm_sink null_sink{sizeof(dgm_sink),
                                nullptr,
                                [](void*, std::int32_t, dgm_str) noexcept { return dgm_status{DGM_OK}; },
                                [](void*, dgm_str, dgm_str) noexcept { return dgm_status{DGM_OK}; },
                                [](void*, dgm_str) noexcept { return dgm_status{DGM_OK}; },
                                [](void*, const void*, std::size_t) noexcept { return dgm_status{DGM_OK}; },
                                [](void*) noexcept { return dgm_status{DGM_OK}; },
                                [](void*, std::uint64_t, std::uint64_t) noexcept { return dgm_status{DGM_OK}; }};

}  // namespace dragoman::testing

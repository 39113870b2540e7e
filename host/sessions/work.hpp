// Work that a session does in several threads (DGM_EXT_WORK).
#pragma once
#include <dragoman/plugin.h>

#include <cstdint>

namespace dragoman::hosting {

struct environment;

// Calls `piece` for each number below `count`, in the calling thread and in others as far as `env.jobs` allows: sessions
// that work at the same time share those.
void work_side_by_side(environment& env, std::uint64_t count, void(DGM_CALL* piece)(void* of, std::uint64_t number) noexcept,
                       void* of) noexcept;

}  // namespace dragoman::hosting

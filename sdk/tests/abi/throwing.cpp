// A callback that may throw does not fit into a table of the contract: the function types are noexcept. With NOTHING_THROWN it
// cannot, and this compiles.
#include <dragoman/plugin.h>

#ifdef NOTHING_THROWN
#define MAY_THROW noexcept
#else
#define MAY_THROW
#endif

dgm_status finish(void* session) MAY_THROW { return session == nullptr ? DGM_FATAL : DGM_OK; }

constexpr dgm_writer writer{.size = sizeof(dgm_writer),
                            .open = nullptr,
                            .write = nullptr,
                            .finish = finish,
                            .close = nullptr,
                            .failed = nullptr,
                            .number = nullptr};

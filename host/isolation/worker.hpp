// The worker's side: this program, begun again to run the sessions of one plugin for another process of it.
#pragma once

namespace dragoman::hosting {

// The hidden word that makes the program a worker: `dragoman isolated-worker SOCKET MEMORY`, a descriptor
// and the number of shared memory.
constexpr const char* worker_word = "isolated-worker";

// Serves the host until it hangs up. Returns the exit code.
int be_worker(int argc, char** argv) noexcept;

}  // namespace dragoman::hosting

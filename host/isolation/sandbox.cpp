#include "isolation/sandbox.hpp"

#include "processes/child_process.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <vector>

namespace dragoman::hosting {
namespace {

void set_limit(__rlimit_resource resource, rlim_t value) noexcept {
  const rlimit limit{value, value};
  ::setrlimit(resource, &limit);
}

// -- seccomp: system calls that are answered with EACCES, as if nothing in the world could be opened --------------------

#if defined(__x86_64__)
constexpr std::uint32_t machine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t machine = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t machine = 0;  // no filter
#endif

constexpr long refused[] = {
#ifdef __NR_open
    __NR_open,
    __NR_creat,
    __NR_link,
    __NR_unlink,
    __NR_rename,
    __NR_mkdir,
    __NR_rmdir,
    __NR_symlink,
    __NR_mknod,
    __NR_chmod,
    __NR_chown,
    __NR_lchown,
    __NR_utime,
    __NR_utimes,
    __NR_fork,
    __NR_vfork,
#endif
    __NR_openat2,
    __NR_open_by_handle_at,
    __NR_linkat,
    __NR_unlinkat,
    __NR_renameat,
    __NR_renameat2,
    __NR_mkdirat,
    __NR_symlinkat,
    __NR_mknodat,
    __NR_fchmodat,
    __NR_fchownat,
    __NR_utimensat,
    __NR_truncate,
    __NR_chdir,
    __NR_fchdir,
    __NR_chroot,
    __NR_mount,
    __NR_umount2,
    __NR_pivot_root,
    __NR_unshare,
    __NR_setns,
    __NR_socket,
    __NR_socketpair,
    __NR_connect,
    __NR_bind,
    __NR_listen,
    __NR_accept,
    __NR_accept4,
    __NR_execve,
    __NR_execveat,
    __NR_kill,
    __NR_ptrace,
    __NR_process_vm_readv,
    __NR_process_vm_writev,
    __NR_pidfd_open,
    __NR_pidfd_getfd,
    __NR_pidfd_send_signal,
    __NR_io_uring_setup,
    __NR_bpf,
    __NR_perf_event_open,
    __NR_userfaultfd,
    __NR_add_key,
    __NR_request_key,
    __NR_keyctl,
    __NR_inotify_init1,
    __NR_fanotify_init};

sock_filter statement(unsigned code, std::uint32_t k) { return {static_cast<std::uint16_t>(code), 0, 0, k}; }
// Jumps over `if_true` or `if_false` of the statements that follow.
sock_filter jump(unsigned code, std::uint32_t k, std::uint8_t if_true, std::uint8_t if_false) {
  return {static_cast<std::uint16_t>(code), if_true, if_false, k};
}

std::vector<sock_filter> filter() {
  constexpr std::uint32_t refusal = SECCOMP_RET_ERRNO | EACCES;
  const auto load = [](std::size_t at) { return statement(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(at)); };
  const auto argument = [&](std::size_t n) {
    return load(offsetof(seccomp_data, args) + n * sizeof(std::uint64_t));
  };  // its lower half
  const auto give = [](std::uint32_t what) { return statement(BPF_RET | BPF_K, what); };
  std::vector<sock_filter> f {
    load(offsetof(seccomp_data, arch)), jump(BPF_JMP | BPF_JEQ | BPF_K, machine, 1, 0), give(SECCOMP_RET_KILL_PROCESS),
        load(offsetof(seccomp_data, nr)),
#if defined(__x86_64__)
        jump(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), give(SECCOMP_RET_KILL_PROCESS),  // the x32 names of the same calls
#endif
  };
  for (const long nr : refused) {
    f.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(nr), 0, 1));
    f.push_back(give(refusal));
  }
  // A nameless temporary file may be made; nothing that has a name is opened.
  for (const auto& s :
       {jump(BPF_JMP | BPF_JEQ | BPF_K, __NR_openat, 0, 5), argument(2), statement(BPF_ALU | BPF_AND | BPF_K, O_TMPFILE),
        jump(BPF_JMP | BPF_JEQ | BPF_K, O_TMPFILE, 0, 1), give(SECCOMP_RET_ALLOW), give(refusal)})
    f.push_back(s);
  // Threads, but no processes. The arguments of clone3 are out of a filter's reach; without it, clone is used.
  for (const auto& s :
       {jump(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 0, 4), argument(0), jump(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0),
        give(refusal), give(SECCOMP_RET_ALLOW), jump(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone3, 0, 1),
        give(SECCOMP_RET_ERRNO | ENOSYS), give(SECCOMP_RET_ALLOW)})
    f.push_back(s);
  return f;
}

void refuse_calls() {
  auto f = filter();
  const sock_fprog program{static_cast<unsigned short>(f.size()), f.data()};
  ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
}

// -- Landlock: paths of any kind, and TCP, but for nameless files in TMPDIR ---------------------------------------------

int landlock_version() {
  const auto version = ::syscall(SYS_landlock_create_ruleset, nullptr, std::size_t{0}, LANDLOCK_CREATE_RULESET_VERSION);
  return version > 0 ? static_cast<int>(version) : 0;
}

void refuse_paths() {
  constexpr std::uint64_t first_rights = (std::uint64_t{LANDLOCK_ACCESS_FS_MAKE_SYM} << 1) - 1;  // all of version 1
  constexpr std::uint64_t refer = 1 << 13, truncate = 1 << 14;
  // The struct as version 4 knows it; older kernels are told its size then.
  struct {
    std::uint64_t files, network;
  } rights{first_rights, 0};
  const int version = landlock_version();
  if (version == 0) return;
  if (version >= 2) rights.files |= refer;
  if (version >= 3) rights.files |= truncate;
  if (version >= 4) rights.network = 3;  // bind and connect by TCP
  const descriptor ruleset(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rights, version >= 4 ? sizeof rights : sizeof rights.files, 0)));
  if (!ruleset) return;
  const char* temporary = std::getenv("TMPDIR");
  const descriptor folder(
      ::open(temporary != nullptr && *temporary != '\0' ? temporary : "/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (folder) {
    landlock_path_beneath_attr rule{};
    rule.allowed_access = LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                          (version >= 3 ? truncate : 0);
    rule.parent_fd = folder.get();
    ::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  }
  ::syscall(SYS_landlock_restrict_self, ruleset.get(), 0);
}

}  // namespace

std::string sandbox_means::text() const {
  std::string out = seccomp ? "seccomp" : "";
  if (landlock > 0) out += (out.empty() ? "" : " and ") + std::string("Landlock ") + std::to_string(landlock);
  return out.empty() ? "nothing" : out;
}

sandbox_means means_of_this_kernel() {
  sandbox_means out;
  out.landlock = landlock_version();
  // Asked with a null filter a kernel that has filters stumbles over the pointer.
  out.seccomp = machine != 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, nullptr) != 0 && errno == EFAULT;
  return out;
}

void allow_processor(double seconds) noexcept {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  rlimit limit{};
  if (::getrlimit(RLIMIT_CPU, &limit) != 0) return;
  limit.rlim_cur = static_cast<rlim_t>(used.tv_sec) + static_cast<rlim_t>(std::ceil(seconds)) + 2;
  ::setrlimit(RLIMIT_CPU, &limit);
}

void enter_sandbox(const sandbox_limits& limits) {
  set_limit(RLIMIT_CORE, 0);
  set_limit(RLIMIT_FSIZE, limits.file_size);
  set_limit(RLIMIT_NOFILE, limits.open_files);
  if (!is_instrumented) set_limit(RLIMIT_AS, limits.memory);
  allow_processor(limits.processor_seconds);
  ::signal(SIGXFSZ, SIG_IGN);
  ::signal(SIGPIPE, SIG_IGN);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return;  // else neither of the two is allowed
  refuse_paths();
  if (means_of_this_kernel().seccomp) refuse_calls();
}

}  // namespace dragoman::hosting

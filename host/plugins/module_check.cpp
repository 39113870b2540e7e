#include "plugins/module_check.hpp"

// The order counts: Boost 1.74 uses these without including them.
#include <string>
#include <vector>

#include <boost/dll/library_info.hpp>

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <exception>
#include <string_view>

namespace dragoman::hosting {
namespace {

constexpr std::string_view export_name = "dgm_plugin_v1";

struct refusal {
  std::string reason;
};

// Reads parts of a file, never outside of it.
class file_reader {
public:
  explicit file_reader(const char* path) : fd_(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    struct stat info {};
    if (fd_ < 0 || ::fstat(fd_, &info) != 0) throw refusal{std::string("cannot be opened: ") + std::strerror(errno)};
    size_ = static_cast<std::uint64_t>(info.st_size);
  }
  file_reader(const file_reader&) = delete;
  file_reader& operator=(const file_reader&) = delete;
  ~file_reader() {
    if (fd_ >= 0) ::close(fd_);
  }

  bool contains(std::uint64_t offset, std::uint64_t length) const noexcept { return offset <= size_ && length <= size_ - offset; }
  void read(std::uint64_t offset, void* buffer, std::size_t length) const {
    if (!contains(offset, length)) throw refusal{"not a whole shared object: cut off"};
    for (auto* out = static_cast<char*>(buffer); length > 0;) {
      const ssize_t n = ::pread(fd_, out, length, static_cast<off_t>(offset));
      if (n <= 0) throw refusal{"cannot be read"};
      out += n;
      offset += static_cast<std::uint64_t>(n);
      length -= static_cast<std::size_t>(n);
    }
  }
  template <class T>
  std::vector<T> table(std::uint64_t offset, std::uint64_t octets) const {
    if (octets > (std::uint64_t{64} << 20)) throw refusal{"not a shared object: absurd tables"};
    std::vector<T> out(static_cast<std::size_t>(octets / sizeof(T)));
    if (!out.empty()) read(offset, out.data(), out.size() * sizeof(T));
    return out;
  }

private:
  int fd_;
  std::uint64_t size_ = 0;
};

#if __SIZEOF_POINTER__ == 8
using header = Elf64_Ehdr;
using segment = Elf64_Phdr;
using section = Elf64_Shdr;
using symbol = Elf64_Sym;
constexpr unsigned char native_class = ELFCLASS64;
#else
using header = Elf32_Ehdr;
using segment = Elf32_Phdr;
using section = Elf32_Shdr;
using symbol = Elf32_Sym;
constexpr unsigned char native_class = ELFCLASS32;
#endif

// The header of the running program tells machine and byte order without a table of our own.
header own_header() {
  header h{};
  file_reader("/proc/self/exe").read(0, &h, sizeof h);
  return h;
}

bool is_exported(const symbol& s) noexcept {
  const auto binding = s.st_info >> 4;
  const auto visibility = s.st_other & 3;
  return s.st_shndx != SHN_UNDEF && (binding == STB_GLOBAL || binding == STB_WEAK || binding == STB_GNU_UNIQUE) &&
         (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

// Names that the linker makes by itself.
bool is_made_by_linker(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 5> names{"_init", "_fini", "_edata", "_end", "__bss_start"};
  return name.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

// What the dynamic loader would find. library_info lists .symtab, which a stripped module does not have.
std::vector<std::string> exports(const file_reader& file, const header& h) {
  std::vector<std::string> names;
  if (h.e_shentsize != sizeof(section)) throw refusal{"not a shared object: no section table"};
  const auto sections = file.table<section>(h.e_shoff, std::uint64_t{h.e_shnum} * sizeof(section));
  for (const auto& s : sections) {
    if (s.sh_type != SHT_DYNSYM) continue;
    if (s.sh_link >= sections.size()) throw refusal{"not a shared object: damaged symbol table"};
    const auto symbols = file.table<symbol>(s.sh_offset, s.sh_size);
    const auto text = file.table<char>(sections[s.sh_link].sh_offset, sections[s.sh_link].sh_size);
    for (const auto& entry : symbols) {
      if (!is_exported(entry)) continue;
      if (entry.st_name >= text.size()) throw refusal{"not a shared object: damaged symbol table"};
      const char* name = text.data() + entry.st_name;
      const std::string_view found(name, ::strnlen(name, text.size() - entry.st_name));
      if (!is_made_by_linker(found)) names.emplace_back(found);
    }
  }
  return names;
}

void check_segments(const file_reader& file, const header& h) {
  if (h.e_phentsize != sizeof(segment)) throw refusal{"not a shared object: no program headers"};
  for (const auto& s : file.table<segment>(h.e_phoff, std::uint64_t{h.e_phnum} * sizeof(segment)))
    if (s.p_type == PT_LOAD && !file.contains(s.p_offset, s.p_filesz)) throw refusal{"not a whole shared object: cut off"};
}

// More exports than the one are a flaw and no danger: names of a module that is loaded locally stay its own.
std::string remark_on_exports(std::vector<std::string> names) {
  const auto ours = std::find(names.begin(), names.end(), export_name);
  if (ours == names.end()) throw refusal{"not a plugin: it does not export dgm_plugin_v1"};
  names.erase(ours);
  if (names.empty()) return {};
  std::string list;
  for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 3); ++i) list += (i ? ", " : "") + names[i];
  return "exports " + std::to_string(names.size()) + " more than dgm_plugin_v1 (" + list + (names.size() > 3 ? ", ..." : "") +
         "); link it with a list of exports";
}

std::string check_file(const std::filesystem::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) throw refusal{std::string("cannot be opened: ") + std::strerror(errno)};
  if (!S_ISREG(info.st_mode)) throw refusal{"not a regular file"};
  const file_reader file(path.c_str());
  try {
    const boost::dll::library_info of_this_system(path);  // throws for what is not
  } catch (const std::exception&) {
    throw refusal{"not a shared object of this system"};
  }
  header h{};
  file.read(0, &h, sizeof h);
  static const header own = own_header();  // the same for all
  if (h.e_ident[EI_CLASS] != native_class || h.e_ident[EI_DATA] != own.e_ident[EI_DATA] || h.e_machine != own.e_machine)
    throw refusal{"built for another machine"};
  if (h.e_type != ET_DYN) throw refusal{"not a shared object"};
  check_segments(file, h);
  return remark_on_exports(exports(file, h));
}

}  // namespace

module_verdict check_module(const std::filesystem::path& file) noexcept {
  try {
    return {{}, check_file(file)};
  } catch (const refusal& r) {
    return {r.reason, {}};
  } catch (const std::exception& e) {
    return {std::string("cannot be checked: ") + e.what(), {}};
  }
}

}  // namespace dragoman::hosting

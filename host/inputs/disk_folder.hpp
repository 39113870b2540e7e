// A folder of the disk as a plugin is lent it: everything below it, links not followed.
#pragma once
#include "display/diagnostics.hpp"

#include <dragoman/plugin.h>

#include <memory>
#include <string>
#include <vector>

namespace dragoman::hosting {

class disk_folder {
public:
  enum class extent { whole, top };  // with everything below, or only what lies in it directly
  // Lists the folder. Nothing, with the reason in `problem`, when it cannot be opened; what cannot be read inside it is in
  // problems() with its path.
  static std::unique_ptr<disk_folder> open(const std::string& path, std::string& problem, extent how = extent::whole);
  disk_folder(const disk_folder&) = delete;
  disk_folder& operator=(const disk_folder&) = delete;
  ~disk_folder();

  const dgm_folder* table() const noexcept { return &table_; }
  const std::vector<std::pair<std::string, std::string>>& problems() const noexcept { return problems_; }

private:
  struct entry {
    std::string path;
    std::int32_t type;
    std::uint64_t length;
  };
  explicit disk_folder(int fd);
  void list(int fd, const std::string& prefix, unsigned depth, extent how);
  void problem(const std::string& path, int error);
  static void DGM_CALL on_entry(void* ctx, std::size_t index, dgm_entry* out) noexcept;
  static dgm_status DGM_CALL on_read(void* ctx, std::size_t index,
                                     dgm_status(DGM_CALL* take)(void*, const void*, std::size_t) noexcept, void* taker) noexcept;

  int fd_;
  std::vector<entry> entries_;  // by the octets of their paths
  std::vector<std::pair<std::string, std::string>> problems_;
  dgm_folder table_;
};

}  // namespace dragoman::hosting

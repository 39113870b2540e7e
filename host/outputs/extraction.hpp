// Writing the entries of an archive below a folder: never outside of it, never over anything that is there.
//
// Source: bundles.md 7 "We write files ourselves". Every step goes through a descriptor of the folder before, and no link is
// followed, so that nobody who changes the folders meanwhile can lead it elsewhere either.
#pragma once
#include <dragoman/plugin.h>

#include <functional>
#include <string>
#include <string_view>

namespace dragoman::hosting {

class extraction {
public:
  // Told of each entry that could not be written, with the reason.
  using take_problem = std::function<void(const std::string& path, const std::string& why)>;
  // `target` is made when it is not there. Throws std::system_error when it cannot be opened.
  extraction(const std::string& target, take_problem problem);
  ~extraction();
  extraction(const extraction&) = delete;
  extraction& operator=(const extraction&) = delete;

  // Writes one entry of `from`; a file appears whole or not at all. False after a problem was told. Throws stop when
  // `from` asks for it.
  bool write(const dgm_folder& from, std::size_t index);
  std::size_t files() const noexcept { return files_; }  // written
  // Everything written would survive a power cut.
  bool sync() noexcept;

private:
  bool write_folder(const std::string& path);
  bool write_file(const dgm_folder& from, std::size_t index, const std::string& path);
  bool fail(const std::string& path, std::string why);

  int target_;
  std::size_t files_ = 0;
  take_problem problem_;
};

}  // namespace dragoman::hosting

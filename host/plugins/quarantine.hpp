// Remembers which plugins crashed the program while they were loaded, so that they do it once.
#pragma once
#include <filesystem>
#include <map>
#include <string>

namespace dragoman::hosting {

// State in one small JSON file. A mark is written before a plugin that is not yet known to be good is loaded, and
// taken away after; a mark left over by a process that is gone means that loading killed it. Known-good plugins cost
// no write. Where the file cannot be written, nothing is remembered. One thread; several processes may share the file.
class quarantine {
public:
  // Reads the state at `file`; an empty path, or an unreadable file, is an empty state.
  explicit quarantine(std::filesystem::path file);

  // $XDG_STATE_HOME/dragoman/quarantine.json, or ~/.local/state/...; empty when there is no home.
  static std::filesystem::path default_file();

  // Why and since when this very file is not loaded, or nothing.
  std::string why_not(const std::filesystem::path& plugin) const;

  void about_to_load(const std::filesystem::path& plugin);
  void survived(const std::filesystem::path& plugin);
  // Writes what was learnt. Called once, after all plugins.
  void save();
  // Forgets every crash. Returns how many there were.
  std::size_t forget();

private:
  struct mark {
    std::string version;  // size and time of the file: another build is another plugin
    std::string date;
    long process = 0;
  };
  static std::string version_of(const std::filesystem::path& plugin);
  void read();
  void write() noexcept;

  std::filesystem::path file_;
  std::map<std::string, std::string> good_;  // path -> version
  std::map<std::string, mark> loading_, crashed_;
  bool changed_ = false;
};

}  // namespace dragoman::hosting

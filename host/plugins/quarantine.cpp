#include "plugins/quarantine.hpp"

#include <dragoman/time.hpp>
#include <nlohmann/json.hpp>

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <system_error>

namespace dragoman::hosting {
namespace {

bool is_running(long process) { return process > 0 && (::kill(static_cast<pid_t>(process), 0) == 0 || errno == EPERM); }

std::string text_member(const nlohmann::json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}

}  // namespace

std::filesystem::path quarantine::default_file() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::filesystem::path(value != nullptr ? value : "");
  };
  auto folder = variable("XDG_STATE_HOME");
  if (!folder.is_absolute()) {
    const auto home = variable("HOME");
    if (!home.is_absolute()) return {};
    folder = home / ".local" / "state";
  }
  return folder / "dragoman" / "quarantine.json";
}

quarantine::quarantine(std::filesystem::path file) : file_(std::move(file)) {
  if (!file_.empty()) read();
}

void quarantine::read() {
  std::ifstream in(file_, std::ios::binary);
  const auto state = nlohmann::json::parse(in, nullptr, false);
  if (!state.is_object()) return;
  const auto marks = [&](const char* name, std::map<std::string, mark>& into) {
    const auto list = state.find(name);
    if (list == state.end() || !list->is_object()) return;
    for (const auto& [path, value] : list->items()) {
      if (!value.is_object()) continue;
      const auto process = value.find("process");
      into[path] = {text_member(value, "version"), text_member(value, "date"),
                    process != value.end() && process->is_number_integer() ? process->get<long>() : 0};
    }
  };
  marks("loading", loading_);
  marks("crashed", crashed_);
  if (const auto list = state.find("good"); list != state.end() && list->is_object())
    for (const auto& [path, version] : list->items())
      if (version.is_string()) good_[path] = version.get<std::string>();
  for (auto it = loading_.begin(); it != loading_.end();) {
    if (is_running(it->second.process)) {
      ++it;
      continue;
    }
    crashed_[it->first] = it->second;
    it = loading_.erase(it);
    changed_ = true;
  }
}

std::string quarantine::version_of(const std::filesystem::path& plugin) {
  struct stat info {};
  if (::stat(plugin.c_str(), &info) != 0) return {};
  return std::to_string(info.st_size) + ":" + std::to_string(info.st_mtim.tv_sec) + "." + std::to_string(info.st_mtim.tv_nsec);
}

std::string quarantine::why_not(const std::filesystem::path& plugin) const {
  const auto it = crashed_.find(plugin.string());
  if (it == crashed_.end() || it->second.version != version_of(plugin)) return {};
  return "loading it crashed the program on " + it->second.date +
         "; 'dragoman plugins --retry' tries again, and so does a new version of the file";
}

void quarantine::about_to_load(const std::filesystem::path& plugin) {
  if (file_.empty()) return;
  const auto version = version_of(plugin);
  if (const auto it = good_.find(plugin.string()); it != good_.end() && it->second == version) return;
  loading_[plugin.string()] = {version, utc_time(std::time(nullptr)), static_cast<long>(::getpid())};
  write();
}

void quarantine::survived(const std::filesystem::path& plugin) {
  const auto it = loading_.find(plugin.string());
  if (it == loading_.end()) return;
  good_[it->first] = it->second.version;
  crashed_.erase(it->first);
  loading_.erase(it);
  changed_ = true;
}

void quarantine::save() {
  if (changed_) write();
}

std::size_t quarantine::forget() {
  const std::size_t count = crashed_.size();
  crashed_.clear();
  if (count != 0) write();
  return count;
}

void quarantine::write() noexcept {
  changed_ = false;
  if (file_.empty()) return;
  try {
    // What is gone need not be known: the file is read at every start.
    std::erase_if(good_, [](const auto& known) { return version_of(known.first).empty(); });
    nlohmann::json state{
        {"good", nlohmann::json::object()}, {"loading", nlohmann::json::object()}, {"crashed", nlohmann::json::object()}};
    for (const auto& [path, version] : good_) state["good"][path] = version;
    const auto marks = [&](const char* name, const std::map<std::string, mark>& list) {
      for (const auto& [path, m] : list) state[name][path] = {{"version", m.version}, {"date", m.date}, {"process", m.process}};
    };
    marks("loading", loading_);
    marks("crashed", crashed_);
    const auto text = state.dump(1, ' ', false, nlohmann::json::error_handler_t::replace);
    std::error_code ignored;
    std::filesystem::create_directories(file_.parent_path(), ignored);
    auto part = file_;
    part += "." + std::to_string(::getpid()) + ".part";
    {
      std::ofstream out(part, std::ios::binary);
      out << text << '\n';
      out.close();
      if (!out) {
        std::filesystem::remove(part, ignored);
        return;
      }
    }
    std::filesystem::rename(part, file_, ignored);
    if (ignored) std::filesystem::remove(part, ignored);
  } catch (const std::exception&) {  // out of memory, or a path that is no text: nothing is remembered
  }
}

}  // namespace dragoman::hosting

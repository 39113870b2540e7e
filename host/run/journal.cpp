#include "run/journal.hpp"

#include "plugins/options.hpp"
#include "strings.hpp"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <system_error>

namespace dragoman::hosting {
namespace {

using nlohmann::json;

constexpr std::size_t longest_line = std::size_t{1} << 30;

std::string host_name() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  return name;
}

}  // namespace

journal::journal(std::string path, const std::string& identity, std::int64_t started) : path_(std::move(path)) {
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "the journal " + path_ + " cannot be opened");
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(fd_);
    throw usage_error("another run writes the journal " + printable(path_) + ": wait until it has ended");
  }
  load(identity);
  if (!started_) started_ = started;
  append_or_throw(json{
      {"dragoman-journal", 1}, {"identity", identity}, {"started", *started_}, {"host", host_name()}, {"process", ::getpid()}}
                      .dump(-1, ' ', false, json::error_handler_t::replace));
}

journal::~journal() {
  sync();
  ::close(fd_);
}

// Reads what is there, line by line, and cuts off a torn end.
void journal::load(const std::string& identity) {
  std::string text(std::size_t{1} << 16, '\0');
  std::size_t have = 0;
  std::uint64_t begin = 0;  // of text in the file
  bool counts = false;
  while (true) {
    const ssize_t n = ::pread(fd_, text.data() + have, text.size() - have, static_cast<off_t>(begin + have));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw std::system_error(errno, std::generic_category(), "the journal " + path_ + " cannot be read");
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
    std::size_t at = 0;
    for (std::size_t end; (end = std::string_view(text).substr(0, have).find('\n', at)) != std::string_view::npos; at = end + 1)
      take_line(std::string_view(text).substr(at, end - at), begin + at, identity, counts);
    text.erase(0, at);
    begin += at;
    have -= at;
    text.resize(std::max<std::size_t>(std::size_t{1} << 16, have * 2));
    if (have > longest_line) break;
  }
  if (have > 0 && ::ftruncate(fd_, static_cast<off_t>(begin)) != 0)
    throw std::system_error(errno, std::generic_category(), "the journal " + path_ + " cannot be written");
  std::sort(index_.begin(), index_.end());
  std::uint64_t before = 0;
  for (const auto& [hash, offset] : index_) done_ += std::exchange(before, hash) != hash;
}

// A line that nobody understands counts for nothing: its input is done anew.
void journal::take_line(std::string_view line, std::uint64_t offset, const std::string& identity, bool& counts) {
  const json v = json::parse(line, nullptr, false);
  if (!v.is_object()) return;
  if (v.contains("dragoman-journal")) {
    counts = v.value("identity", "") == identity;
    if (!counts) started_.reset();
    else if (!started_ && v.contains("started")) started_ = v.value("started", std::int64_t{0});
    if (v.value("host", "") == host_name()) processes_.push_back(v.value("process", 0L));
  } else if (v.contains("anew") && v["anew"].is_string()) {
    bool ignored = false;
    ours_.take(unescaped(v["anew"].get<std::string>()), "", ignored);
    index_.clear();
    finished_.clear();
    volumes_.clear();
  } else if (counts && v.contains("kept")) {
    volumes_.resize(std::min<std::size_t>(volumes_.size(), v.value("kept", std::size_t{0})));
    index_.resize(std::min<std::size_t>(index_.size(),
                                        volumes_.empty() ? 0 : volumes_.back().inputs));  // one line for each, in their order
    finished_.clear();
  } else if (counts && v.contains("volume")) {
    const auto index = v.value("volume", std::size_t{0});
    if (index == 0 || index > volumes_.size() + 1) return;
    volumes_.resize(std::max(index, volumes_.size()));
    volumes_[index - 1] = {{unescaped(v.value("path", "")), v.value("bytes", std::uint64_t{0}), v.value("sha256", "")},
                           v.value("inputs", std::uint64_t{0}),
                           v.value("ids", "")};
  } else if (v.contains("names") && v["names"].is_array()) {
    for (const auto& name : v["names"])
      if (bool ignored; name.is_string()) ours_.take(unescaped(name.get<std::string>()), "", ignored);
  } else if (counts && v.contains("finished") && v["finished"].is_array()) {
    finished_.clear();
    started_.reset();
    for (const auto& o : v["finished"])
      finished_.push_back({unescaped(o.value("path", "")), o.value("bytes", std::uint64_t{0}), o.value("sha256", "")});
  } else if (counts && v.contains("id") && v["id"].is_string()) {
    index_.emplace_back(std::hash<std::string>()(unescaped(v["id"].get<std::string>())), offset);
  }
}

std::optional<input_record> journal::find(const std::string& id) const {
  const auto hash = std::hash<std::string>()(id);
  // The last one is the one that counts.
  auto at = std::upper_bound(index_.begin(), index_.end(), std::pair(hash, ~std::uint64_t{0}));
  while (at != index_.begin() && (--at)->first == hash) {
    std::string line;
    char piece[4096];
    for (std::uint64_t offset = at->second; line.find('\n') == std::string::npos;) {
      const ssize_t n = ::pread(fd_, piece, sizeof piece, static_cast<off_t>(offset));
      if (n <= 0) break;
      line.append(piece, static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    }
    try {
      auto found = record_of(line.substr(0, line.find('\n')));
      if (found.id == id) return found;
    } catch (const std::exception&) {  // a line of somebody else's: not done
    }
  }
  return std::nullopt;
}

int journal::append(std::string line) {
  line += '\n';
  ssize_t n;
  do n = ::write(fd_, line.data(), line.size());
  while (n < 0 && errno == EINTR);
  if (n == static_cast<ssize_t>(line.size())) return 0;
  const int reason = n < 0 ? errno : ENOSPC;
  if (problem_.empty()) problem_ = std::strerror(reason);
  // What comes next is a line of its own.
  if (n > 0 && ::ftruncate(fd_, ::lseek(fd_, -n, SEEK_END)) != 0) problem_ += ", and a torn line could not be cut off";
  return reason;
}

void journal::append_or_throw(std::string line) {
  if (const int reason = append(std::move(line)))
    throw std::system_error(reason, std::generic_category(), "the journal " + path_ + " cannot be written");
}

bool journal::publishing(const std::vector<std::string>& outputs) {
  json names = json::array();
  for (const auto& o : outputs) names.push_back(escaped(o));
  return append(json{{"names", std::move(names)}}.dump()) == 0;
}

void journal::start_anew(const std::string& output) {
  append_or_throw(json{{"anew", escaped(output)}}.dump());
  volumes_.clear();
}

void journal::add_volume(std::uint32_t index, volume_record volume) {
  append(json{{"volume", index},
              {"path", escaped(volume.file.path)},
              {"bytes", volume.file.bytes},
              {"sha256", volume.file.sha256},
              {"inputs", volume.inputs},
              {"ids", volume.ids}}
             .dump());
  sync();
  volumes_.resize(std::max<std::size_t>(volumes_.size(), index));
  volumes_[index - 1] = std::move(volume);
}

void journal::keep_volumes(std::uint32_t count) {
  append_or_throw(json{{"kept", count}}.dump());
  volumes_.resize(count);
}

void journal::add(const input_record& r) {
  append(to_json(r));
  if (std::chrono::steady_clock::now() - synced_ >= std::chrono::seconds(1)) sync();
}

void journal::finish(const std::vector<output_record>& outputs) {
  json all = json::array();
  for (const auto& o : outputs) all.push_back({{"path", escaped(o.path)}, {"bytes", o.bytes}, {"sha256", o.sha256}});
  append(json{{"finished", std::move(all)}}.dump());
}

bool journal::sync() {
  if (::fdatasync(fd_) != 0 && problem_.empty()) problem_ = std::strerror(errno);
  synced_ = std::chrono::steady_clock::now();
  return problem_.empty();
}

}  // namespace dragoman::hosting

#include "display/diagnostics.hpp"

#include "strings.hpp"

#include <dragoman/node.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace dragoman::hosting {
namespace {

bool is_code(std::string_view code) {
  for (const char c : code)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_')) return false;
  return !code.empty();
}

}  // namespace

const char* name_of(level l) noexcept {
  switch (l) {
    case level::note: return "note";
    case level::warning: return "warning";
    case level::loss: return "loss";
    default: return "error";
  }
}

dgm_diag lent(const finding& f) noexcept {
  return {sizeof(dgm_diag), static_cast<std::int32_t>(f.severity), span(f.code), span(f.text), f.offset, f.length, f.line,
          f.column};
}

finding kept(const dgm_diag& d) {
  finding f;
  f.severity = static_cast<level>(std::clamp<std::int32_t>(d.severity, DGM_NOTE, DGM_ERROR));
  f.code = is_code(view(d.code)) ? std::string(view(d.code)) : "plugin.contract";
  f.text = d.text.len != 0 ? printable(view(d.text)) : "(the plugin says no more)";
  f.offset = d.offset;
  f.length = d.length;
  f.line = d.line;
  f.column = d.column;
  return f;
}

bool reporter::is_for_people(std::FILE* stream) {
  const char* terminal = std::getenv("TERM");
  return ::isatty(::fileno(stream)) == 1 && !(terminal != nullptr && std::string_view(terminal) == "dumb");
}

bool reporter::wants_color(std::FILE* stream) {
  const char* no_color = std::getenv("NO_COLOR");
  return is_for_people(stream) && (no_color == nullptr || *no_color == '\0');
}

void locate(finding& f, const origin& about) {
  if (f.line != 0 || f.offset < 0 || !about.content) return;
  const auto place = about.content->locate(static_cast<std::uint64_t>(f.offset));
  f.line = place.line;
  f.column = place.column;
}

// Counts it, too.
bool reporter::is_to_print(scope& in, const finding& f) {
  ++counts_[f.severity];
  if (f.severity == level::note && !settings_.verbose) return false;
  if (f.severity == level::warning && settings_.quiet) return false;
  return ++in[f.code] <= settings_.repeats;
}

void reporter::report(scope& in, const origin& about, const finding& f) {
  const std::lock_guard lock(mutex_);
  if (!is_to_print(in, f)) return;
  finding placed = f;
  locate(placed, about);
  print(about.display, placed);
}

void reporter::report(scope& in, std::string_view name, const finding& f) {
  const std::lock_guard lock(mutex_);
  if (is_to_print(in, f)) print(name, f);
}

void reporter::end(scope& in, std::string_view name) {
  const std::lock_guard lock(mutex_);
  for (const auto& [code, count] : in)
    if (count > settings_.repeats)
      write("dragoman: " + printable(name) + ": and " + std::to_string(count - settings_.repeats) + " more [" + code + "]\n");
  in.clear();
}

void reporter::say(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (!settings_.quiet) write("dragoman: " + printable(text) + "\n");
}

void reporter::print_line(std::string_view text) {
  const std::lock_guard lock(mutex_);
  write(std::string(text) + "\n");
}

void reporter::status(std::string_view text) {
  const std::lock_guard lock(mutex_);
  struct winsize size {};
  const std::size_t width =
      ::ioctl(::fileno(settings_.stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1u : 79u;
  const std::string now = shortened(text, width);
  if (now.empty() && status_.empty()) return;
  status_ = now;
  write("");
}

std::size_t reporter::count(level l) const {
  const std::lock_guard lock(mutex_);
  const auto it = counts_.find(l);
  return it == counts_.end() ? 0 : it->second;
}

void reporter::print(std::string_view name, const finding& f) {
  const auto color = [&]() -> const char* {
    switch (f.severity) {
      case level::error: return "\033[1;31m";
      case level::loss: return "\033[1;35m";
      case level::warning: return "\033[1;33m";
      default: return "\033[36m";
    }
  };
  std::string line = "dragoman: ";
  if (settings_.color) line += color();
  line += name_of(f.severity);
  line += ':';
  if (settings_.color) line += "\033[0m";
  line += ' ';
  if (!name.empty()) {
    line += printable(name);
    if (f.line != 0) line += ":" + std::to_string(f.line);
    if (f.line != 0 && f.column != 0) line += ":" + std::to_string(f.column);
    line += ": ";
  }
  line += printable(f.text);
  if (!f.code.empty()) line += " [" + printable(f.code) + "]";
  line += '\n';
  if (const auto advice = formats_.advice(f.code); !advice.empty() && advised_.insert(f.code).second)
    line += "  " + printable(advice) + "\n";
  write(line);
}

void reporter::write(const std::string& line) {
  std::string all = line;
  if (has_status_) all = "\r\033[K" + line;
  all += status_;
  has_status_ = !status_.empty();
  std::fwrite(all.data(), 1, all.size(), settings_.stream);
  std::fflush(settings_.stream);
}

}  // namespace dragoman::hosting

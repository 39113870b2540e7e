#include <csv/records.hpp>

#include <algorithm>

namespace dragoman::csv {

std::size_t record_length(std::string_view octets, bool at_end, scan& state) noexcept {
  while (state.at < octets.size()) {
    const auto special = octets.find_first_of(state.quoted ? std::string_view("\"\\") : std::string_view("\"\\\r\n"), state.at);
    if (special == npos) {
      state.at = octets.size();
      break;
    }
    switch (octets[special]) {
      case '\\':
        if (special + 1 == octets.size() && !at_end) {
          state.at = special;  // what is escaped comes later
          return 0;
        }
        state.at = special + 2;
        break;
      case '"':
        state.quoted = !state.quoted;  // a doubled quote closes and opens again
        state.at = special + 1;
        break;
      case '\r':
        if (special + 1 == octets.size() && !at_end) {
          state.at = special;
          return 0;
        }
        return special + (octets.substr(special, 2) == "\r\n" ? 2 : 1);
      default: return special + 1;
    }
  }
  return at_end ? octets.size() : 0;
}

bool fields_of(std::string_view record, std::vector<std::string>& fields, std::size_t& problem) {
  while (!record.empty() && (record.back() == '\n' || record.back() == '\r')) record.remove_suffix(1);
  fields.clear();
  for (std::size_t at = 0;; ++at) {
    std::string field;
    if (at < record.size() && record[at] == '"') {
      const auto open = at++;
      for (;; ++at) {
        at = std::min(at, record.size());  // a backslash may stand at the end
        const auto special = std::min(record.find_first_of("\"\\", at), record.size());
        field.append(record, at, special - at);
        at = special;
        if (at >= record.size()) {
          problem = open;
          return false;
        }
        if (record[at] == '\\') {
          if (++at < record.size()) field += record[at];
        } else if (at + 1 < record.size() && record[at + 1] == '"') {
          field += record[++at];
        } else {
          break;
        }
      }
      ++at;
    } else {
      for (; at < record.size() && record[at] != ','; ++at)
        if (record[at] == '\\' && at + 1 < record.size()) field += record[++at];
        else field += record[at];
    }
    fields.push_back(std::move(field));
    if (at >= record.size()) return true;
    if (record[at] != ',') {
      problem = at;
      return false;
    }
  }
}

bool record_source::fill() {
  if (at_end_) return false;
  buffer_.erase(0, begin_);
  begin_ = 0;
  const auto held = buffer_.size();
  const std::size_t piece = std::max<std::size_t>(std::size_t{1} << 16, held);  // doubles, so that a long record is linear
  buffer_.resize(held + piece);
  const auto n = input_.read(buffer_.data() + held, piece);
  buffer_.resize(held + n);
  at_end_ = n == 0;
  return true;
}

std::string_view record_source::next(const host& services) {
  too_long_ = 0;
  offset_ = next_offset_;
  scan state;
  std::uint64_t passed = 0;  // octets of this record that were over the limit and are gone
  while (true) {
    const auto rest = std::string_view(buffer_).substr(begin_);
    const auto length = record_length(rest, at_end_, state);
    if (length > 0 || at_end_) {
      const auto record = rest.substr(0, length);
      begin_ += length;
      next_offset_ += passed + length;
      if (passed == 0 && length <= limit_) return record;
      too_long_ = passed + length;
      return {};
    }
    services.check_cancelled();
    if (rest.size() > limit_) {
      const auto seen = state.at;
      passed += seen;
      begin_ += seen;
      state.at = 0;
    }
    fill();
  }
}

void record_source::shorten(std::size_t length) noexcept {
  const auto given_back = static_cast<std::size_t>(next_offset_ - offset_) - length;
  begin_ -= given_back;
  next_offset_ -= given_back;
}

void append_quoted(std::string& out, std::string_view field) {
  out += '"';
  for (const char c : field) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_with_backslashes(std::string& out, std::string_view field) {
  out += '"';
  for (const char c : field) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace dragoman::csv

#include <csv/records.hpp>

#include <algorithm>

namespace dragoman::csv {

namespace {

constexpr std::size_t longest_beginning = 64;

// Takes digits and the mark behind them, "12/"; false when they are not there.
bool take_number(std::string_view& rest, std::size_t least, std::size_t most, char mark) noexcept {
  const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (digits < least || digits > most || digits == rest.size() || rest[digits] != mark) return false;
  rest.remove_prefix(digits + 1);
  return true;
}
bool take(std::string_view& rest, char c) noexcept {
  if (rest.empty() || rest.front() != c) return false;
  rest.remove_prefix(1);
  return true;
}

// Takes the first column of a row.
bool take_row_number(std::string_view& rest) noexcept {
  const bool quoted = take(rest, '"');
  return take_number(rest, 1, 18, quoted ? '"' : ',') && (!quoted || take(rest, ','));
}

constexpr bool is_special(char c) noexcept { return c == '"' || c == '\\' || c == '\n' || c == ','; }

}  // namespace

bool begins_row(std::string_view octets) noexcept {
  auto rest = octets.substr(0, longest_beginning);
  if (!take_row_number(rest)) return false;
  const bool quoted_date = take(rest, '"');
  return take_number(rest, 1, 2, '/') && take_number(rest, 1, 2, '/') && take_number(rest, 4, 4, ' ') &&
         take_number(rest, 1, 2, ':') && take_number(rest, 2, 2, quoted_date ? '"' : ',');
}

std::size_t row_length(std::string_view octets, bool at_end, scan& state) noexcept {
  for (auto& at = state.at; at < octets.size(); ++at) {
    if (!is_special(octets[at])) continue;
    switch (octets[at]) {
      case '\\':
        if (at + 1 == octets.size() && !at_end) return 0;  // what is escaped comes later
        ++at;
        break;
      case '"': state.quoted = !state.quoted; break;  // a doubled quote closes and opens again
      case ',': state.commas += !state.quoted; break;
      default: {
        const auto behind = octets.substr(at + 1, longest_beginning);
        // Behind eight columns a number is enough: the row that it begins may be a broken one.
        auto number = behind;
        const bool is_whole = !state.quoted && state.commas + 1 >= column_count && take_row_number(number);
        if (is_whole || begins_row(behind)) return at + 1;
        if (behind.size() < longest_beginning && !at_end) return 0;
      }
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

bool row_source::fill() {
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

std::string_view row_source::next(const host& services) {
  too_long_ = 0;
  offset_ = next_offset_;
  scan state;
  std::uint64_t passed = 0;  // octets of this row that were over the limit and are gone
  while (true) {
    const auto rest = std::string_view(buffer_).substr(begin_);
    const auto length = row_length(rest, at_end_, state);
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

#include <json/lines.hpp>

namespace dragoman::json {
namespace {
constexpr std::size_t chunk = std::size_t{1} << 16;
}

line_source::line_source(input in, std::size_t limit) : input_(in), limit_(limit), complete_(in.contents(octets_)) {}

bool line_source::next(line& out) {
  const std::size_t end = find_end();
  if (end == npos) {
    // Over the limit: passed over piece by piece.
    const std::uint64_t offset = offset_ + begin_;
    while (octets_.find('\n', searched_) == npos) {
      begin_ = searched_ = octets_.size();
      if (!fill()) break;
    }
    begin_ = searched_ = std::min(octets_.find('\n', searched_), octets_.size() - 1) + 1;
    throw unusable("json.line-too-long", "this line is longer than " + std::to_string(limit_) + " octets (option max-size)",
                   {static_cast<std::int64_t>(offset), 0, ++number_, 1});
  }
  if (begin_ == octets_.size()) return false;
  const bool has_newline = end < octets_.size();
  out = {octets_.substr(begin_, end - begin_), offset_ + begin_, ++number_};
  begin_ = searched_ = end + (has_newline ? 1 : 0);
  return true;
}

// The end of the line at begin_, in octets_; npos when the line is over the limit.
std::size_t line_source::find_end() {
  while (true) {
    const std::size_t newline = octets_.find('\n', searched_);
    const std::size_t end = newline == npos ? octets_.size() : newline;
    if (end - begin_ > limit_) return npos;
    if (newline != npos) return newline;
    searched_ = octets_.size();
    if (!fill()) return octets_.size();
  }
}

// Reads more behind octets_, and forgets what was given; false at the end of the input.
bool line_source::fill() {
  if (complete_) return false;
  buffer_.erase(0, begin_);
  offset_ += begin_;
  searched_ -= begin_;
  begin_ = 0;
  const std::size_t filled = buffer_.size();
  buffer_.resize(filled + chunk);
  const std::size_t more = input_.read(buffer_.data() + filled, chunk);
  buffer_.resize(filled + more);
  octets_ = buffer_;
  complete_ = more == 0;
  return more != 0;
}

}  // namespace dragoman::json

// The value of a labelled line and of the lines that go on with it, as one text that knows where each part came from.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "stage.hpp"

namespace dragoman::telegram {

class gathered {
public:
  explicit gathered(const stage& s) noexcept : s_(s) {}

  // Adds a piece of line `i`, with `between` before it when it is not the first. One alone is not copied.
  void add(std::size_t i, std::string_view part, std::string_view between) {
    if (count_++ == 0) {
      first_ = {0, i, part};
      return;
    }
    if (more_.empty()) {
      joined_.reserve(512);
      more_.reserve(8);
      joined_ = first_.text;
    }
    joined_ += between;
    more_.push_back({joined_.size(), i, part});
    joined_ += part;
  }
  // The end of what is gathered, to see how the next piece goes on with it.
  std::string_view so_far() const noexcept { return more_.empty() ? first_.text : std::string_view(joined_); }

  // The whole, for good: no piece is added any more.
  void finish() { text_ = more_.empty() ? first_.text : s_.memory().copy(joined_); }
  std::string_view text() const noexcept { return text_; }

  // A part of `text`, with its place in the document.
  value piece(std::string_view part) const noexcept {
    if (part.empty() || count_ == 0) return {};
    const auto at = static_cast<std::size_t>(part.data() - text_.data());
    return {part, place(at).begin, place(at + part.size() - 1).end};
  }

private:
  struct fragment {
    std::size_t at = 0;  // in the text
    std::size_t line = 0;
    std::string_view text;
  };
  // The place of one octet of the text.
  value place(std::size_t at) const noexcept {
    const auto next = std::upper_bound(more_.begin(), more_.end(), at, [](std::size_t a, const fragment& f) { return a < f.at; });
    const fragment& f = next == more_.begin() ? first_ : *(next - 1);
    const auto inside = at - f.at;
    return s_.piece(f.line, inside < f.text.size() ? f.text.substr(inside, 1) : f.text.substr(f.text.size()));
  }

  const stage& s_;
  fragment first_;
  std::vector<fragment> more_;
  std::size_t count_ = 0;
  std::string joined_;
  std::string_view text_;
};

}  // namespace dragoman::telegram

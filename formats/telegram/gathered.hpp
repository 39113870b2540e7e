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

  // Adds a piece of line `i`, with `between` before it when it is not the first.
  void add(std::size_t i, std::string_view part, std::string_view between) {
    if (!fragments_.empty()) joined_ += between;
    fragments_.push_back({joined_.size(), i, part});
    joined_ += part;
  }
  // The end of what is gathered, to see how the next piece goes on with it; and to take something off it.
  std::string_view so_far() const noexcept { return joined_; }
  void shorten(std::size_t size) { joined_.resize(size); }

  // The whole, for good: no piece is added any more.
  void finish() {
    const bool is_slice = fragments_.size() == 1 && joined_.size() == fragments_[0].text.size();
    text_ = is_slice ? fragments_[0].text : s_.memory().copy(joined_);
  }
  std::string_view text() const noexcept { return text_; }

  // A part of `text`, with its place in the document.
  value piece(std::string_view part) const noexcept {
    if (part.empty() || fragments_.empty()) return {};
    const auto at = static_cast<std::size_t>(part.data() - text_.data());
    return {part, place(at).begin, place(at + part.size() - 1).end};
  }

private:
  struct fragment {
    std::size_t at;  // in the text
    std::size_t line;
    std::string_view text;
  };
  // The place of one octet of the text.
  value place(std::size_t at) const noexcept {
    const auto next = std::upper_bound(fragments_.begin(), fragments_.end(), at, [](std::size_t a, const fragment& f) { return a < f.at; });
    const fragment& f = next == fragments_.begin() ? *next : *(next - 1);
    const auto inside = at - f.at;
    return s_.piece(f.line, inside < f.text.size() ? f.text.substr(inside, 1) : f.text.substr(f.text.size()));
  }

  const stage& s_;
  std::vector<fragment> fragments_;
  std::string joined_;
  std::string_view text_;
};

}  // namespace dragoman::telegram

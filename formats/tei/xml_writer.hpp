// xml_writer.hpp - the serializer: from the model straight to octets (tei.md 0.7, 4.2).
//
// C14N of what is written equals C14N of what was read: '&', '<' and '>' are escaped in text, CR always, and tab and LF
// in attributes too; nothing is indented unless the caller says so. One thread at a time.
#pragma once
#include <dragoman/plugin.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace dragoman::tei {

class xml_writer {
public:
  // Collects in memory; take() gives the text.
  xml_writer() = default;
  // Hands pieces of about 64 KiB to `sink`, which must outlive it; flush() hands over the rest.
  explicit xml_writer(const output& sink) : sink_(&sink) { buffer_.reserve(piece + 4096); }

  xml_writer& raw(std::string_view octets) {
    buffer_.append(octets);
    return passed();
  }
  xml_writer& text(std::string_view s);       // escaped as text
  xml_writer& value(std::string_view s);      // escaped as the value of an attribute
  xml_writer& attribute(std::string_view name, std::string_view s) { return raw(" ").raw(name).raw("=\"").value(s).raw("\""); }
  // A line end and two blanks for each level.
  xml_writer& line(std::size_t level) {
    buffer_ += '\n';
    buffer_.append(level * 2, ' ');
    return passed();
  }
  // "<name attributes", without ">".
  xml_writer& begin(node element);
  // A node with everything in it, as it is. Slots write nothing.
  xml_writer& copy(node top);
  xml_writer& comment(std::string_view s);
  xml_writer& instruction(std::string_view target, std::string_view data);

  void flush() {
    if (sink_ != nullptr && !buffer_.empty()) sink_->write(buffer_);
    buffer_.clear();
  }
  std::string take() noexcept { return std::move(buffer_); }
  const std::string& collected() const noexcept { return buffer_; }
  // True when a comment or processing instruction held what XML cannot keep there: a CR (it comes back as LF), or blanks
  // before the data.
  bool lost_markup_text() const noexcept { return lost_markup_text_; }

private:
  static constexpr std::size_t piece = std::size_t{64} << 10;
  xml_writer& passed() {
    if (sink_ != nullptr && buffer_.size() >= piece) flush();
    return *this;
  }
  const output* sink_ = nullptr;
  std::string buffer_;
  bool lost_markup_text_ = false;
};

}  // namespace dragoman::tei

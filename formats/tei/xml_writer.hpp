// xml_writer.hpp - the serializer: from the model straight to octets (tei.md 0.7, 4.2).
//
// C14N of what is written equals C14N of what was read: '&', '<' and '>' are escaped in text, CR always, and tab and LF
// in attributes too; nothing is indented unless the caller says so. One thread at a time.
#pragma once
#include <dragoman/plugin.hpp>

#include <cstddef>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::tei {

// What the value of an attribute is to be instead; nothing: as it is.
using value_filter = std::function<std::optional<std::string>(std::string_view attribute, std::string_view value)>;

class name_check;

class xml_writer {
public:
  // Collects in memory; take() gives the text.
  xml_writer() = default;
  // Hands pieces of about 64 KiB to `sink`, which must outlive it; flush() hands over the rest.
  explicit xml_writer(const output& sink) : sink_(&sink) {}

  xml_writer& raw(std::string_view octets) {
    char* const to = room(octets.size());
    if (!octets.empty()) std::memcpy(to, octets.data(), octets.size());
    size_ += octets.size();
    return passed();
  }
  xml_writer& text(std::string_view s);   // escaped as text
  xml_writer& value(std::string_view s);  // escaped as the value of an attribute
  xml_writer& attribute(std::string_view name, std::string_view s);
  // A line end and two blanks for each level.
  xml_writer& line(std::size_t level) {
    char* const to = room(1 + level * 2);
    *to = '\n';
    std::memset(to + 1, ' ', level * 2);
    size_ += 1 + level * 2;
    return passed();
  }
  // Asks `f` for the attributes of the nodes that are written from now on; null: nobody. It must outlive that.
  void filter_values(const value_filter* f) noexcept { filter_ = f; }
  // "<name attributes", without ">".
  xml_writer& begin(node element);
  // Calls `f` at the slots of what is copied from now on; null: nobody. It must outlive that. The elements that the slot
  // stands in are those of open_elements.
  using slot_visitor = std::function<void(node slot)>;
  void visit_slots(const slot_visitor* f) noexcept { at_slot_ = f; }
  // A node with everything in it, as it is. Slots write nothing themselves. `names`, when given, is told of all names, and may throw.
  xml_writer& copy(node top, name_check* names = nullptr);
  xml_writer& comment(std::string_view s);
  xml_writer& instruction(std::string_view target, std::string_view data);

  void flush() {
    if (sink_ != nullptr && size_ != 0) sink_->write(collected());
    size_ = 0;
  }
  std::string take() {
    std::string taken(collected());
    size_ = 0;
    return taken;
  }
  struct open_element {
    node element;
    std::string_view name;
  };
  // Of the copy that goes on, outer ones first.
  const std::vector<open_element>& open_elements() const noexcept { return open_; }

  // From hold to release nothing is handed over, and what was written since a state can be taken back.
  struct state {
    std::size_t size;
    bool lost_markup_text;
  };
  state hold() noexcept {
    is_held_ = true;
    return {size_, lost_markup_text_};
  }
  void take_back(const state& to) noexcept {
    size_ = to.size;
    lost_markup_text_ = to.lost_markup_text;
  }
  void release() {
    is_held_ = false;
    passed();
  }
  std::string_view collected() const noexcept { return {text_.get(), size_}; }
  // True when a comment or processing instruction held what XML cannot keep there: a CR (it comes back as LF), or blanks
  // before the data.
  bool lost_markup_text() const noexcept { return lost_markup_text_; }

private:
  static constexpr std::size_t piece = std::size_t{64} << 10;
  xml_writer& passed() {
    if (size_ >= piece && sink_ != nullptr && !is_held_) flush();
    return *this;
  }
  // Room for so many octets more, at the end of what is there.
  char* room(std::size_t more) {
    if (capacity_ - size_ < more) grow(more);
    return text_.get() + size_;
  }
  void grow(std::size_t more);
  void write_attributes(node element, std::size_t count, name_check* names);

  const output* sink_ = nullptr;
  // What was collected. Not a std::string: room for text whose escapes are not known is not filled beforehand.
  std::unique_ptr<char[]> text_;
  std::size_t size_ = 0, capacity_ = 0;
  std::vector<open_element> open_;  // of copy
  const slot_visitor* at_slot_ = nullptr;
  const value_filter* filter_ = nullptr;
  bool lost_markup_text_ = false, is_held_ = false;
};

}  // namespace dragoman::tei

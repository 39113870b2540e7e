// outline.hpp - the frame of an authored TEI file: elements that hold elements only, one child a line; and the residue:
// where a file that we read differs from what we would have written (tei.md 2.1 "Header residue", "Layout").
//
// The writer tells an outline of containers and children. Without residue it goes straight to the serializer. The reader
// has the same outline recorded, compares it with the file, and keeps every difference by its path; the writer puts the
// differences back into the outline that it records. So what we know of a header is written down in one place only.
#pragma once
#include "tree.hpp"
#include "xml_writer.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragoman::tei {

using attributes = std::vector<std::pair<std::string, std::string>>;
using content_writer = std::function<void(xml_writer&, std::size_t level)>;

// One recorded element of an outline.
struct outline_item {
  enum class kind { container, child, opaque };
  kind is = kind::container;
  std::string name;                    // of a container; of an opaque child, what it is ("octets", "document")
  attributes attrs;                    // of a container
  bool on_one_line = false;            // a container whose children follow without line ends
  std::string xml;                     // of a child
  content_writer write;                // of an opaque child
  std::vector<outline_item> children;  // of a container
};

class outline {
public:
  // Straight to `out`; the first element stands at `level`.
  outline(xml_writer& out, std::size_t level) : out_(&out), level_(level) {}
  // Recording; see recorded().
  outline() = default;

  void open(std::string_view name, attributes attrs = {}, bool on_one_line = false);
  void close();
  // A child whose content is ours; `write` writes the whole element.
  void child(const std::function<void(xml_writer&)>& write);
  // A child that is not compared: the octets, the body.
  void opaque(std::string_view what, content_writer write);

  const outline_item& recorded() const noexcept { return top_; }

private:
  void begin_line();

  struct open_container {
    std::string name;
    bool on_one_line, has_children;
  };
  xml_writer* out_ = nullptr;  // null: recording
  std::size_t level_ = 0;
  std::vector<open_container> containers_;
  outline_item top_;
  std::vector<outline_item*> recording_;
};

// The differences of a file from its outline, told as the list "header" of carrier.tei: maps {path, at, [instead],
// [attributes], [nodes]}. Nothing is told, and false returned, when there are none. `opaque` finds the node of the file
// that stands for an opaque item.
bool tell_residue(builder& out, pugi::xml_node actual, const outline_item& expected,
                  const std::function<pugi::xml_node(std::string_view)>& opaque);

// Puts a residue back. Returns the paths of pieces that no longer have a place, since what they stood for has changed.
std::vector<std::string> apply_residue(outline_item& top, node residue);

// Writes a recorded outline.
void print(xml_writer& out, const outline_item& top, std::size_t level);

}  // namespace dragoman::tei

#include <json/json.hpp>
#include <json/translate.hpp>

#include <algorithm>
#include <utility>

namespace dragoman::json {
namespace {

unusable explained(const problem& p, const index& in, place where) {
  std::string text = p.text;
  if (const std::string path = in.pointer(p.offset); !path.empty()) text += " (at " + path + ")";
  return {p.code, text, where};
}

std::size_t size_limit(const host& services) { return static_cast<std::size_t>(services.integer("max-size")); }

// Column of an octet in a line, in characters from 1; a BOM is none.
std::uint32_t column_of(std::string_view line, std::size_t offset) {
  std::uint32_t column = 1;
  std::string_view before = line.substr(0, offset);
  if (before.substr(0, 3) == "\xEF\xBB\xBF") before.remove_prefix(3);
  for (const char c : before) column += (c & 0xC0) != 0x80;
  return column;
}

}  // namespace

// -- one JSON text ----------------------------------------------------------------------------------------------
void reader::open() {
  index_.build(input_.all(storage_, size_limit(host_)), maximum_brackets);
  const value root = index_.root();
  if (form_of(root) == form::document) {
    single_ = root;
    return;
  }
  if (const value all = documents_of(root)) documents_ = all.items();
  if (has_frame(root)) frame_ = root;
}

bool reader::next(builder& out) {
  try {
    if (!std::exchange(opened_, true)) open();
    if (frame_) {
      translator(host_, out).frame(std::exchange(frame_, {}));
      return true;
    }
    if (single_) {
      translator(host_, out).document(std::exchange(single_, {}));
      return true;
    }
    if (!documents_ || documents_->first == documents_->last) return false;
    host_.check_cancelled();
    const value document = *documents_->first;
    ++documents_->first;
    translator(host_, out).document(document);
    return true;
  } catch (const problem& p) {
    throw explained(p, index_, {static_cast<std::int64_t>(p.offset)});
  }
}

// -- JSON Lines -------------------------------------------------------------------------------------------------
lines_reader::lines_reader(host services, input in) : host_(services), lines_(in, size_limit(services)) {}

bool lines_reader::next(builder& out) {
  line at;
  do {
    if (!lines_.next(at)) return false;
  } while (is_blank(at.octets));
  host_.check_cancelled();
  try {
    tell(at, out);
  } catch (const problem& p) {
    throw explained(p, index_, {static_cast<std::int64_t>(at.offset + p.offset), 0, at.number, column_of(at.octets, p.offset)});
  }
  return true;
}

void lines_reader::tell(const line& from, builder& out) {
  const bool is_first = std::exchange(first_, false);
  index_.build(from.octets, maximum_brackets);
  const value root = index_.root();
  if (form_of(root) == form::document) {
    translator(host_, out).document(root);
    return;
  }
  if (!is_first) throw problem{"json.collection", "a collection's own line is the first line of a file or none", 0};
  if (const value inside = documents_of(root))
    throw problem{"json.collection", "in JSON Lines the documents stand on lines of their own, not in \"documents\"",
                  inside.offset()};
  translator(host_, out).frame(root);
}

}  // namespace dragoman::json

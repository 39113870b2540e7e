#include "reader.hpp"

#include "derive.hpp"
#include "frame.hpp"
#include "header.hpp"
#include "profile.hpp"

#include <dragoman/equality.hpp>
#include <dragoman/text.hpp>

#include <algorithm>
#include <utility>

namespace dragoman::tei {
namespace {

constexpr std::size_t input_limit = std::size_t{1} << 30;  // octets that are parsed at once (tei.md 4.2)
constexpr std::int64_t smallest_in_pages = std::int64_t{4} << 20;
constexpr std::size_t octets_of_part = std::size_t{1} << 17;  // of a collection, or somewhat more

void refuse_unless_tei(const scan_result& scanned, const source_text& source) {
  const place where = source.at(scanned.root.begin);
  const std::string& name = scanned.root_name;
  if (scanned.root_namespace == tei_namespace) return;
  if (name == "TEI.2" || name == "teiCorpus.2")
    throw unusable("tei.p4", "this is TEI P4 (" + name + "), which is not supported; convert it to P5 first", where);
  if (scanned.root_namespace.empty() && (name == "TEI" || name == "teiCorpus"))
    throw unusable("tei.p4", "this " + name + " is not in the namespace of TEI P5 (" + std::string(tei_namespace) + ")", where);
  throw unusable("tei.not-tei", "this is XML, but not TEI: its document element is " + name.substr(0, 80), where);
}

std::vector<pugi::xml_node> find_places(pugi::xml_node root, const std::vector<std::size_t>& offsets) {
  std::vector<pugi::xml_node> places;
  if (offsets.empty()) return places;
  // Names lie where the text of the tree does.
  const char* const text = tree_node(root).raw_name() - root.offset_debug();
  for (tree_node at = root; at && places.size() < offsets.size(); at = at.following(root, true))
    if (is_element(at) && at.raw_name() == text + offsets[places.size()] + 1) places.push_back(at.node());
  return places;
}

// The length of the DOCTYPE that `text` begins with; quotes and the internal subset are looked at, no more.
std::size_t end_of_doctype(std::string_view text) noexcept {
  char quote = 0;
  bool in_subset = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) quote = c == quote ? '\0' : quote;
    else if (c == '"' || c == '\'') quote = c;
    else if (c == '[' || c == ']') in_subset = c == '[';
    else if (c == '>' && !in_subset) return i + 1;
  }
  return text.size();
}

std::string compact_text(const std::string& xml) {
  pugi::xml_document tree;
  tree.load_buffer(xml.data(), xml.size(), pugi::parse_full | pugi::parse_ws_pcdata, pugi::encoding_utf8);
  return serialize(tree.document_element(), true);
}

}  // namespace

reader::reader(const reader& whole, std::uint64_t number, host services)
    : services_(services),
      input_(whole.input_),
      whole_(&whole),
      kind_(whole.kind_),
      started_(true),
      position_(whole.parts_.at(static_cast<std::size_t>(number))),
      behind_last_(number + 1 < whole.parts_.size() ? whole.parts_[static_cast<std::size_t>(number) + 1] : whole.behind_last_) {}

void reader::start_once() {
  if (std::exchange(started_, true)) return;
  done_ = true;  // unless it starts well
  start();
  done_ = false;
  // A corpus that we began for mere documents, without an id of its own, is no frame.
  if (kind_ != kind::single && scanned_.doctype.in(source_->text()).empty() && begins_as(corpus_start({}))) ++position_;
  behind_last_ = documents_.size() + 1;
}

std::uint64_t reader::parts() noexcept {
  try {
    start_once();
    if (kind_ == kind::single || pages_) return 0;
    std::size_t end_of_part = 0;
    for (std::size_t i = 0; i < scanned_.units.size(); ++i) {
      if (scanned_.units[i].end < end_of_part) continue;
      parts_.push_back(parts_.empty() ? position_ : i + 1);
      end_of_part = scanned_.units[i].begin + octets_of_part;
    }
    return parts_.size();
  } catch (...) {
    problem_ = std::current_exception();
    return 0;
  }
}

bool reader::next(builder& out) {
  if (problem_) std::rethrow_exception(std::exchange(problem_, nullptr));
  start_once();
  if (done_) return false;
  services_.check_cancelled();
  if (kind_ == kind::single) {
    done_ = true;
    tell_single(out);
    return true;
  }
  if (position_ == behind_last_) return false;
  const reader& all = whole_ != nullptr ? *whole_ : *this;
  const std::size_t index = position_++;
  if (index == 0) all.tell_frame(out);
  else if (kind_ == kind::volume) all.tell_volume_document(out, index - 1, around_);
  else all.tell_unit(out, index - 1, services_);
  return true;
}

void reader::start() {
  std::string_view octets;
  if (input_.contents(octets) || !scan_in_pages()) {
    if (octets.empty()) octets = input_.all(storage_, input_limit);
    source_ = std::make_unique<source_text>(octets, input_limit);
    scanned_ = scan(*source_);
  }
  refuse_unless_tei(scanned_, *source_);
  if (scanned_.root_name == corpus_name) return start_corpus();
  if (!scanned_.units.empty()) return start_volume();
  const std::string_view text = source_->text();
  if (text.size() > input_limit)
    throw unusable("tei.limit.input", "a single TEI larger than " + std::to_string(input_limit) + " octets");
  file_ = parse_xml(text);
  names_ = tei_names(file_->document_element());
}

// A large file in UTF-8 is in memory in pages: of a collection only the document at hand. False: it is read whole.
bool reader::scan_in_pages() {
  if (!input_.can_seek() || input_.length() < smallest_in_pages) return false;
  auto pages = std::make_unique<paged_text>(input_);
  pages->load(0, 1024);  // the declaration
  if (detect_encoding(pages->text().substr(0, 1024)) != encoding::utf8) return false;
  pages_ = std::move(pages);
  source_ = std::make_unique<source_text>(pages_->text(), input_limit);
  scanned_ = scan(*source_, *pages_, input_limit);
  return true;
}

std::string_view reader::text_of_unit(const extent& unit, std::size_t most) const {
  const std::string_view text = unit.in(source_->text()).substr(0, most);
  if (pages_) pages_->load(source_->mark() + unit.begin, source_->mark() + unit.begin + text.size());
  return text;
}
void reader::let_go(const extent& unit) const noexcept {
  if (pages_) pages_->let_go(source_->mark() + scanned_.units.front().begin, source_->mark() + unit.end);
}

// What stands around the documents of a volume or corpus, and their places in it.
void reader::parse_skeleton() {
  // Without a TEI in it there is nothing to leave out.
  const std::string_view skeleton = scanned_.units.empty() ? source_->text() : std::string_view(scanned_.skeleton);
  if (skeleton.size() > input_limit) throw unusable("tei.limit.input", "a collection with too much beside its documents");
  file_ = parse_xml(skeleton);
  const auto root = file_->document_element();
  names_ = tei_names(root);
  documents_ = find_places(root, scanned_.places);
  if (documents_.size() != scanned_.units.size())
    throw unusable("tei.parser", "the documents of the collection are not where they were found");
}

void reader::start_volume() {
  kind_ = kind::volume;
  parse_skeleton();
  frame_id_ = stated_id(file_->document_element(), names_);
  if (frame_id_.empty()) frame_id_ = file_stem();
  used_names taken;
  for (std::size_t i = 0; i < scanned_.documents.size(); ++i) {
    const std::string& stated = scanned_.documents[i].id;
    const std::string id = stated.empty() ? "document-" + std::to_string(i + 1) : stated;
    std::string unique = make_unique_name(id, taken);
    if (unique != id)
      services_.warning("tei.duplicate-id",
                        "a second document \"" + id + "\" of this volume is called \"" + unique + "\" (its xml:id stays)",
                        source_->at(scanned_.units[i].begin));
    ids_.push_back(std::move(unique));
  }
}

std::string reader::file_stem() const {
  std::string_view name = input_.name();
  name.remove_prefix(std::min(name.rfind('/') + 1, name.size()));  // npos + 1 is 0
  if (const auto dot = name.rfind('.'); dot != npos && dot > 0) name = name.substr(0, dot);
  std::string id(name.empty() || name == "-" || find_bad_text(name) != npos ? std::string_view("tei") : name);
  return id;
}

void reader::tell_single(builder& out) {
  const auto root = file_->document_element();
  const surroundings around{scanned_.doctype.in(source_->text()), *file_};
  if (const auto parts = find_profile(root, names_)) {
    tell_profile(out, services_, parts, names_, source_->text(), around, {});
    return;
  }
  std::string id = stated_id(root, names_);
  if (id.empty()) id = file_stem();
  tell_carried(out, services_, {root, *file_, around.doctype, id, {}}, names_);
}

// -- collections ------------------------------------------------------------------------------------------------------

// The documents are slots in it; in a plain corpus they are not told, nor is white space between them.
void reader::tell_tree(builder& out) const {
  std::size_t next = 0;  // of documents_
  out.list("tree");
  for (const auto n : file_->children()) {
    if (n.type() == pugi::node_comment || n.type() == pugi::node_pi) tell(out, n);
    if (!is_element(n)) continue;
    tell_where(out, n, [&, root = tree_node(n)](tree_node at) {
      if (is_plain_corpus_ && at.parent() == root && is_layout(at)) return false;
      if (next == documents_.size() || at != documents_[next]) return true;
      if (!ids_.empty()) out.open(node_type::slot, ids_[next]).close();
      ++next;
      return false;
    });
  }
  out.close();
}

// Is this a corpus of cables that begins so, and has nothing else beside its documents?
bool reader::begins_as(const std::string& start) const {
  const bool has_neighbours = std::any_of(
      file_->begin(), file_->end(), [](pugi::xml_node n) { return n.type() == pugi::node_comment || n.type() == pugi::node_pi; });
  if (!is_plain_corpus_ || has_neighbours) return false;
  pugi::xml_document copy;
  copy.append_copy(file_->document_element());
  for (pugi::xml_node n = copy.document_element().first_child(); n;) {
    const auto following = n.next_sibling();
    if (is_element(n) && name_of(n) == "slot") copy.document_element().remove_child(n);
    n = following;
  }
  return serialize(copy.document_element(), true) == compact_text(start + "</" + std::string(corpus_name) + ">");
}

void reader::tell_frame(builder& out) const {
  out.map("collection").value("id", frame_id_).value("kind", is_plain_corpus_ ? "cables" : "volume");
  const std::string_view doctype = scanned_.doctype.in(source_->text());
  if (!doctype.empty()) {
    out.map("carrier").map("tei");
    tell_surroundings(out, {doctype, {}});
    out.close().close();
  }
  // A corpus as we would begin it needs no tree.
  if (!begins_as(corpus_start(frame_id_))) tell_tree(out);
  out.close();
}

// A TEI of a corpus, or a document of a volume: parsed by itself, so that what is at hand is small.
std::unique_ptr<pugi::xml_document> reader::parse_unit(const extent& unit, std::span<const std::string_view> left_out) const {
  if (unit.end - unit.begin > input_limit)
    throw unusable("tei.limit.input", "a single document larger than " + std::to_string(input_limit) + " octets");
  return parse_xml(text_of_unit(unit), left_out);
}

std::span<const std::string_view> reader::long_texts_of(std::size_t index) const noexcept {
  const auto first_of = [&](std::size_t i) {
    return i < scanned_.documents.size() ? scanned_.documents[i].first_text : scanned_.long_texts.size();
  };
  return std::span(scanned_.long_texts).subspan(first_of(index), first_of(index + 1) - first_of(index));
}

// As needed_namespaces; mostly the scan has seen enough for that.
bindings reader::namespaces_of(pugi::xml_node div, std::size_t index, surrounding_scope& around) const {
  if (const auto parent = documents_[index].parent(); parent != around.of_children) {
    around.scope = scope_of(documents_[index]);
    around.of_children = parent;
  }
  const scanned_document& document = scanned_.documents[index];
  if (document.declares || uri_of(around.scope, "") != tei_namespace) return needed_namespaces(div, around.scope);
  return needed_of_used({document.prefixes.begin(), document.prefixes.end()}, around.scope);
}

void reader::tell_volume_document(builder& out, std::size_t index, surrounding_scope& around) const {
  const auto tree = parse_unit(scanned_.units[index], long_texts_of(index));
  const pugi::xml_node div = tree->document_element();
  out.map("document").value("id", ids_[index]).value("kind", "document");
  if (const bindings needed = namespaces_of(div, index, around); !needed.empty()) {
    out.map("namespaces");
    for (const auto& [prefix, uri] : needed) out.value(prefix.empty() ? default_namespace : std::string_view(prefix), uri);
    out.close();
  }
  tell_derived_from_div(out, div, names_);
  out.list("body");
  tell(out, div);
  out.close().close();
  let_go(scanned_.units[index]);
}

void reader::start_corpus() {
  kind_ = kind::corpus;
  parse_skeleton();
  const auto root = file_->document_element();
  is_plain_corpus_ = corpus_is_plain(root);
  const auto statement = names_.find(root, "teiHeader/fileDesc/publicationStmt");
  if (const auto idno = names_.child(statement, "idno", "type", "collection")) frame_id_ = text_of(idno);
  if (frame_id_.empty()) frame_id_ = stated_id(root, names_);
  if (frame_id_.empty()) frame_id_ = file_stem();
  if (is_plain_corpus_) return;
  for (std::size_t i = 0; i < scanned_.units.size(); ++i) ids_.push_back(unit_id(scanned_.units[i], i));
}

// Nothing but a header and then cables, so that the places of the cables need not be remembered.
bool reader::corpus_is_plain(pugi::xml_node root) {
  std::size_t places = 0;
  for (const auto n : root.children()) {
    if (is_layout(n)) continue;
    if (places < documents_.size() && n == documents_[places]) ++places;
    else if (places != 0 || !names_.is(n, "teiHeader")) return false;
  }
  if (places != documents_.size()) return false;
  return std::all_of(scanned_.units.begin(), scanned_.units.end(), [&](const extent& unit) {
    const std::string_view tag = text_of_unit(unit, 512);
    const std::string_view head = tag.substr(0, tag.find('>'));
    const bool is_cable = head.find("type=\"dragoman-cable\"") != npos && head.find("n=\"1\"") != npos;
    let_go(unit);
    return is_cable;
  });
}

// The id that a TEI of the corpus will have as a document.
std::string reader::unit_id(const extent& unit, std::size_t index) const {
  const auto tree = parse_xml(text_of_unit(unit));
  let_go(unit);
  const tei_names names(tree->document_element());
  std::string id;
  if (find_profile(tree->document_element(), names)) id = read_id(names.child(tree->document_element(), "teiHeader"), names);
  if (id.empty()) id = stated_id(tree->document_element(), names);
  return id.empty() ? frame_id_ + "." + std::to_string(index + 1) : id;
}

void reader::tell_unit(builder& out, std::size_t index, host services) const {
  const extent& unit = scanned_.units[index];
  const auto tree = parse_unit(unit);
  const std::string_view text = unit.in(source_->text());
  const auto root = tree->document_element();
  const tei_names names(root);
  const bindings scope = scope_of(documents_[index]);
  if (const auto parts = find_profile(root, names)) {
    tell_profile(out, services, parts, names, text, {}, scope);
  } else {
    tell_carried(out, services, {root, {}, {}, ids_.empty() ? unit_id(unit, index) : ids_[index], scope}, names);
  }
  let_go(unit);
}

// -- probing ----------------------------------------------------------------------------------------------------------

int reader::probe(std::string_view head, bool, std::string_view& reason) noexcept {
  try {
    std::string storage;
    std::string_view text = preview(head, storage, std::size_t{64} << 10);
    const bool declared = text.substr(0, 5) == "<?xml";
    while (true) {  // to the document element
      while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
      const auto skip = [&](std::string_view begin, std::string_view end) {
        if (text.substr(0, begin.size()) != begin) return false;
        const auto at = text.find(end, begin.size());
        text = at == npos ? std::string_view() : text.substr(at + end.size());
        return true;
      };
      if (skip("<!--", "-->") || skip("<?", "?>")) continue;
      if (text.substr(0, 9) == "<!DOCTYPE") {
        text.remove_prefix(end_of_doctype(text));
        continue;
      }
      break;
    }
    if (text.empty() || text.front() != '<') {
      reason = declared ? "an XML declaration, but no document element in sight" : "not XML";
      return declared ? 30 : 0;
    }
    const std::string_view tag = text.substr(1, text.find('>') - 1);
    std::string_view name = tag.substr(0, tag.find_first_of(" \t\r\n/"));
    const bool in_tei = tag.find(tei_namespace) != npos;
    if (const auto colon = name.find(':'); colon != npos) name.remove_prefix(colon + 1);
    if (!is_xml_name(name)) {
      reason = "begins like XML, but has no element";
      return declared ? 20 : 0;
    }
    if (in_tei) {
      reason = "the document element is in the namespace of TEI";
      return name == "TEI" || name == corpus_name ? 95 : 70;
    }
    if (name == "TEI" || name == "TEI.2" || name == corpus_name || name == "teiCorpus.2") {
      reason = "the document element has a name of TEI, but not its namespace";
      return 45;
    }
    reason = "XML, but no sign of TEI";
    return declared ? 20 : 10;
  } catch (...) {
    return 0;
  }
}

}  // namespace dragoman::tei

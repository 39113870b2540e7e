#include <dragoman/document.hpp>

#include <algorithm>
#include <string>

#include "codes.hpp"
#include "comparison.hpp"
#include "lines.hpp"
#include "render.hpp"
#include "telegram.hpp"
#include "tell.hpp"

namespace dragoman::telegram {

namespace {

void no_digest(std::string_view, char*) {}

// Equal values of meta. Recurses as deep as meta, which the store bounds.
bool same_value(node a, node b) {
  if (a.type() != b.type() || a.text() != b.text()) return false;
  if (a.is(node_type::map)) {
    const auto holds = [](node in, node of) {
      return std::all_of(of.begin(), of.end(), [&](node m) { return same_value(m, in[m.name()]); });
    };
    return holds(a, b) && holds(b, a);
  }
  node x = a.first_child(), y = b.first_child();
  for (; x && y && same_value(x, y); x = x.next(), y = y.next()) {
  }
  return !x && !y;
}

// Some octets of `form` around `at`, cut at characters.
std::string excerpt(const std::string& form, std::size_t at) {
  std::size_t begin = std::min(at > 20 ? at - 20 : 0, form.size());
  while (begin < form.size() && (static_cast<unsigned char>(form[begin]) & 0xC0) == 0x80) ++begin;
  std::string out = form.substr(begin, 60);
  while (!out.empty() && find_bad_text(out) != npos) out.pop_back();
  return out;
}
std::string parting(const std::string& meant, const std::string& read) {
  const auto at =
      static_cast<std::size_t>(std::mismatch(meant.begin(), meant.end(), read.begin(), read.end()).first - meant.begin());
  return excerpt(read, at) + " - instead of: " + excerpt(meant, at);
}

// What a transmission has because of its form, the model need not have said.
void forget_what_the_form_adds(telegram& read, node meta) {
  if (!meta["transmission"]["end"]) read.first.lines.end = {};
  node later = meta["x_transmissions"].first_child();
  for (auto& heading : read.further) {
    if (!later["end"]) heading.lines.end = {};
    if (later) later = later.next();
  }
}
// Nor the sections into which its text was cut.
void forget_sections(telegram& read, node meta) {
  read.further.clear();
  read.printed_section = meta["x_section"].text();
  auto& body = read.body;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const bool is_seam = body[i].what == event::kind::open && body[i].name == "milestone" && body[i + 1].text == "section";
    if (is_seam) body.erase(body.begin() + static_cast<std::ptrdiff_t>(i), body.begin() + static_cast<std::ptrdiff_t>(i + 4));
    if (is_seam) --i;
  }
}

// A message of mail, say, has octets too, which are no telegram for that. A source that does not say what it is counts as text.
bool carries_a_telegram(node source) {
  constexpr std::string_view plain = "text/plain";
  const auto type = source["media_type"].text();
  return source["octets"] && (type.empty() || type.substr(0, plain.size()) == plain);
}

}  // namespace

writer::writer(host services, output out) : services_(services), out_(out) {
  options_.is_transmission = services_.option("dialect") == "acp127";
  options_.wrap = static_cast<std::size_t>(services_.integer("wrap"));
  options_.pilcrow = services_.flag("pilcrow");
  options_.section_lines = static_cast<std::size_t>(services_.integer("section-lines"));
}

void writer::report(code c, std::string_view text) const { services_.report(severity_of(c), name_of(c), text); }

void writer::write(const document_view& document) {
  if (document.is_collection()) {
    report(code::loss_structure, "the frame of the collection " + std::string(document.id()));
    return;
  }
  const bool is_telegram = carries_a_telegram(document.source());
  if (is_telegram && document.pristine()) {
    put(document.source()["octets"].text());
    return;
  }
  if (is_telegram) report(code::source_edited, "rendered anew, since the model was edited");
  auto written = render(document, options_);
  auto found = check(document, written);
  if (written.is_cut && !found.empty()) {
    auto uncut = options_;
    uncut.section_lines = 0;
    auto whole = render(document, uncut);
    if (auto of_whole = check(document, whole); of_whole.size() < found.size()) {
      report(code::section_uncut, "cut into sections, the text would read differently");
      written = std::move(whole);
      found = std::move(of_whole);
    }
  }
  if (written.is_uncut) report(code::section_uncut, "a telegram without a reference number has no sections");
  for (const auto* list : {&written.losses, &found})
    for (const auto& l : *list) report(l.what, l.text);
  for (const node member : document.root())
    if (member.name().substr(0, 2) == "x_") report(code::loss_meta, "the foreign member " + std::string(member.name()));
  put(written.text);
}

// Writes a document behind those before it, so that a reader parts them again.
void writer::put(std::string_view text) {
  if (!is_first_ && !text.empty()) {
    std::string both = last_;
    both += text;
    work_.note_document(both.size());
    std::size_t at = 0;
    while (at < last_.size()) {
      work_->cut.reset();
      at += work_->cut.cut(std::string_view(both).substr(at), true);
    }
    if (at != last_.size()) {
      if (!last_.empty() && last_.back() != '\n' && last_.back() != '\r') out_.write("\n");
      out_.write(separator_line);
      out_.write("\n");
    }
  }
  out_.write(text);
  last_ = text;
  is_first_ = false;
}

// What is not told otherwise is found by reading the text again (telegram.md 6.8).
std::vector<loss> writer::check(const document_view& document, const rendering& written) {
  if (document.kind() != "cable") return {};
  if (is_blank(written.text)) return {{code::loss_structure, "a document without any text"}};
  work_->cut.reset();
  if (work_->cut.cut(written.text, true) != written.text.size())
    return {{code::loss_structure, "read again, the text makes several documents"}};
  work_.note_document(written.text.size());
  reporter silent;
  const telegram* read = &work_->parse.parse(written.text, work_->cut.sections(), work_->cut.scanner(), silent);
  telegram adjusted;
  if (options_.is_transmission || written.is_cut) {
    adjusted = *read;
    if (options_.is_transmission) forget_what_the_form_adds(adjusted, document.meta());
    if (written.is_cut) forget_sections(adjusted, document.meta());
    read = &adjusted;
  }
  const auto id = id_of(*read);
  comparison heading(document.root()), body(document.root());
  tell_meta(heading, *read);
  tell_body(body, *read);
  if (id == document.id() && heading.equal() && body.equal()) return {};

  document_builder made(no_digest);
  builder out(made.sink());
  tell_document(out, *read);
  const auto again = made.finish();
  const auto meant_form = canonical_form(document.root()), read_form = canonical_form(again.root());
  if (meant_form == read_form) return {};
  std::vector<loss> found;
  const auto compare_field = [&](std::string_view name) {
    if (written.lossy_fields.count(name) != 0 || same_value(document.meta()[name], again.root()["meta"][name])) return;
    found.push_back(
        {name == "lines" ? code::loss_line_number : code::loss_meta, "meta." + std::string(name) + " reads back differently"});
  };
  for (const node m : document.meta()) compare_field(m.name());
  for (const node m : again.root()["meta"])
    if (!document.meta()[m.name()]) compare_field(m.name());
  if (!body.equal() && !written.is_body_lossy)
    found.push_back({code::loss_structure, "read again, the text says: " + parting(meant_form, read_form)});
  // An id that is made of the content differs where the content does.
  const bool is_explained = !found.empty() || !written.losses.empty();
  const auto is_made = [](std::string_view name) { return name.substr(0, 2) == "x-"; };
  if (id != document.id() && !(is_explained && is_made(id) && is_made(document.id())))
    found.push_back({code::loss_meta, "the id: read again, it is " + id + " instead of " + std::string(document.id())});
  return found;
}

}  // namespace dragoman::telegram

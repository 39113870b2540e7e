// dragoman/treatment.hpp - what the elements of a body are to a writer that shows text: a paragraph, a heading, words in
// a line. One table for all such writers, so that a page, a table and a telegram agree on what a block is.
//
// Pure; any thread. Source: tei.md 3 "Elements inside FRUS documents, and their treatment" and 2.6 (dragoman's own
// elements); docs/model.md "body: elements".
#pragma once
#include <dragoman/node.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace dragoman {

enum class treatment {
  inline_text,  // words in a line: hi, ref, persName, and every element that nobody knows
  block,        // begins and ends a paragraph: p, dateline, signed
  heading,      // head
  group,        // holds blocks: div, closer, quote
  list,         // of label and item
  label,        // the mark of the item or paragraph that it stands before
  item,         // of a list; text, or blocks
  table,
  row,
  cell,
  preformatted,  // lines whose breaks and blanks count
  note,          // out of the text flow: a footnote
  line_break,
  furniture,  // between or inside blocks, no words of the text: a page break, a running header
  hidden      // says something about the text, for programs
};

namespace detail {
struct treated {
  std::string_view name;
  treatment as;
};
inline constexpr std::array<treated, 79> treatments{{
    {"ab", treatment::preformatted},
    {"abbr", treatment::inline_text},
    {"add", treatment::inline_text},
    {"addrLine", treatment::block},
    {"address", treatment::group},
    {"affiliation", treatment::inline_text},
    {"anchor", treatment::hidden},
    {"argument", treatment::group},
    {"attachment", treatment::group},
    {"back", treatment::group},
    {"bibl", treatment::inline_text},
    {"body", treatment::group},
    {"byline", treatment::block},
    {"cell", treatment::cell},
    {"choice", treatment::inline_text},
    {"cit", treatment::group},
    {"closer", treatment::group},
    {"corr", treatment::inline_text},
    {"date", treatment::inline_text},
    {"dateline", treatment::block},
    {"del", treatment::inline_text},
    {"desc", treatment::inline_text},
    {"div", treatment::group},
    {"docDate", treatment::inline_text},
    {"emph", treatment::inline_text},
    {"epigraph", treatment::group},
    {"expan", treatment::inline_text},
    {"figDesc", treatment::hidden},
    {"figure", treatment::group},
    {"floatingText", treatment::group},
    {"foreign", treatment::inline_text},
    {"front", treatment::group},
    {"fw", treatment::furniture},
    {"gap", treatment::furniture},
    {"gloss", treatment::inline_text},
    {"graphic", treatment::hidden},
    {"group", treatment::group},
    {"head", treatment::heading},
    {"hi", treatment::inline_text},
    {"idno", treatment::inline_text},
    {"item", treatment::item},
    {"l", treatment::block},
    {"label", treatment::label},
    {"lb", treatment::line_break},
    {"lg", treatment::group},
    {"list", treatment::list},
    {"measure", treatment::inline_text},
    {"milestone", treatment::furniture},
    {"name", treatment::inline_text},
    {"note", treatment::note},
    {"num", treatment::inline_text},
    {"opener", treatment::group},
    {"orgName", treatment::inline_text},
    {"orig", treatment::inline_text},
    {"p", treatment::block},
    {"pb", treatment::furniture},
    {"persName", treatment::inline_text},
    {"placeName", treatment::inline_text},
    {"postscript", treatment::group},
    {"q", treatment::inline_text},
    {"quote", treatment::group},
    {"ref", treatment::inline_text},
    {"reg", treatment::inline_text},
    {"row", treatment::row},
    {"said", treatment::inline_text},
    {"salute", treatment::block},
    {"seg", treatment::inline_text},
    {"sic", treatment::inline_text},
    {"signed", treatment::block},
    {"space", treatment::hidden},
    {"subst", treatment::inline_text},
    {"supplied", treatment::inline_text},
    {"table", treatment::table},
    {"term", treatment::inline_text},
    {"text", treatment::group},
    {"time", treatment::inline_text},
    {"title", treatment::inline_text},
    {"trailer", treatment::block},
    {"unclear", treatment::inline_text},
}};
static_assert(std::is_sorted(treatments.begin(), treatments.end(),
                             [](const treated& a, const treated& b) { return a.name < b.name; }));

constexpr const treated* find_treatment(std::string_view local_name) noexcept {
  const auto at = std::lower_bound(treatments.begin(), treatments.end(), local_name,
                                   [](const treated& t, std::string_view name) { return t.name < name; });
  return at != treatments.end() && at->name == local_name ? &*at : nullptr;
}
}  // namespace detail

// A name without its prefix: "frus:attachment" is "attachment".
constexpr std::string_view local_name(std::string_view name) noexcept {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

// Is an element of this name, prefix or not, one that the table knows?
constexpr bool has_treatment(std::string_view name) noexcept { return detail::find_treatment(local_name(name)) != nullptr; }

// What an element is to be treated as. Where the name alone does not say it, the element does: a note with rend="inline"
// is a block, a quote among words is words. Looks at the children of `element` at most.
inline treatment treatment_of(node element) noexcept {
  const auto* known = detail::find_treatment(local_name(element.name()));
  const auto holds_blocks = [&] {
    for (const node child : element) {
      const auto* of = child.is(node_type::element) ? detail::find_treatment(local_name(child.name())) : nullptr;
      if (of && of->as != treatment::inline_text && of->as != treatment::note && of->as != treatment::line_break &&
          of->as != treatment::furniture && of->as != treatment::hidden && of->as != treatment::label)
        return true;
    }
    return false;
  };
  if (known == nullptr) return holds_blocks() ? treatment::group : treatment::inline_text;
  if (known->as == treatment::note && element.attr("rend") == "inline")
    return holds_blocks() ? treatment::group : treatment::block;
  if (known->name == "quote" && !holds_blocks()) return treatment::inline_text;
  return known->as;
}

// Of an editor's choice between readings (TEI P5 3.5.1), the one to be read: the correction, the regular form, the expansion;
// where there is none of them, the first.
inline node preferred_reading(node choice) noexcept {
  node first;
  for (const node reading : choice) {
    if (!reading.is(node_type::element)) continue;
    const auto name = local_name(reading.name());
    if (name == "corr" || name == "reg" || name == "expan") return reading;
    if (!first) first = reading;
  }
  return first;
}

// Does it stand in a line of words, rather than between paragraphs? A page break does where words stand before it.
constexpr bool stands_in_line(treatment t, bool behind_words) noexcept {
  switch (t) {
    case treatment::inline_text:
    case treatment::label:
    case treatment::note:
    case treatment::line_break:
    case treatment::hidden: return true;
    case treatment::furniture: return behind_words;
    default: return false;
  }
}

// Cuts the content of `parent` into what stands between its blocks, told as paragraph(std::vector<node>), and its blocks,
// told as block(node, treatment), in order. Text and blocks may be mixed in any way, as in a paragraph around a list; blanks
// between blocks are no paragraph. Comments and processing instructions are passed over.
template <class Paragraph, class Block>
void flow(node parent, Paragraph&& paragraph, Block&& block) {
  std::vector<node> run;
  bool has_words = false;
  const auto flush = [&] {
    if (!run.empty()) paragraph(run);
    run.clear();
    has_words = false;
  };
  for (const node child : parent) {
    if (child.is(node_type::text)) {
      const bool blank = is_blank(child.text());
      if (blank && run.empty()) continue;
      has_words |= !blank;
      run.push_back(child);
    } else if (child.is(node_type::element)) {
      const auto as = treatment_of(child);
      if (stands_in_line(as, has_words)) {
        has_words |= as == treatment::inline_text || as == treatment::label;
        run.push_back(child);
      } else {
        flush();
        block(child, as);
      }
    }
  }
  flush();
}

}  // namespace dragoman

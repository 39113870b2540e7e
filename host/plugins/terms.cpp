#include "plugins/terms.hpp"

#include "plugins/table_check.hpp"
#include "strings.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace dragoman::hosting {
namespace {

constexpr std::size_t longest_asked = 100;  // nothing is near to more

bool has_word(std::string_view term, std::string_view asked) {
  while (!term.empty()) {
    const auto end = std::min(term.find(' '), term.size());
    if (folded(term.substr(0, end)) == asked) return true;
    term.remove_prefix(std::min(end + 1, term.size()));
  }
  return false;
}

}  // namespace

std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9', is_small = c >= 'a' && c <= 'z', is_capital = c >= 'A' && c <= 'Z';
    if (is_capital) out += static_cast<char>(c - 'A' + 'a');
    else if (is_digit || is_small || static_cast<unsigned char>(c) >= 0x80) out += c;
  }
  return out;
}

term_list::term_list(const registry& formats) {
  std::vector<const format_entry*> sorted;
  for (const auto& f : formats.formats()) sorted.push_back(&f);
  std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->id() < b->id(); });
  for (const auto* f : sorted) {
    if (!DGM_HAS(f->table, dgm_format, term_count)) continue;
    for (std::size_t i = 0; i < f->table->term_count; ++i) {
      const auto& t = f->table->terms[i];
      if (auto problem = why_not_a_term(t); problem.empty()) terms_.push_back({t.term, t.kind, t.meaning, t.source, f});
      else problems_.push_back("format " + std::string(f->id()) + ": " + problem);
    }
  }
}

std::vector<known_term> term_list::find(std::string_view asked) const {
  std::vector<known_term> out;
  const auto look = [&](auto&& is_meant) {
    std::copy_if(terms_.begin(), terms_.end(), std::back_inserter(out), is_meant);
    return !out.empty();
  };
  if (look([&](const known_term& t) { return t.term == asked; })) return out;
  const auto lower = ascii_lower(asked), plain = folded(asked);
  if (look([&](const known_term& t) { return ascii_lower(t.term) == lower; })) return out;
  if (plain.empty()) return out;
  if (look([&](const known_term& t) { return folded(t.term) == plain; })) return out;
  look([&](const known_term& t) { return has_word(t.term, plain); });
  return out;
}

std::vector<std::string_view> term_list::near(std::string_view asked, std::size_t most) const {
  const auto plain = folded(asked);
  if (plain.empty() || plain.size() > longest_asked) return {};
  const std::size_t farthest = std::max<std::size_t>(2, plain.size() / 3);
  std::vector<std::pair<std::size_t, std::string_view>> found;
  std::set<std::string> seen;
  for (const auto& t : terms_) {
    auto spelling = folded(t.term);
    const auto shorter = std::min(spelling.size(), plain.size()), longer = std::max(spelling.size(), plain.size());
    if (longer - shorter > farthest) continue;
    const auto d = edit_distance(plain, spelling);
    if (d <= farthest && d < shorter && seen.insert(std::move(spelling)).second) found.emplace_back(d, t.term);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string_view> out;
  for (const auto& [d, term] : found)
    if (out.size() < most && d == found.front().first) out.push_back(term);
  return out;
}

std::vector<term_list::kind> term_list::kinds() const {
  std::map<std::pair<std::string_view, std::string_view>, kind> all;
  for (const auto& t : terms_) {
    auto& k = all[{t.kind, t.format->id()}];
    k = {t.kind, t.format, k.count + 1};
  }
  std::vector<kind> out;
  for (const auto& [name, k] : all) out.push_back(k);
  return out;
}

}  // namespace dragoman::hosting

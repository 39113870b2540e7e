#include "verifier.hpp"

#include "encoding.hpp"
#include "frame.hpp"
#include "guard.hpp"
#include "profile.hpp"
#include "schema.hpp"

#include <dragoman/equality.hpp>
#include <dragoman/text.hpp>

#include <dragoman-cable.rng.hpp>

#include <algorithm>

namespace dragoman::tei {
namespace {

constexpr const char* profile_name = "dragoman-cable.rng";
constexpr std::size_t most_complaints = 1000;
constexpr std::size_t input_limit = std::size_t{1} << 30;

// Where the start tags of these elements begin; `numbers` ascend. A '<' in well-formed XML stands at the begin of markup only.
std::vector<std::size_t> offsets_of(std::string_view text, const std::vector<std::size_t>& numbers) {
  constexpr std::string_view ends[][2] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
  std::vector<std::size_t> out;
  std::size_t count = 0;
  for (std::size_t at = text.find('<'); at != npos && out.size() < numbers.size(); at = text.find('<', at)) {
    const auto* section =
        std::find_if(std::begin(ends), std::end(ends), [&](const auto& e) { return text.substr(at, e[0].size()) == e[0]; });
    if (section != std::end(ends)) {
      at = text.find((*section)[1], at + (*section)[0].size());
      if (at == npos) break;
      continue;
    }
    const char next = at + 1 < text.size() ? text[at + 1] : '/';
    if (next != '/' && next != '!') {
      ++count;
      while (out.size() < numbers.size() && numbers[out.size()] == count) out.push_back(at);
    }
    ++at;
  }
  return out;
}

// The value of a pseudo-attribute of a processing instruction.
std::string pseudo_attribute(std::string_view data, std::string_view name) {
  for (std::size_t at = data.find(name); at != npos; at = data.find(name, at + 1)) {
    const bool begins = at == 0 || is_space(data[at - 1]);
    auto rest = trim(data.substr(at + name.size()));
    if (!begins || rest.substr(0, 1) != "=") continue;
    rest = trim(rest.substr(1));
    if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) continue;
    const auto end = rest.find(rest[0], 1);
    if (end != npos) return std::string(rest.substr(1, end - 1));
  }
  return {};
}

bool has_suffix(std::string_view name, std::string_view suffix) noexcept {
  return name.size() >= suffix.size() && same_ascii(name.substr(name.size() - suffix.size()), suffix);
}
bool is_schema_name(std::string_view name) noexcept { return has_suffix(name, ".rng") || has_suffix(name, ".xsd"); }

// The schemas that the xml-model instructions before the document element name.
std::vector<std::string> models_of(std::string_view prolog) {
  std::vector<std::string> out;
  constexpr std::string_view begin = "<?xml-model";
  for (std::size_t at = prolog.find(begin); at != npos; at = prolog.find(begin, at + 1)) {
    const auto end = prolog.find("?>", at);
    auto href = pseudo_attribute(prolog.substr(at + begin.size(), end == npos ? npos : end - at - begin.size()), "href");
    if (is_schema_name(href) && std::find(out.begin(), out.end(), href) == out.end()) out.push_back(std::move(href));
  }
  return out;
}

// The file's name with another suffix.
std::string sibling(std::string_view name, std::string_view suffix) {
  return std::string(name.substr(0, std::min(name.rfind('.'), name.size()))) + std::string(suffix);
}

// The schema made last in this thread: one for many files costs its making once (tei_all: seconds).
std::shared_ptr<const schema> schema_of(std::string_view octets, const std::string& name, const file_lender& lender) {
  struct memo {
    std::string octets, name;
    std::shared_ptr<const schema> made;
  };
  thread_local memo last;
  if (last.made && last.octets == octets && last.name == name) return last.made;
  auto made = std::make_shared<const schema>(octets, name, lender);
  if (!made->has_parts()) last = {std::string(octets), name, made};
  return made;
}

class verification {
public:
  verification(const host& services, const dgm_verification& what)
      : services_(services), what_(what), text_(octets_of(what), input_limit) {}

  void run() {
    const auto scanned = scan(text_);
    if (const auto* named = lend("")) judge(*named);
    else judge_by_found(scanned);
    judge_by_profile(scanned);
  }

private:
  std::string_view octets_of(const dgm_verification& what) { return input(what.input).all(storage_, input_limit); }

  const dgm_input* lend(std::string_view name) const {
    return DGM_HAS(&what_, dgm_verification, schema) && what_.schema != nullptr ? what_.schema(what_.ctx, span(name)) : nullptr;
  }
  static std::optional<std::string_view> octets_of(const dgm_input* lent) {
    std::string_view octets;
    if (lent == nullptr || !input(lent).contents(octets)) return std::nullopt;
    return octets;
  }

  void judge_by_found(const scan_result& scanned) {
    bool found = false;
    for (const auto& name : models_of(text_.text().substr(0, scanned.root.begin)))
      if (const auto* lent = lend(name)) {
        judge(*lent);
        found = true;
      }
    for (const std::string_view suffix : {".rng", ".xsd"})
      if (const auto* lent = found ? nullptr : lend(sibling(view(what_.name), suffix))) {
        judge(*lent);
        found = true;
      }
  }

  // A TEI that says that it is a cable of our profile; in a corpus each by itself, which may be many.
  void judge_by_profile(const scan_result& scanned) {
    const std::string_view profile(embedded::dragoman_cable_rng, sizeof embedded::dragoman_cable_rng - 1);
    if (scanned.root_name != corpus_name && tag_of(scanned.root).claims_profile)
      judge(profile, profile_name, "tei.profile", {0, text_.text().size()});
    for (const extent& unit : scanned.units) {
      services_.check_cancelled();
      // Without a namespace of its own it cannot be cut out; ours have one.
      if (const auto tag = tag_of(unit); tag.claims_profile && tag.is_whole) judge(profile, profile_name, "tei.profile", unit);
    }
  }
  struct start_tag {
    bool claims_profile, is_whole;
  };
  start_tag tag_of(const extent& e) const {
    const auto all = e.in(text_.text());
    const auto tag = all.substr(0, all.find('>'));
    return {pseudo_attribute(tag, "type") == cable_type && pseudo_attribute(tag, "n") == profile_version,
            pseudo_attribute(tag, "xmlns") == tei_namespace};
  }

  void judge(const dgm_input& lent) {
    const auto octets = octets_of(&lent);
    if (!octets)
      return services_.error("tei.schema-unreadable", "the schema " + std::string(view(lent.name)) + " cannot be read");
    judge(*octets, std::string(view(lent.name)), "tei.schema", {0, text_.text().size()});
  }

  void judge(std::string_view schema_octets, const std::string& name, std::string_view code, const extent& what) {
    const auto made = schema_of(schema_octets, name, [this](std::string_view file) { return octets_of(lend(file)); });
    auto complaints = made->judge(what.in(text_.text()), most_complaints);
    std::stable_sort(complaints.begin(), complaints.end(),
                     [](const complaint& a, const complaint& b) { return a.element < b.element; });
    std::vector<std::size_t> numbers;
    for (const auto& c : complaints)
      if (c.element != 0) numbers.push_back(c.element);
    const auto offsets = offsets_of(what.in(text_.text()), numbers);
    std::size_t next = 0;
    for (const auto& c : complaints) {
      const bool is_placed = c.element != 0 && next < offsets.size();
      services_.error(code, "not valid by " + name + ": " + c.text, is_placed ? text_.at(what.begin + offsets[next++]) : place{});
    }
    if (complaints.size() == most_complaints)
      services_.error(code, "not valid by " + name + ": there is more, which is not listed");
  }

  const host& services_;
  const dgm_verification& what_;
  std::string storage_;
  source_text text_;
};

}  // namespace

void verifier::verify(const host& services, const dgm_verification& what) {
  if (what.input != nullptr) verification(services, what).run();
}

}  // namespace dragoman::tei

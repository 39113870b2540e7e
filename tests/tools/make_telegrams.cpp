// make_telegrams COUNT FOLDER [OPTION...] - writes COUNT invented telegrams, the same ones on every machine.
//
//   --dirty PERCENT      so many of a hundred have one to three faults
//   --form NAME          cablegate, acp127, markdown, flattened, archive; without it all in turn
//   --seed N             begin with telegram N
//   --single-file        FOLDER/cables.txt; else FOLDER/cables/0/0.txt, ...
//
// and what is known of them as FOLDER/truth.jsonl, which tests/telegram/score.py compares with what the program reads.
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <telegram_generator.hpp>

namespace {

using namespace dragoman::testing;

bool to_number(const char* text, std::size_t& number) {
  const char* end = text + std::strlen(text);
  const auto [stopped, problem] = std::from_chars(text, end, number);
  return problem == std::errc() && stopped == end;
}

struct options {
  std::size_t count = 0, dirty = 0, seed = 0;
  std::string folder;
  bool has_form = false, single_file = false;
  telegram_form form = telegram_form::cablegate;
};

bool read_options(int argc, char** argv, options& o) {
  if (argc < 3 || !to_number(argv[1], o.count)) return false;
  o.folder = argv[2];
  for (int i = 3; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--single-file") {
      o.single_file = true;
      continue;
    }
    if (++i == argc) return false;
    if (name == "--dirty") {
      if (!to_number(argv[i], o.dirty) || o.dirty > 100) return false;
    } else if (name == "--seed") {
      if (!to_number(argv[i], o.seed)) return false;
    } else if (name == "--form") {
      const auto found = std::find(telegram_form_names.begin(), telegram_form_names.end(), std::string_view(argv[i]));
      if (found == telegram_form_names.end()) return false;
      o.form = telegram_forms[static_cast<std::size_t>(found - telegram_form_names.begin())];
      o.has_form = true;
    } else {
      return false;
    }
  }
  return true;
}

// One truth as a line of JSON. What a telegram has not is null; so is what it breaks off before.
class truth_line {
public:
  truth_line(const generated_telegram& t, const std::string& name, const std::string& file, std::size_t offset) {
    value("file", file);
    value("name", name);
    number("offset", offset);
    number("bytes", t.octets.size());
    value("dialect", std::string(telegram_form_names[static_cast<std::size_t>(t.form)]));
    texts("dirty", t.dirt);
    value("id", t.id);
    value("transmission_id", t.transmission_id);
    value("precedence", t.precedence);
    value("info_precedence", t.info_precedence);
    value("date", t.date);
    value("from", t.from);
    parties("to", t.to);
    parties("info", t.info);
    texts("exempt", t.exempt);
    value("classification", t.classification);
    texts("captions", t.captions);
    texts("passing", t.passing);
    texts("corrections", t.corrections);
    value("order", t.order);
    value("declassify", t.declassify_date);
    texts("tags", t.tags);
    value("subject", t.subject);
    references(t.refs);
    authority(t);
    if (!t.truncated) {
      number("sections", t.sections);
      number("paragraphs", t.paragraph_numbers.size());
      texts("paragraph_numbers", t.paragraph_numbers);
      texts("marks", t.marks);
      texts("texts", t.texts);
      texts("headings", t.headings);
      number("items", t.items);
      number("tables", t.tables);
      value("signature", t.signature);
      attributes(t.attributes);
    }
    text_ += "}\n";
  }
  const std::string& text() const noexcept { return text_; }

private:
  void name(std::string_view key) {
    text_ += text_.empty() ? "{" : ", ";
    quote(key);
    text_ += ": ";
  }
  void quote(std::string_view words) {
    text_ += '"';
    for (const char c : words) {
      if (c == '"' || c == '\\') text_ += '\\';
      if (c == '\n') text_ += "\\n";
      else text_ += c;
    }
    text_ += '"';
  }
  void text_or_null(std::string_view words) {
    if (words.empty()) text_ += "null";
    else quote(words);
  }
  void value(std::string_view key, std::string_view words) {
    name(key);
    text_or_null(words);
  }
  void number(std::string_view key, std::size_t n) {
    name(key);
    text_ += std::to_string(n);
  }
  template <class List, class Each>
  void list(std::string_view key, const List& all, Each&& each) {
    name(key);
    text_ += '[';
    bool first = true;
    for (const auto& one : all) {
      if (!first) text_ += ", ";
      first = false;
      each(one);
    }
    text_ += ']';
  }
  void members(std::initializer_list<std::pair<std::string_view, std::string_view>> all) {
    text_ += '{';
    for (const auto& [key, words] : all) {
      if (text_.back() != '{') text_ += ", ";
      quote(key);
      text_ += ": ";
      text_or_null(words);
    }
    text_ += '}';
  }
  void texts(std::string_view key, const std::vector<std::string>& all) {
    list(key, all, [&](const std::string& words) { text_or_null(words); });
  }
  void parties(std::string_view key, const std::vector<generated_party>& all) {
    list(key, all, [&](const generated_party& p) {
      members({{"route", p.route}, {"name", p.name}, {"precedence", p.precedence}, {"number", p.number}});
    });
  }
  void references(const std::vector<generated_reference>& all) {
    list("refs", all, [&](const generated_reference& r) { members({{"label", r.label}, {"text", r.text}, {"id", r.id}}); });
  }
  void authority(const generated_telegram& t) {
    name("classified_by");
    if (t.classifier_name.empty()) text_ += "null";
    else members({{"title", t.classifier_title}, {"name", t.classifier_name}, {"reason", t.classifier_reason}});
  }
  void attributes(const std::vector<std::pair<std::string, std::string>>& all) {
    list("attributes", all, [&](const std::pair<std::string, std::string>& a) {
      text_ += '[';
      quote(a.first);
      text_ += ", ";
      text_or_null(a.second);
      text_ += ']';
    });
  }

  std::string text_;
};

int fail(const std::filesystem::path& path) {
  std::fprintf(stderr, "make_telegrams: cannot write %s\n", path.c_str());
  return 1;
}

int make(const options& o) {
  constexpr std::size_t files_a_folder = 1000;
  const std::filesystem::path folder(o.folder);
  std::filesystem::create_directories(folder);
  std::ofstream truth(folder / "truth.jsonl", std::ios::binary), one;
  if (o.single_file) one.open(folder / "cables.txt", std::ios::binary);
  std::size_t offset = 0;
  for (std::size_t i = 0; i < o.count; ++i) {
    const std::size_t seed = o.seed + i;
    const auto form = o.has_form ? o.form : telegram_forms[i % telegram_forms.size()];
    // Spread over all forms, whatever their number is.
    const auto t = generate_telegram(seed, form, (seed * 37 + seed / 100) % 100 < o.dirty);
    const std::string file =
        o.single_file ? "cables.txt" : "cables/" + std::to_string(i / files_a_folder) + "/" + std::to_string(i) + ".txt";
    if (o.single_file) {
      one << t.octets;
    } else {
      const auto path = folder / file;
      if (i % files_a_folder == 0) std::filesystem::create_directories(path.parent_path());
      std::ofstream out(path, std::ios::binary);
      out << t.octets;
      if (!out.flush()) return fail(path);
    }
    truth << truth_line(t, std::to_string(seed), file, o.single_file ? offset : 0).text();
    offset += t.octets.size();
  }
  if (o.single_file && !one.flush()) return fail(folder / "cables.txt");
  if (!truth.flush()) return fail(folder / "truth.jsonl");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  options o;
  if (!read_options(argc, argv, o)) {
    std::fputs("usage: make_telegrams COUNT FOLDER [--dirty PERCENT] [--form NAME] [--seed N] [--single-file]\n", stderr);
    return 2;
  }
  try {
    return make(o);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "make_telegrams: %s\n", problem.what());
    return 1;
  }
}

#include "command_plugins/manifest.hpp"

#include "plugins/table_check.hpp"
#include "strings.hpp"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <stdexcept>

namespace dragoman::hosting {
namespace {

using json = nlohmann::json;

struct refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A plugin made of a manifest. Texts stay where they are once they are kept.
struct manifest_plugin {
  std::deque<std::string> texts;
  std::deque<std::vector<const char*>> lists;
  std::deque<std::vector<dgm_magic>> magics;
  std::deque<std::vector<dgm_option>> options;
  std::deque<std::vector<dgm_code>> codes;
  std::deque<command_format> formats;
  std::vector<const dgm_format*> tables;
  dgm_plugin table{};

  const char* keep(std::string text) { return texts.emplace_back(std::move(text)).c_str(); }
};

// Reads the members of one JSON object, each at most once, and refuses those that nobody knows.
class object {
public:
  object(const json& value, std::string where) : value_(value), where_(std::move(where)) {
    if (!value.is_object()) throw refusal(where_ + " is no object");
  }
  void know(std::initializer_list<std::string_view> names) const {
    const std::vector<std::string_view> known(names);
    for (const auto& [name, member] : value_.items())
      if (std::find(known.begin(), known.end(), name) == known.end())
        throw refusal(where_ + ": unknown member \"" + name + "\"" + did_you_mean(name, known));
  }
  const json* find(const char* name) const {
    const auto it = value_.find(name);
    return it == value_.end() ? nullptr : &*it;
  }
  std::string text(const char* name, const char* otherwise = nullptr) const {
    const auto* m = find(name);
    if (m == nullptr && otherwise != nullptr) return otherwise;
    if (m == nullptr) throw refusal(at(name) + " is missing");
    if (m->is_boolean()) return m->get<bool>() ? "true" : "false";
    if (m->is_number_integer()) return std::to_string(m->get<std::int64_t>());
    if (!m->is_string()) throw refusal(at(name) + " is no text");
    auto found = m->get<std::string>();
    if (found.find('\0') != std::string::npos) throw refusal(at(name) + " holds U+0000");
    return found;
  }
  std::int64_t number(const char* name, std::int64_t otherwise, std::int64_t least, std::int64_t most) const {
    const auto* m = find(name);
    if (m == nullptr) return otherwise;
    if (!m->is_number_integer() || m->get<std::int64_t>() < least || m->get<std::int64_t>() > most)
      throw refusal(at(name) + " is no whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return m->get<std::int64_t>();
  }
  bool flag(const char* name) const {
    const auto* m = find(name);
    if (m == nullptr) return false;
    if (!m->is_boolean()) throw refusal(at(name) + " is neither true nor false");
    return m->get<bool>();
  }
  const json& list(const char* name) const {
    static const json none = json::array();
    const auto* m = find(name);
    if (m != nullptr && !m->is_array()) throw refusal(at(name) + " is no list");
    return m != nullptr ? *m : none;
  }
  std::vector<std::string> texts(const char* name) const {
    std::vector<std::string> out;
    for (const auto& member : list(name)) {
      if (!member.is_string()) throw refusal(at(name) + " holds something that is no text");
      out.push_back(member.get<std::string>());
      if (out.back().find('\0') != std::string::npos) throw refusal(at(name) + " holds U+0000");
    }
    return out;
  }
  std::string at(const char* name) const { return where_ + ": \"" + name + "\""; }

private:
  const json& value_;
  std::string where_;
};

const char* const* kept_list(manifest_plugin& p, const std::vector<std::string>& texts) {
  auto& list = p.lists.emplace_back();
  for (const auto& text : texts) list.push_back(p.keep(text));
  list.push_back(nullptr);
  return list.data();
}

int choice(const object& o, const char* name, std::initializer_list<const char*> words, const char* otherwise) {
  const auto word = o.text(name, otherwise);
  int index = 0;
  std::string all;
  for (const char* w : words) {
    if (word == w) return index;
    all += (index++ ? ", " : "") + std::string(w);
  }
  throw refusal(o.at(name) + " is none of " + all);
}

dgm_option option_of(manifest_plugin& p, const object& o) {
  o.know({"name", "help", "type", "default", "choices", "minimum", "maximum"});
  dgm_option out{};
  out.name = p.keep(o.text("name"));
  out.help = p.keep(o.text("help"));
  out.type = DGM_OPTION_TEXT + choice(o, "type", {"text", "bool", "integer", "choice"}, "text");
  out.fallback = p.keep(o.text("default", ""));
  out.choices = out.type == DGM_OPTION_CHOICE ? kept_list(p, o.texts("choices")) : nullptr;
  out.minimum = o.number("minimum", 0, INT64_MIN, INT64_MAX);
  out.maximum = o.number("maximum", INT64_MAX, INT64_MIN, INT64_MAX);
  return out;
}

dgm_code code_of(manifest_plugin& p, const object& o) {
  o.know({"code", "severity", "meaning", "advice"});
  dgm_code out{};
  out.code = p.keep(o.text("code"));
  out.severity = DGM_NOTE + choice(o, "severity", {"note", "warning", "loss", "error"}, nullptr);
  out.meaning = p.keep(o.text("meaning"));
  out.advice = o.find("advice") != nullptr ? p.keep(o.text("advice")) : nullptr;
  return out;
}

dgm_magic magic_of(manifest_plugin& p, const object& o) {
  o.know({"octets", "offset", "score"});
  const auto octets = o.text("octets");
  return {static_cast<std::int32_t>(o.number("score", 80, 1, 100)), static_cast<std::uint32_t>(o.number("offset", 0, 0, 65536)),
          static_cast<std::uint32_t>(octets.size()), p.keep(octets)};
}

template <class T, class Make>
void fill(std::deque<std::vector<T>>& into, const T*& first, std::size_t& count, const json& list, const std::string& where,
          Make&& make) {
  auto& kept = into.emplace_back();
  std::size_t i = 0;
  for (const auto& member : list) kept.push_back(make(object(member, where + " " + std::to_string(++i))));
  first = kept.empty() ? nullptr : kept.data();
  count = kept.size();
}

// The program of argv: as it is, below the manifest's folder, or found on the PATH; never in the working directory.
std::string program_path(const std::string& word, const std::string& here) {
  std::string path = word;
  if (const auto at = path.find("{here}"); at == 0) path = here + path.substr(6);
  const auto is_program = [](const std::string& p) {
    return !std::filesystem::is_directory(p) && ::access(p.c_str(), X_OK) == 0;
  };
  if (path.find('/') != std::string::npos) {
    if (path.front() != '/') path = here + "/" + path;
    if (!is_program(path)) throw refusal("its program " + printable(path) + " cannot be run");
    return path;
  }
  const char* list = std::getenv("PATH");
  for (std::string_view rest = list != nullptr ? list : "/usr/bin:/bin"; !rest.empty();) {
    const auto folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    if (folder.empty() || folder.front() != '/') continue;
    if (const auto found = std::string(folder) + "/" + path; is_program(found)) return found;
  }
  throw refusal("its program \"" + printable(path) + "\" is not installed");
}

void check_placeholders(const command_format& f, const object& o) {
  for (const auto& word : f.argv)
    for (std::size_t at = 0; (at = word.find('{', at)) != std::string::npos; ++at) {
      const auto end = word.find('}', at);
      const auto name = word.substr(at + 1, end == std::string::npos ? end : end - at - 1);
      bool known = name == "here" || name == "direction";
      for (std::size_t i = 0; i < f.table.option_count; ++i)
        known = known || name == std::string("option.") + f.table.options[i].name;
      if (end == std::string::npos || !known)
        throw refusal(o.at("argv") + ": \"{" + printable(name) + "}\" is no placeholder: {here}, {direction}, {option.NAME}");
    }
}

void add_limits(command_format& f, const object& o) {
  const auto* limits = o.find("limits");
  if (limits == nullptr) return;
  const object l(*limits, "\"limits\"");
  l.know({"silence_seconds", "total_seconds", "megabytes"});
  f.silence = static_cast<double>(l.number("silence_seconds", 60, 1, 86'400));
  f.total = static_cast<double>(l.number("total_seconds", 0, 0, 8'640'000));
  f.memory = static_cast<std::size_t>(l.number("megabytes", 0, 0, 1 << 24)) << 20;
}

void add_format(manifest_plugin& p, const object& o, const std::string& here) {
  o.know({"id", "title", "suffixes", "media_types", "magic", "options", "codes", "direction", "argv", "limits", "collection",
          "lossless", "verbatim", "writes"});
  auto& f = p.formats.emplace_back();
  auto& t = f.table;
  t.size = sizeof t;
  t.flags = (o.flag("collection") ? std::uint32_t{DGM_COLLECTION} : 0u) | (o.flag("lossless") ? std::uint32_t{DGM_LOSSLESS} : 0u);
  t.id = p.keep(o.text("id"));
  t.title = p.keep(o.text("title"));
  t.suffixes = kept_list(p, o.texts("suffixes"));
  t.media_types = kept_list(p, o.texts("media_types"));
  fill(p.magics, t.magic, t.magic_count, o.list("magic"), "magic", [&](const object& m) { return magic_of(p, m); });
  fill(p.options, t.options, t.option_count, o.list("options"), "option", [&](const object& m) { return option_of(p, m); });
  fill(p.codes, t.codes, t.code_count, o.list("codes"), "code", [&](const object& m) { return code_of(p, m); });
  f.here = here;
  f.argv = o.texts("argv");
  f.verbatim = o.flag("verbatim");
  if (f.argv.empty()) throw refusal(o.at("argv") + " is missing");
  f.argv.front() = program_path(f.argv.front(), here);
  check_placeholders(f, o);
  for (const auto& path : o.texts("writes")) f.writes.push_back(p.keep(path));
  if (!f.writes.empty()) f.writes.push_back(nullptr);
  add_limits(f, o);
  const int direction = choice(o, "direction", {"read", "write", "both"}, nullptr);
  if (direction != 1) t.reader = command_reader_table(f);
  if (direction != 0) t.writer = command_writer_table(f);
  if (t.reader == nullptr && t.writer == nullptr) throw refusal("there are too many command formats");
  p.tables.push_back(&t);
}

json parse(const std::filesystem::path& file) {
  std::error_code problem;
  if (std::filesystem::file_size(file, problem) > (1 << 20) || problem)
    throw refusal(problem ? "cannot be read: " + problem.message() : "larger than a manifest may be (1 MiB)");
  std::ifstream in(file, std::ios::binary);
  try {
    return json::parse(in);
  } catch (const json::parse_error& e) {
    throw refusal("not JSON: octet " + std::to_string(e.byte));
  }
}

// Lives on, as modules do.
const dgm_plugin* keep_for_good(std::unique_ptr<manifest_plugin> plugin) {
  static auto* const plugins = new std::vector<std::unique_ptr<manifest_plugin>>();
  return &plugins->emplace_back(std::move(plugin))->table;
}

const dgm_plugin* load(const std::filesystem::path& file) {
  const json text = parse(file);
  const object o(text, "the manifest");
  o.know({"id", "version", "license", "model", "formats"});
  auto made = std::make_unique<manifest_plugin>();
  auto& t = made->table;
  t.size = sizeof t;
  t.abi = DGM_ABI;
  t.id = made->keep(o.text("id"));
  t.version = made->keep(o.text("version"));
  t.license = made->keep(o.text("license"));
  t.model = made->keep(o.text("model", DGM_MODEL));
  std::size_t i = 0;
  for (const auto& f : o.list("formats"))
    add_format(*made, object(f, "format " + std::to_string(++i)), file.parent_path().string());
  made->tables.push_back(nullptr);
  t.formats = made->tables.data();
  if (const auto why = why_not_a_plugin(&t); !why.empty()) throw refusal(why);
  return keep_for_good(std::move(made));
}

}  // namespace

const dgm_plugin* load_manifest(const std::filesystem::path& file, std::string& why) noexcept {
  try {
    return load(file);
  } catch (const std::exception& e) {
    why = e.what();
    return nullptr;
  }
}

}  // namespace dragoman::hosting

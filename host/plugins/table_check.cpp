#include "plugins/table_check.hpp"

#include "strings.hpp"

#include <dragoman/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace dragoman::hosting {
namespace {

constexpr std::size_t most_formats = 256, most_entries = 4096, most_terms = std::size_t{1} << 20, longest_text = 4096;

struct refusal {
  std::string reason;
};

bool is_name(std::string_view text, std::string_view extra) {
  const auto allowed = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || extra.find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), allowed);
}

std::string_view text_of(const char* text, const std::string& what) {
  if (text == nullptr) throw refusal{what + " is missing"};
  const std::string_view found(text, ::strnlen(text, longest_text + 1));
  if (found.empty()) throw refusal{what + " is empty"};
  if (found.size() > longest_text) throw refusal{what + " is too long"};
  if (find_bad_text(found) != npos) throw refusal{what + " is not text"};
  return found;
}

std::string_view name_of(const char* text, const std::string& what, std::string_view extra) {
  const auto name = text_of(text, what);
  if (!is_name(name, extra)) throw refusal{what + " \"" + printable(name) + "\" is not well formed"};
  return name;
}

template <class F>
void for_each_text(const char* const* list, const std::string& what, F&& f) {
  if (list == nullptr) throw refusal{what + " are missing"};
  for (std::size_t i = 0; list[i] != nullptr; ++i) {
    if (i == most_entries) throw refusal{what + " do not end"};
    f(list[i]);
  }
}

void check_option(const dgm_option& option, const std::string& where) {
  const std::string what = where + " option " + std::string(name_of(option.name, where + " option", "-_"));
  text_of(option.help, what + ": help");
  if (option.type < DGM_OPTION_TEXT || option.type > DGM_OPTION_FILE) throw refusal{what + " has no known type"};
  if (option.type == DGM_OPTION_CHOICE) {
    std::size_t count = 0;
    for_each_text(option.choices, what + ": choices", [&](const char* choice) {
      text_of(choice, what + ": a choice");
      ++count;
    });
    if (count == 0) throw refusal{what + " has no choices"};
  }
  if (option.type == DGM_OPTION_INTEGER && option.minimum > option.maximum) throw refusal{what + " has no range"};
  if (option.fallback == nullptr) throw refusal{what + " has no default"};
  if (option.type == DGM_OPTION_FILE && (*option.fallback != '\0' || option.maximum < 1))
    throw refusal{what + " names a file: its default must be empty, and it must say how large one may be"};
  std::string normal;
  if (const auto wanted = check_option_value(option, option.fallback, normal); !wanted.empty())
    throw refusal{what + ": its default is not " + wanted};
}

void check_reader(const dgm_reader* reader, const std::string& where) {
  if (!DGM_HAS(reader, dgm_reader, close)) throw refusal{where + " reader is too small a table"};
  if (reader->open == nullptr || reader->next == nullptr || reader->close == nullptr)
    throw refusal{where + " reader lacks open, next or close"};
  if (DGM_HAS(reader, dgm_reader, open_part) && (reader->parts == nullptr) != (reader->open_part == nullptr))
    throw refusal{where + " reader has one of parts and open_part, and not the other"};
}

void check_writer(const dgm_writer* writer, const std::string& where) {
  if (!DGM_HAS(writer, dgm_writer, close)) throw refusal{where + " writer is too small a table"};
  if (writer->open == nullptr || writer->write == nullptr || writer->finish == nullptr || writer->close == nullptr)
    throw refusal{where + " writer lacks open, write, finish or close"};
}

// One session writes all of an archive, and hears of all that failed.
void check_standalone(const dgm_format& format, const std::string& where) {
  if ((format.flags & DGM_STANDALONE) == 0) return;
  const auto* writer = format.writer;
  const bool hears_of_failures = DGM_HAS(writer, dgm_writer, failed) && writer->failed != nullptr;
  if ((format.flags & DGM_ARCHIVE) != 0 || hears_of_failures)
    throw refusal{where + " it is an archive, or hears of failures, and its documents stand for themselves"};
}

void check_codes(const dgm_format& format, const std::string& where) {
  if (format.code_count > most_entries || (format.code_count != 0 && format.codes == nullptr))
    throw refusal{where + " codes are missing"};
  for (std::size_t i = 0; i < format.code_count; ++i) {
    const auto& code = format.codes[i];
    const auto name = name_of(code.code, where + " code", ".-_");
    if (code.severity < DGM_NOTE || code.severity > DGM_ERROR)
      throw refusal{where + " code " + std::string(name) + " has no known severity"};
    text_of(code.meaning, where + " code " + std::string(name) + ": meaning");
    if (code.advice != nullptr) text_of(code.advice, where + " code " + std::string(name) + ": advice");
  }
}

void check_magic(const dgm_format& format, const std::string& where) {
  if (format.magic_count > most_entries || (format.magic_count != 0 && format.magic == nullptr))
    throw refusal{where + " magic is missing"};
  for (std::size_t i = 0; i < format.magic_count; ++i) {
    const auto& magic = format.magic[i];
    if (magic.octets == nullptr || magic.length == 0 || magic.score < 0 || magic.score > 100)
      throw refusal{where + " magic is not well formed"};
  }
}

// Their texts are looked at when somebody asks for them: there may be many.
void check_terms(const dgm_format& format, const std::string& where) {
  if (!DGM_HAS(&format, dgm_format, term_count)) return;  // built before terms were added
  if (format.term_count > most_terms || (format.term_count != 0 && format.terms == nullptr))
    throw refusal{where + " terms are missing"};
}

void check_schemas(const dgm_format& format, const std::string& where) {
  if (!DGM_HAS(&format, dgm_format, schema_count)) return;  // built before schemas were added
  if (format.schema_count > most_entries || (format.schema_count != 0 && format.schemas == nullptr))
    throw refusal{where + " schemas are missing"};
  for (std::size_t i = 0; i < format.schema_count; ++i) {
    const auto& schema = format.schemas[i];
    const std::string what = where + " schema " + std::string(name_of(schema.name, where + " schema", ".-_"));
    text_of(schema.title, what + ": title");
    text_of(schema.media_type, what + ": media type");
    if (schema.text == nullptr || schema.length == 0) throw refusal{what + " is empty"};
  }
}

// A verifier and an unpacker came after the first release, and only some formats have them.
void check_verifier(const dgm_format& format, const std::string& where) {
  if (!DGM_HAS(&format, dgm_format, verifier) || format.verifier == nullptr) return;
  if (!DGM_HAS(format.verifier, dgm_verifier, verify)) throw refusal{where + " the table of its verifier is too small"};
  if (format.verifier->verify == nullptr) throw refusal{where + " its verifier lacks verify"};
}

void check_unpacker(const dgm_format& format, const std::string& where) {
  if (!DGM_HAS(&format, dgm_format, unpacker) || format.unpacker == nullptr) return;
  if (!DGM_HAS(format.unpacker, dgm_unpacker, close)) throw refusal{where + " the table of its unpacker is too small"};
  if (format.unpacker->open == nullptr || format.unpacker->close == nullptr)
    throw refusal{where + " its unpacker lacks open or close"};
}

std::string check_format(const dgm_format* format) {
  if (!DGM_HAS(format, dgm_format, writer)) throw refusal{"a format is too small a table"};
  const std::string id(name_of(format->id, "the id of a format", "-"));
  const std::string where = "format " + id + ":";
  text_of(format->title, where + " title");
  for_each_text(format->suffixes, where + " suffixes", [&](const char* s) {
    if (name_of(s, where + " suffix", ".-_").front() == '.') throw refusal{where + " a suffix begins with a dot"};
  });
  for_each_text(format->media_types, where + " media types", [&](const char* s) { text_of(s, where + " media type"); });
  check_magic(*format, where);
  if (format->option_count > most_entries || (format->option_count != 0 && format->options == nullptr))
    throw refusal{where + " options are missing"};
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < format->option_count; ++i) {
    check_option(format->options[i], where);
    if (!names.insert(format->options[i].name).second)
      throw refusal{where + " option " + format->options[i].name + " stands twice"};
  }
  check_codes(*format, where);
  check_terms(*format, where);
  check_schemas(*format, where);
  check_verifier(*format, where);
  check_unpacker(*format, where);
  if (format->reader == nullptr && format->writer == nullptr) throw refusal{where + " neither reads nor writes"};
  if (format->reader != nullptr) check_reader(format->reader, where);
  if (format->writer != nullptr) {
    check_writer(format->writer, where);
    if (format->suffixes[0] == nullptr) throw refusal{where + " it writes, but has no suffix"};
    check_standalone(*format, where);
  }
  return id;
}

void check_plugin(const dgm_plugin* plugin) {
  if (!DGM_HAS(plugin, dgm_plugin, formats)) throw refusal{"its table is too small"};
  if (plugin->abi != DGM_ABI)
    throw refusal{"made for contract " + std::to_string(plugin->abi) + ", this program has " + std::to_string(DGM_ABI)};
  name_of(plugin->id, "its id", ".-_");
  text_of(plugin->version, "its version");
  text_of(plugin->license, "its licence");
  if (const auto model = text_of(plugin->model, "its model"); model != DGM_MODEL)
    throw refusal{"made for the document model " + printable(model) + ", this program has " DGM_MODEL};
  if (plugin->formats == nullptr || plugin->formats[0] == nullptr) throw refusal{"it has no formats"};
  std::set<std::string> ids;
  for (std::size_t i = 0; plugin->formats[i] != nullptr; ++i) {
    if (i == most_formats) throw refusal{"its formats do not end"};
    if (const auto id = check_format(plugin->formats[i]); !ids.insert(id).second) throw refusal{"format " + id + " stands twice"};
  }
}

std::string check_boolean(std::string_view value, std::string& normal) {
  constexpr std::array<std::string_view, 4> yes{"true", "yes", "on", "1"}, no{"false", "no", "off", "0"};
  const auto lower = ascii_lower(value);
  const bool is_yes = std::find(yes.begin(), yes.end(), lower) != yes.end();
  if (!is_yes && std::find(no.begin(), no.end(), lower) == no.end()) return "true or false";
  normal = is_yes ? "true" : "false";
  return {};
}

std::string check_integer(const dgm_option& option, std::string_view value, std::string& normal) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (problem != std::errc() || end != value.data() + value.size() || number < option.minimum || number > option.maximum)
    return option_values(option);
  normal = std::to_string(number);
  return {};
}

}  // namespace

std::string why_not_a_plugin(const dgm_plugin* plugin) {
  try {
    check_plugin(plugin);
    return {};
  } catch (const refusal& r) {
    return r.reason;
  }
}

std::string why_not_a_term(const dgm_term& term) {
  try {
    const std::string where = "term " + printable(text_of(term.term, "a term"));
    text_of(term.kind, where + ": kind");
    text_of(term.meaning, where + ": meaning");
    text_of(term.source, where + ": source");
    return {};
  } catch (const refusal& r) {
    return r.reason;
  }
}

std::string option_values(const dgm_option& option) {
  switch (option.type) {
    case DGM_OPTION_BOOL: return "true or false";
    case DGM_OPTION_INTEGER:
      return "a whole number from " + std::to_string(option.minimum) + " to " + std::to_string(option.maximum);
    case DGM_OPTION_CHOICE: {
      std::string list = "one of ";
      for (std::size_t i = 0; option.choices[i] != nullptr; ++i) list += (i ? ", " : "") + std::string(option.choices[i]);
      return list;
    }
    case DGM_OPTION_FILE: return "the path of a text file of at most " + std::to_string(option.maximum) + " octets";
    default: return "text";
  }
}

std::string check_option_value(const dgm_option& option, std::string_view value, std::string& normal) {
  if (find_bad_text(value) != npos) return "text in UTF-8";
  switch (option.type) {
    case DGM_OPTION_BOOL: return check_boolean(value, normal);
    case DGM_OPTION_INTEGER: return check_integer(option, value, normal);
    case DGM_OPTION_CHOICE:
      for (std::size_t i = 0; option.choices[i] != nullptr; ++i) {
        if (value != option.choices[i]) continue;
        normal = value;
        return {};
      }
      return option_values(option);
    default: normal = value; return {};
  }
}

}  // namespace dragoman::hosting

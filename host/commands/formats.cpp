// dragoman formats
#include "plugins/codes.hpp"
#include "plugins/table_check.hpp"
#include "program.hpp"
#include "strings.hpp"

#include <dragoman/vocabulary.hpp>

#include <fmt/core.h>

#include <algorithm>

namespace dragoman::hosting {
namespace {

struct arguments {
  std::string id;
  bool codes = false, model = false, schema = false;
};

manual text() {
  manual m;
  m.examples = {
      {"dragoman formats", "what can be read and written"},
      {"dragoman formats telegram", "one format, with its options and their defaults"},
      {"dragoman formats json --schema > cable.schema.json", "its schema, for other programs"},
      {"dragoman formats --codes", "every diagnostic code, its meaning, and what to do (Markdown)"},
      {"dragoman formats --model", "the document model (Markdown)"},
  };
  return m;
}

std::string list_of(const char* const* names, std::string_view before) {
  std::string out;
  for (std::size_t i = 0; names[i] != nullptr; ++i) out += (i ? ", " : "") + std::string(before) + names[i];
  return out;
}

std::vector<const format_entry*> sorted(const registry& formats) {
  std::vector<const format_entry*> out;
  for (const auto& f : formats.formats()) out.push_back(&f);
  std::sort(out.begin(), out.end(), [](auto* a, auto* b) { return a->id() < b->id(); });
  return out;
}

void print_all(const registry& formats) {
  if (formats.formats().empty()) fmt::print("no format is installed; 'dragoman plugins' says where plugins were looked for\n");
  const auto width = formats.longest_id();
  for (const auto* f : sorted(formats))
    fmt::print("{:<{}} {:<10} {:<18} {}\n", f->id(), width, f->reads() ? (f->writes() ? "read write" : "read") : "write",
               list_of(f->table->suffixes, "."), wrapped(f->table->title, 80, std::string(width + 31, ' ')));
}

std::span<const dgm_schema> schemas_of(const format_entry& f) {
  if (!DGM_HAS(f.table, dgm_format, schema_count)) return {};
  return {f.table->schemas, f.table->schema_count};
}

void print_one(const format_entry& f) {
  fmt::print("{}: {}\n", f.id(), f.table->title);
  fmt::print("  {}{}{}, by plugin {}\n", f.reads() ? "read" : "", f.reads() && f.writes() ? " and " : "",
             f.writes() ? "written" : "", f.plugin_name);
  fmt::print("  suffixes:    {}\n  media types: {}\n", list_of(f.table->suffixes, "."), list_of(f.table->media_types, ""));
  if (f.writes()) {
    fmt::print("  {}\n",
               f.has(DGM_LOSSLESS) ? "holds every document without loss" : "may not hold everything; what is lost is said");
    if (f.has(DGM_COLLECTION)) fmt::print("  one file holds many documents\n");
    if (f.has(DGM_FRAME)) fmt::print("  keeps the frame of a collection\n");
    if (f.has(DGM_VIEW)) fmt::print("  shows a part of each document\n");
    if (f.has(DGM_ARCHIVE)) fmt::print("  one file is made of a whole run\n");
  }
  for (const auto& schema : schemas_of(f))
    fmt::print("  schema:      {}\n",
               wrapped(std::string(schema.name) + " (" + schema.media_type + "): " + schema.title, 80, std::string(15, ' ')));
  if (f.table->option_count != 0) fmt::print("  options:\n");
  for (std::size_t i = 0; i < f.table->option_count; ++i) {
    const auto& o = f.table->options[i];
    fmt::print("    -O {}.{}={}\n        {}\n", f.id(), o.name, o.fallback,
               wrapped(std::string(o.help) + " (" + option_values(o) + ")", 80, "        "));
  }
}

// The schema that describes what is written, as it is.
void print_schema(const format_entry& f) {
  const auto schemas = schemas_of(f);
  if (schemas.empty()) throw usage_error("format " + std::string(f.id()) + " carries no schema");
  fmt::print("{}", std::string_view(schemas.front().text, schemas.front().length));
}

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? "\\|" : std::string(1, c);
  return out;
}

void print_codes(std::span<const dgm_code> codes) {
  fmt::print("| code | severity | meaning | what to do |\n| --- | --- | --- | --- |\n");
  std::vector<const dgm_code*> all;
  for (const auto& c : codes) all.push_back(&c);
  std::sort(all.begin(), all.end(), [](auto* a, auto* b) { return std::string_view(a->code) < b->code; });
  for (const auto* c : all)
    fmt::print("| `{}` | {} | {} | {} |\n", c->code, name_of(static_cast<level>(c->severity)), cell(c->meaning),
               cell(c->advice ? c->advice : ""));
}

void print_all_codes(const registry& formats) {
  fmt::print("## dragoman\n\n");
  print_codes(host_codes());
  for (const auto* f : sorted(formats)) {
    if (f->table->code_count == 0) continue;
    fmt::print("\n## {}\n\n", f->id());
    print_codes({f->table->codes, f->table->code_count});
  }
}

const char* name_of(vocabulary::shape s) {
  switch (s) {
    case vocabulary::shape::text: return "text";
    case vocabulary::shape::texts: return "list of texts";
    case vocabulary::shape::record: return "map";
    default: return "list of maps";
  }
}

void print_fields(std::span<const vocabulary::field> fields, const std::string& prefix) {
  for (const auto& f : fields) {
    fmt::print("| `{}{}` | {} | {} | {} |\n", prefix, f.name, name_of(f.form), cell(f.meaning), cell(f.tei));
    print_fields(f.members, prefix + std::string(f.name) + ".");
  }
}

void print_model() {
  fmt::print("## meta: the heading\n\n| field | shape | meaning | in TEI |\n| --- | --- | --- | --- |\n");
  print_fields(vocabulary::meta_fields, "");
  fmt::print("\n## body: elements\n\n| element | attributes | content | meaning |\n| --- | --- | --- | --- |\n");
  for (const auto& e : vocabulary::elements)
    fmt::print("| `{}` | {} | {} | {} |\n", e.name, e.attributes, e.content, cell(e.meaning));
}

const format_entry& format_of(program& p, const std::string& id) {
  const auto* f = p.formats().find(id);
  if (f == nullptr) throw usage_error("no format \"" + printable(id) + "\"" + did_you_mean(id, p.formats().ids(true, true)));
  return *f;
}

int act(program& p, const arguments& a) {
  if (a.schema) {
    if (a.id.empty()) throw usage_error("--schema wants the ID of a format");
    print_schema(format_of(p, a.id));
  } else if (a.codes) {
    print_all_codes(p.formats());
  } else if (a.model) {
    print_model();
  } else if (a.id.empty()) {
    print_all(p.formats());
  } else {
    print_one(format_of(p, a.id));
  }
  return all_well;
}

}  // namespace

void add_formats(program& p) {
  const auto a = std::make_shared<arguments>();
  CLI::App& c = p.command("formats", "List formats, or tell all about one", text(), [&p, a] { return act(p, *a); });
  c.add_option("ID", a->id, "Of a format; without it all are listed");
  c.add_flag("--schema", a->schema, "Print the schema that the format carries");
  c.add_flag("--codes", a->codes, "Print all diagnostic codes as a Markdown table");
  c.add_flag("--model", a->model, "Print the document model as Markdown tables");
}

}  // namespace dragoman::hosting

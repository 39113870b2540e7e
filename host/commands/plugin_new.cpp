// dragoman plugin new
#include "program.hpp"
#include "strings.hpp"

#include <fmt/core.h>
#include <boost/dll/runtime_symbol_info.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace dragoman::hosting {
namespace {

namespace fs = std::filesystem;

struct arguments {
  std::string name, language = "c++", folder;
  bool reader = false, writer = false;
};

manual text() {
  manual m;
  m.paragraphs = {
      "Writes a folder that builds, passes its own tests and the conformance kit before anything in it is edited: sources for "
      "a small but useful format (record jars), samples, a README, and a file for continuous integration. Change it until "
      "it is yours.",
      "Languages: c++, c, rust (rustc alone, nothing from a network), and command: a program of any kind, here in Python, that "
      "speaks JSON Lines and is described by a manifest. Without --reader or --writer it gets both.",
  };
  m.examples = {
      {"dragoman plugin new memo", "a plugin in C++ that reads and writes"},
      {"dragoman plugin new memo --language rust --reader", "one in Rust that reads"},
      {"dragoman plugin new memo && sh memo/test.sh", "does it work here?"},
  };
  return m;
}

// Where the templates lie: beside the program, as everything that is installed with it.
fs::path share_folder() {
  std::error_code problem;
  const auto program = boost::dll::program_location(problem);
  return problem ? fs::path() : fs::path(program.parent_path().parent_path() / "share" / "dragoman");
}

void check_name(const std::string& name) {
  const auto is_of_name = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  if (name.empty() || name.size() > 40 || name.front() < 'a' || name.front() > 'z' || name.back() == '-' ||
      !std::all_of(name.begin(), name.end(), is_of_name))
    throw usage_error("a plugin is named with small letters, digits and -, beginning with a letter: not \"" + printable(name) +
                      "\"");
}

class scaffold {
public:
  explicit scaffold(const arguments& a) : a_(a) {
    std::string identifier = a.name;
    std::replace(identifier.begin(), identifier.end(), '-', '_');
    words_ = {
        {"@NAME@", a.name},
        {"@IDENT@", identifier},
        {"@DIRECTION@", a.reader && a.writer ? "both"
                        : a.reader           ? "read"
                                             : "write"},
        {"@DIRECTIONS@", std::string(a.reader ? "READS" : "") + (a.reader && a.writer ? " " : "") + (a.writer ? "WRITES" : "")},
        {"@SOURCES@",
         std::string(a.reader ? "src/reader.c" : "") + (a.reader && a.writer ? " " : "") + (a.writer ? "src/writer.c" : "")},
        {"@MODULE@", a.name + (a.language == "command" ? ".dgm.json" : ".dgm")},
        {"@TOOLS@", tools().first},
        {"@PACKAGES@", tools().second}};
  }

  // Copies the files below `from`; those of a direction that was not asked for, and lines of it, are left out.
  void copy(const fs::path& from) const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(from))
      if (entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      const auto stem = file.stem().string();
      if ((stem == "reader" && !a_.reader) || (stem == "writer" && !a_.writer) || (stem == "NAME-read" && !a_.reader) ||
          (stem == "NAME-write" && !a_.writer))
        continue;
      if (a_.language != "rust" && a_.language != "command" && stem == "tests") continue;  // CTest has them
      write(file, fs::path(a_.folder) / named(file.lexically_relative(from)));
    }
  }
  void copy_file(const fs::path& from, const fs::path& to) const { write(from, fs::path(a_.folder) / to); }

private:
  std::pair<std::string, std::string> tools() const {
    if (a_.language == "rust") return {"rustc", "rustc"};
    if (a_.language == "command") return {"Python 3", "python3"};
    return {"CMake with a compiler", a_.language == "c" ? "cmake gcc" : "cmake g++"};
  }
  fs::path named(const fs::path& path) const {
    auto name = path.filename().string();
    if (const auto at = name.find("NAME"); at != std::string::npos) name.replace(at, 4, a_.name);
    return path.parent_path() / name;
  }
  void write(const fs::path& from, const fs::path& to) const {
    std::ifstream in(from, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    fs::create_directories(to.parent_path());
    std::ofstream out(to, std::ios::binary);
    out << filled(text);
    out.close();
    if (!in || !out) throw std::system_error(errno, std::generic_category(), to.string());
    if (to.extension() == ".sh" || to.extension() == ".py")
      fs::permissions(to, fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec, fs::perm_options::add);
  }
  std::string filled(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
      auto line = text.substr(0, text.find('\n'));
      const bool ends = line.size() < text.size();
      text.remove_prefix(std::min(line.size() + 1, text.size()));
      const auto is_for = [&](std::string_view mark) {
        return line.starts_with(mark) && (line.remove_prefix(mark.size()), true);
      };
      if ((is_for("@reader@") && !a_.reader) || (is_for("@writer@") && !a_.writer)) continue;
      out += line;
      if (ends) out += '\n';
    }
    for (const auto& [word, value] : words_)
      for (std::size_t at = 0; (at = out.find(word, at)) != std::string::npos; at += value.size())
        out.replace(at, word.size(), value);
    return out;
  }

  const arguments& a_;
  std::map<std::string, std::string> words_;
};

int act(program& p, arguments a) {
  check_name(a.name);
  if (const auto* f = p.formats().find(a.name))
    throw usage_error("there is a format " + a.name + " already, by plugin " + f->plugin_name);
  if (!a.reader && !a.writer) a.reader = a.writer = true;
  if (a.folder.empty()) a.folder = a.name;
  std::error_code problem;
  if (fs::exists(a.folder, problem) && !fs::is_empty(a.folder, problem))
    throw usage_error("the folder " + printable(a.folder) + " is there already and not empty");
  const auto share = share_folder();
  if (!fs::is_directory(share / "templates" / a.language, problem))
    throw std::system_error(std::make_error_code(std::errc::no_such_file_or_directory), (share / "templates").string());
  const scaffold made(a);
  made.copy(share / "templates" / "common");
  made.copy(share / "templates" / a.language);
  if (a.language == "rust") made.copy_file(share / "rust" / "dragoman.rs", "src/dragoman.rs");
  fmt::print("{} is there: a plugin in {} that {}\n  build and test it:  sh {}/test.sh\n", printable(a.folder), a.language,
             a.reader && a.writer ? "reads and writes"
             : a.reader           ? "reads"
                                  : "writes",
             printable(a.folder));
  return all_well;
}

}  // namespace

void add_plugin_new(program& p) {
  const auto a = std::make_shared<arguments>();
  CLI::App& c = p.command("plugin new", "Make the folder of a new plugin, which builds and passes its tests", text(),
                          [&p, a] { return act(p, *a); });
  c.add_option("NAME", a->name, "Of the plugin, its format and its suffix: small letters, digits, -")->required();
  c.add_option("--language", a->language, "c++ (the default), c, rust or command")
      ->type_name("LANGUAGE")
      ->check(CLI::IsMember({"c++", "c", "rust", "command"}));
  c.add_flag("--reader", a->reader, "It reads");
  c.add_flag("--writer", a->writer, "It writes");
  c.add_option("-o,--output", a->folder, "The folder to make; without it NAME")->type_name("FOLDER");
}

}  // namespace dragoman::hosting

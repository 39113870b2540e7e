// dragoman extract
#include "inputs/opening.hpp"
#include "inputs/unpacking.hpp"
#include "outputs/extraction.hpp"
#include "program.hpp"
#include "run/stop.hpp"
#include "strings.hpp"

#include <dragoman/node.hpp>

#include <filesystem>
#include <system_error>

namespace dragoman::hosting {
namespace {

struct arguments {
  std::string archive, out, from;
};

manual text() {
  manual m;
  m.paragraphs = {
      "ARCHIVE is a ZIP or tar, bag or not, or - for standard input. All of it is checked before anything is written: an archive "
      "that holds a link, a device, or a name that leads out of DIR is refused whole. Nothing is written outside of DIR or over "
      "a "
      "file that exists, and no link is followed. A file whose octets are not what the archive says of them is left out and "
      "named; the others are written.",
  };
  m.examples = {
      {"dragoman extract cables.bag.zip -o unpacked/", "all files of a bag"},
      {"dragoman extract strange.zip -o /tmp/look && dragoman verify -r /tmp/look", "look into what somebody sent"},
  };
  return m;
}

int act(program& p, const arguments& a) {
  p.complete_options();
  const auto env = p.make_environment();
  reporter::scope scope;
  const found_input found{a.archive == "-" ? "" : a.archive,
                          a.archive == "-" ? "stdin" : std::filesystem::path(a.archive).filename().string()};
  const auto opened = open_input(*env, found, origin_of(*env, found), a.from.empty() ? nullptr : &p.reader(a.from));
  const auto report = [&](const origin& about, const finding& f) { p.messages().report(scope, about, f); };
  const auto refuse = [&](finding f) {
    report(*opened.where, f);
    return no_read_write;
  };
  if (opened.format == nullptr) return refuse(opened.why.reason);
  if (!unpacking::is_possible(*opened.format))
    return refuse({level::error, "extract.no-archive", "this is " + std::string(opened.format->id()) + ", which is no archive"});

  const unpacking archive(*env, *opened.format, opened.where, report);
  if (archive.folder() == nullptr) return no_read_write;
  std::size_t written = 0, failed = 0;
  try {
    extraction to(a.out, [&](const std::string& path, const std::string& why) {
      ++failed;
      report(*opened.where, {level::error, "extract.entry", path + ": " + why});
    });
    for (std::size_t i = 0; i < archive.folder()->count && !stop_flag(); ++i) to.write(*archive.folder(), i);
    written = to.files();
    if (!to.sync()) return refuse({level::error, "output.write", "the files cannot be synced to the disk"});
  } catch (const std::system_error& e) {
    p.messages().report(scope, a.out, {level::error, "output.write", std::string("cannot be opened: ") + e.code().message()});
    return no_read_write;
  }
  p.messages().end(scope, opened.where->display);
  if (stop_flag()) return was_stopped;
  p.messages().say("extracted " + counted(written, "file") + (failed != 0 ? ", " + std::to_string(failed) + " failed" : ""));
  return failed == 0 ? all_well : written == 0 ? no_read_write : some_failed;
}

}  // namespace

void add_extract(program& p) {
  const auto a = std::make_shared<arguments>();
  CLI::App& c = p.command("extract", "Unpack an archive safely: never outside a folder, never over a file", text(),
                          [&p, a] { return act(p, *a); });
  c.add_option("ARCHIVE", a->archive, "A ZIP or tar, or -")->required();
  c.add_option("-o,--output", a->out, "The folder to write into; it is made when it is not there")->type_name("DIR")->required();
  c.add_option("-f,--from", a->from, "Format of the archive, instead of looking at it")->type_name("FORMAT");
  p.add_format_options(c);
}

}  // namespace dragoman::hosting

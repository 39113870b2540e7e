// Command plugins: a manifest NAME.dgm.json makes a format of a program that speaks JSON Lines documents (docs/plugins/command.md).
#pragma once
#include <dragoman/plugin.h>

#include <deque>
#include <filesystem>
#include <string>
#include <vector>

namespace dragoman::hosting {

// One format of a manifest, with what its sessions need. Lives as long as the process, as tables of modules do.
struct command_format {
  dgm_format table{};
  std::vector<std::string> argv;    // the program's path, then arguments with placeholders
  std::string here;                 // folder of the manifest
  double silence = 60;              // seconds without any sign of life
  double total = 0;                 // seconds of a session; 0: as long as it goes on
  std::size_t memory = 0;           // octets of address space; 0: no limit of ours
  bool verbatim = false;            // unedited documents of this format are written as their octets, without the program
  std::vector<const char*> writes;  // what dgm_report_unwritten needs; empty: the program reports its losses itself
};

// The table of a plugin made of the manifest, for good; null, and why, when it makes none. Never throws.
const dgm_plugin* load_manifest(const std::filesystem::path& file, std::string& why) noexcept;

// The reader and writer tables of a command format; null when there are too many of them.
const dgm_reader* command_reader_table(command_format& format);
const dgm_writer* command_writer_table(command_format& format);

}  // namespace dragoman::hosting

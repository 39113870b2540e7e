// The formats that this run can read and write, and what became of every plugin file that was looked at.
#pragma once
#include <dragoman/plugin.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

class octets;

// One format of one loaded plugin. Lives as long as the registry; the tables as long as the process.
struct format_entry {
  const dgm_format* table;
  const dgm_plugin* plugin;
  std::string plugin_name;  // id "@" version

  std::string_view id() const noexcept { return table->id; }
  bool reads() const noexcept { return table->reader != nullptr; }
  bool writes() const noexcept { return table->writer != nullptr; }
  bool reads_in_parts() const noexcept {
    return reads() && DGM_HAS(table->reader, dgm_reader, open_part) && table->reader->open_part != nullptr;
  }
  bool has(std::uint32_t flag) const noexcept { return (table->flags & flag) != 0; }
  // What is written first; empty for a format without.
  std::string_view suffix() const noexcept { return table->suffixes[0] ? table->suffixes[0] : ""; }
  std::string_view media_type() const noexcept { return table->media_types[0] ? table->media_types[0] : ""; }
  const dgm_option* option(std::string_view name) const noexcept;
  // Length of the longest suffix of this format, with its dot, that `file` ends in; 0 none. Letters of any case.
  std::size_t suffix_length(std::string_view file) const;
};

// Asks plugins that do not run in this process: readers, what inputs are, and where documents end; both directions, ahead of need.
class reader_service {
public:
  struct score {
    int value = 0;
    std::string reason;
  };
  struct trouble {
    std::string code, text;
  };
  struct answers {
    std::map<const format_entry*, score> scores;
    std::vector<trouble> troubles;   // while they were asked
    std::vector<trouble> not_asked;  // why some were not
  };
  virtual ~reader_service() = default;
  virtual bool answers_for(const format_entry& format) const noexcept = 0;

  // An input that a thread will ask about: whose it is, or, with a format, to read all of it.
  struct coming {
    std::shared_ptr<const octets> content;  // in memory
    std::string_view name;
    const format_entry* format = nullptr;
  };
  // While it lives the thread that made it may get answers that are there already.
  struct expectation {
    virtual ~expectation() = default;
  };
  // Has readers asked about all of them at one time, ahead of need. No answer is another one for that. What is coming comes in this order.
  // The names must outlive what it returns. Any thread.
  virtual std::unique_ptr<expectation> expect(const std::vector<coming>& next) = 0;
  // Has a session of a writer of this format asked to write these documents ahead of need, which will be written next, in this order.
  // Each stands for itself (DGM_STANDALONE). None: what was expected is not any more. The thread of the session.
  virtual void expect_writing(const format_entry& format, void* session, const std::vector<const dgm_document*>& next) = 0;
  // As dgm_reader.probe, of all formats that it answers for. Any thread.
  virtual answers probe(std::string_view head, bool at_end) = 0;
  // As whole_documents. Any thread.
  virtual std::int64_t cut(const format_entry& format, std::string_view text, bool at_end, std::size_t enough) = 0;
};

enum class outcome { loaded, refused, shadowed, quarantined };
const char* name_of(outcome o) noexcept;

// A plugin file that was looked at, and what became of it.
struct candidate {
  std::string path;
  outcome state = outcome::refused;
  std::string reason;                  // why it is not loaded, or what its author should mend
  const dgm_plugin* plugin = nullptr;  // of loaded and shadowed ones
};

class registry {
public:
  // Adds the formats of a checked plugin unless its id, or one of its formats, is there already; `path` says where it
  // comes from, `remark` what its author should mend. Records the candidate either way.
  void add(const dgm_plugin* plugin, std::string path, std::string remark = {});
  void add_refused(std::string path, outcome state, std::string reason);

  const std::deque<format_entry>& formats() const noexcept { return formats_; }
  const std::vector<candidate>& candidates() const noexcept { return candidates_; }
  const format_entry* find(std::string_view id) const noexcept;
  // The writing format whose suffix ends `file`, the longest one when several do.
  const format_entry* writer_for(std::string_view file) const;
  std::vector<std::string_view> ids(bool reading, bool writing) const;
  // How `file` is called without a suffix that some format knows.
  std::string_view stem(std::string_view file) const;
  // SHA-256 of the file that a format's plugin was loaded from, in hexadecimal; empty when it cannot be read any more.
  // Valid as long as the registry. Any thread.
  const std::string& plugin_sha256(const format_entry& format) const;
  // What a diagnostic of this code means; null when no format declares it.
  const dgm_code* declared(std::string_view code) const;
  // What to do about it; empty when nobody says.
  std::string_view advice(std::string_view code) const;
  // Characters of the longest id of a format, for columns.
  std::size_t longest_id() const;

  // Sessions of `format`, which is one of these, are those of another table from now on.
  void replace_table(const format_entry& format, const dgm_format* table) noexcept;
  // Null: every reader runs in this process. Must outlive its use.
  void set_service(reader_service* s) noexcept { service_ = s; }
  reader_service* service() const noexcept { return service_; }

private:
  std::string why_shadowed(const dgm_plugin* plugin) const;
  std::deque<format_entry> formats_;  // entries stay where they are
  std::vector<candidate> candidates_;
  reader_service* service_ = nullptr;
  struct digest_cache {
    std::mutex mutex;
    std::map<const dgm_plugin*, std::string> digests;
  };
  std::unique_ptr<digest_cache> cache_ = std::make_unique<digest_cache>();
};

}  // namespace dragoman::hosting

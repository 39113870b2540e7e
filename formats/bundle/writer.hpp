// formats/bundle/writer.hpp - writing a bundle: a BagIt 1.0 bag of originals, derivatives and their record, in a ZIP.
//
// Each document is rendered, packed and put aside as it comes, in several threads, where the host lends them; the bag is put
// together in finish, when all digests are known.
// Memory grows with the number of files by their names and some 80 octets each, not with their size.
// Source: bundles.md 2-5, 7 "Writing", 10. [session-thread]
#pragma once
#include "bagit.hpp"
#include "names.hpp"
#include "number_map.hpp"
#include "packing.hpp"
#include "payload.hpp"
#include "premis.hpp"
#include "record_rows.hpp"
#include "records.hpp"

#include <dragoman/plugin.hpp>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dragoman::bundle {

class writer {
public:
  writer(host services, output out);
  void write(const document_view& document);
  void failed(const dgm_failure& failure);
  void finish();
  // Copies `volume`, which finish wrote, with the number of volumes that the host says.
  static void number(const host& services, const input& volume, const output& out);

private:
  // A format that derivatives are rendered in.
  struct derivative_format {
    std::string id, suffix, writer;
  };
  // An input whose octets are in the payload, or are known to be out of reach.
  struct original {
    std::uint64_t size = 0;
    std::uint32_t file = no_file;  // number in the payload
    bool has_documents = false;    // told so far, or failed
    bool has_several = false;      // of them, or a frame: it holds a collection
    bool offsets_known = true;     // its documents' octets follow each other, as far as they came
    bool recorded = false;         // a line of it is written
    static constexpr std::uint32_t no_file = 0xFFFFFFFFu;
    bool has_file() const noexcept { return file != no_file; }
    void count_document() noexcept { has_several |= std::exchange(has_documents, true); }
  };
  // A record that may yet learn that its original holds more documents than one.
  struct pending_record {
    record line;  // without digests and events
    record_files files;
    std::size_t original = 0;  // number in originals_
    std::string stem;          // names of derivatives are made from it
  };

  struct tag_file {
    std::string path;
    std::unique_ptr<spool> octets = std::make_unique<spool>();  // until it is complete
    fixity digests = {};
    packed_entry packed = {};
    std::unique_ptr<spool> packed_octets = std::make_unique<spool>();
    void put(std::string_view more) { octets->append(more); }
  };

  void read_options();
  void read_run();
  template <class F>
  void with_spools(F&& f);

  void add(const document_view& document);
  void note_plugin(const std::string& name, std::string_view format);
  void begin_next_volume_if_full(const dgm_origin* origin) const;
  original& original_of(const dgm_origin* origin, const document_view* document);
  void keep_octets(original& o, const dgm_input& octets);
  void keep_octets(original& o, std::string_view octets);
  void place_original(const original& o, std::string_view name);
  pending_record start_record(const original& o, const dgm_origin* origin, const document_view* document) const;
  void locate(record& line, original& o, const document_view& document, const dgm_origin* origin);
  void note_repeated_id(const record& line);
  void render(const document_view& document, const derivative_format& format, pending_record& into);
  void settle();
  void add_digests(record& line, const record_files& files, payload::lookup& packed) const;

  void keep_tag_file(tag_file written);
  void add_tag_file(std::string path, std::string_view octets);
  const tag_file& tag_file_at(std::string_view path) const;
  void make_tag_files(const std::vector<std::uint32_t>& order);
  void make_bag_info();
  void make_manifest(const char* path, std::string (*hex_of)(const fixity&), const std::vector<std::uint32_t>& order);
  void make_records();
  void make_premis_of_bundle();
  void describe_bundle(premis_writer& premis, const fixity& manifest) const;
  void make_bundle_json();
  void make_tag_manifests();
  std::vector<info_field> read_profile() const;
  std::string top() const;
  std::string group() const;
  void complete_tag_files(std::size_t begin);
  void order_tag_files();
  void write_zip();

  host host_;
  output out_;
  const dgm_nested* nested_ = nullptr;
  std::vector<derivative_format> formats_;
  const bool deflate_;
  std::string premis_;  // "record", "bundle" or "none"
  premis_context context_;
  std::string options_json_;
  std::uint64_t most_records_ = 0, most_bytes_ = 0;

  payload payload_;
  record_rows rows_;
  std::vector<bool> opens_original_;  // of each record: it is the first of its original
  std::mutex tag_files_mutex_;
  std::vector<tag_file> tag_files_;
  name_register names_;
  std::deque<original> originals_;
  number_map originals_by_serial_;  // of their origins, where they have any
  std::size_t last_original_ = 0;   // what came last is of it
  std::uint64_t next_offset_ = 0;   // where its next document's octets should stand
  std::optional<pending_record> pending_;
  number_map ids_;                              // of each document, by its hash: the first record of that id
  std::vector<bool> repeated_;                  // of each record: its id came more than once
  std::map<std::string, std::string> plugins_;  // id "@" version, and the SHA-256 of the file
  std::uint64_t records_ = 0, derivatives_ = 0, originals_kept_ = 0;
  struct {
    std::uint64_t ok = 0, warning = 0, failed = 0, skipped = 0;
  } counts_;
};

}  // namespace dragoman::bundle

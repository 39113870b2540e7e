// formats/bundle/writer.hpp - writing a bundle: a BagIt 1.0 bag of originals, derivatives and their record, in a ZIP.
//
// Each document is rendered, packed and put aside as it comes, in several threads, where the host lends them; the bag is put
// together in finish, when all digests are known.
// Memory grows with the number of files by their names and some 50 octets each, not with their size.
// Source: bundles.md 2-5, 7 "Writing", 10. [session-thread]
#pragma once
#include "bagit.hpp"
#include "names.hpp"
#include "packing.hpp"
#include "payload.hpp"
#include "premis.hpp"
#include "record_rows.hpp"
#include "records.hpp"

#include <dragoman/plugin.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
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
    std::optional<std::size_t> file;  // number in the payload
    std::uint64_t size = 0;           // of it
    std::uint64_t documents = 0;      // told so far, with those that failed
    std::uint64_t next_offset = 0;    // where the next document's octets should stand
    bool offsets_known = true;
    bool framed = false;    // its frame came: it holds a collection
    bool recorded = false;  // a line of it is written
  };
  // A record that may yet learn that its original holds more documents than one.
  struct pending_record {
    record line;  // without digests and events
    record_files files;
    std::uint64_t serial = 0;
    std::string stem;  // names of derivatives are made from it
  };

  struct tag_file {
    std::string path;
    std::unique_ptr<spool> octets = std::make_unique<spool>();
    fixity_digest digest = {};
    fixity digests = {};       // when it is complete
    packed_entry packed = {};  // when `octets` are those of the ZIP
    void put(std::string_view more) {
      octets->append(more);
      digest.update(more);
    }
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
  void add_digests(record& line, const record_files& files) const;

  void keep_tag_file(tag_file complete);
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
  void pack_tag_files();
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
  std::unordered_map<std::uint64_t, original> originals_;  // by serial of the origin
  std::uint64_t last_serial_ = 0, own_serial_ = 0;
  std::optional<pending_record> pending_;
  std::unordered_map<std::string, std::uint64_t> ids_;  // first record of each document id
  std::unordered_set<std::uint64_t> repeated_;          // records whose id came more than once
  std::map<std::string, std::string> plugins_;          // id "@" version, and the SHA-256 of the file
  std::uint64_t records_ = 0, derivatives_ = 0, originals_kept_ = 0;
  struct {
    std::uint64_t ok = 0, warning = 0, failed = 0, skipped = 0;
  } counts_;
};

}  // namespace dragoman::bundle

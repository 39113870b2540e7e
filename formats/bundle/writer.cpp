#include "writer.hpp"

#include "container.hpp"
#include "layout.hpp"
#include "tag_files.hpp"
#include "zip_splice.hpp"

#include <dragoman/version.h>
#include <dragoman/origin.hpp>
#include <dragoman/time.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace dragoman::bundle {
namespace {

using json = nlohmann::json;

// Labels of bag-info.txt that options give, in the order in which they are written.
struct info_option {
  std::string_view option, label;
};
constexpr std::array<info_option, 7> leading_info{{{"source-organization", "Source-Organization"},
                                                   {"organization-address", "Organization-Address"},
                                                   {"contact-name", "Contact-Name"},
                                                   {"contact-phone", "Contact-Phone"},
                                                   {"contact-email", "Contact-Email"},
                                                   {"external-description", "External-Description"},
                                                   {"external-identifier", "External-Identifier"}}};
constexpr std::array<info_option, 2> trailing_info{{{"internal-sender-identifier", "Internal-Sender-Identifier"},
                                                    {"internal-sender-description", "Internal-Sender-Description"}}};

// Labels that no profile gives.
constexpr std::array<std::string_view, 7> own_labels{"Bagging-Date",           "Bag-Size",  "Payload-Oxum",
                                                     "Bag-Group-Identifier",   "Bag-Count", "Bag-Software-Agent",
                                                     "Dragoman-Bundle-Version"};

template <class F>
void for_each_item(std::string_view list, char separator, F&& f) {
  while (!list.empty()) {
    const auto end = std::min(list.find(separator), list.size());
    if (const auto item = trim(list.substr(0, end)); !item.empty()) f(item);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

// The first label of bag-info.txt that volumes are told by.
constexpr std::string_view count_label = "Bag-Count";
// The number of a bundle in its group: "2 of 7"; "?" while nobody knows how many there will be.
std::string bag_count(const dgm_volume& v) {
  return std::to_string(v.index) + " of " + (v.count == 0 ? "?" : std::to_string(v.count));
}

std::string top_folder(std::string_view file_name) {
  if (file_name.size() > 4 && fold_key(file_name.substr(file_name.size() - 4)) == ".zip") file_name.remove_suffix(4);
  return file_name.empty() ? "bundle" : safe_segment(file_name);
}

// Takes the octets of a nested writer.
struct derivative_output {
  explicit derivative_output(payload::item& i) : item(i) {}
  static dgm_status DGM_CALL write(void* ctx, const void* octets, std::size_t length) noexcept {
    auto& self = *static_cast<derivative_output*>(ctx);
    try {
      self.item.append({static_cast<const char*>(octets), length});
      return DGM_OK;
    } catch (...) {
      self.failure = std::current_exception();
      return DGM_IO;
    }
  }
  payload::item& item;
  std::exception_ptr failure;
  dgm_output table{sizeof(dgm_output), this, write, {nullptr, 0}};
};

record_problem problem_of(const dgm_failure& f) {
  return {std::string(view(f.stage)), std::string(view(f.reason.code)), std::string(view(f.reason.text)), f.reason.line,
          f.reason.offset};
}

bool has_octets(const dgm_origin* origin) { return origin != nullptr && origin->octets != nullptr; }

// True when a document without origin brings the octets that it was read from.
bool has_own_octets(const document_view* document) {
  return document != nullptr && document->pristine() && document->source()["octets"];
}

// The path as received, or a name for a document that came without.
std::string received_name(const dgm_origin* origin, const document_view* document) {
  if (origin != nullptr || document == nullptr) return origin != nullptr ? std::string(view(origin->name)) : std::string();
  if (const auto name = document->source()["name"].text(); !name.empty()) return std::string(name);
  return std::string(document->id()) + (has_own_octets(document) ? ".txt" : "");
}

}  // namespace

writer::writer(host services, output out)
    : host_(services),
      out_(out),
      nested_(services.nested()),
      deflate_(!services.flag("store")),
      payload_(deflate_, services.work()) {
  read_run();
  read_options();
}

void writer::read_run() {
  std::int64_t started = 0;
  context_.program = "dragoman";
  context_.version = DRAGOMAN_VERSION;
  options_json_ = "{}";
  if (const dgm_run* run = host_.run()) {
    context_.program = view(run->program);
    context_.version = view(run->version);
    options_json_ = view(run->options);
    note_plugin(std::string(view(run->writer)), view(run->writer_format));
    started = run->started;
  }
  context_.time = utc_time(started);
  context_.options_sha256 = sha256_hex(options_json_);
}

void writer::read_options() {
  premis_ = host_.option("premis");
  most_records_ = static_cast<std::uint64_t>(host_.integer("records"));
  most_bytes_ = static_cast<std::uint64_t>(host_.integer("bytes"));
  context_.normalization = host_.option("premis-event") == "normalization";
  std::set<std::string_view> wanted;
  for_each_item(host_.option("derivatives"), ',', [&](std::string_view id) { wanted.insert(id); });
  read_profile();  // what is wrong with it is said before any work is done
  for (const std::string_view id : wanted) {
    dgm_format_facts facts{};
    facts.size = sizeof facts;
    const bool is_bundle = id == "bundle";  // in a bundle in a bundle
    if (is_bundle || nested_ == nullptr || nested_->format(nested_->ctx, span(id), &facts) != 1)
      throw unusable("bundle.derivative-unknown", is_bundle ? "bundles cannot be derivatives in a bundle"
                                                            : "no format " + quoted(id) + " to write derivatives in");
    formats_.push_back({std::string(id), std::string(view(facts.suffix)), std::string(view(facts.plugin))});
  }
}

void writer::note_plugin(const std::string& name, std::string_view format) {
  const auto [plugin, is_new] = plugins_.try_emplace(name);
  dgm_format_facts facts{};
  facts.size = sizeof facts;
  if (is_new && nested_ != nullptr && nested_->format(nested_->ctx, span(format), &facts) == 1)
    plugin->second = view(facts.plugin_sha256);
}

// A full or broken disk under the spools ends the session, whatever document met it.
template <class F>
void writer::with_spools(F&& f) {
  try {
    f();
  } catch (const spool_error& e) {
    host_.error(e.code, e.what());
    throw stop{DGM_IO};
  }
}

// -- documents and failures ---------------------------------------------------------------------------------------

// A bundle is cut between originals only: the records of one are places in it.
void writer::begin_next_volume_if_full(const dgm_origin* origin) const {
  if (host_.volume() == nullptr || originals_.empty() || (origin != nullptr && originals_by_serial_.contains(origin->serial)))
    return;
  const bool has_length = has_octets(origin) && origin->octets->length > 0;
  const std::uint64_t length = has_length ? static_cast<std::uint64_t>(origin->octets->length) : 0;
  if (records_ >= most_records_ || payload_.total() + length > most_bytes_) throw stop{DGM_FULL};
}

void writer::write(const document_view& document) {
  host_.check_cancelled();
  with_spools([&] { add(document); });
}

void writer::add(const document_view& document) {
  const dgm_origin* origin = document.origin();
  begin_next_volume_if_full(origin);
  original& o = original_of(origin, &document);
  if (document.is_collection()) {
    o.has_several = true;
    if (!o.has_file())
      host_.loss("bundle.frame-dropped", "the frame of a collection is kept with its original only, which is out of reach");
    return;
  }
  o.count_document();
  settle();

  pending_record p = start_record(o, origin, &document);
  p.line.id = std::string(document.id());
  locate(p.line, o, document, origin);
  for (const auto& format : formats_) render(document, format, p);
  if (!p.line.original && p.files.derivatives.empty())
    throw unusable("bundle.no-content", "the document has neither an original nor a derivative, so there is nothing to keep");
  p.line.seq = ++records_;
  note_repeated_id(p.line);
  pending_ = std::move(p);
}

void writer::failed(const dgm_failure& failure) {
  with_spools([&] {
    begin_next_volume_if_full(failure.origin);
    original& o = original_of(failure.origin, nullptr);
    o.count_document();
    o.offsets_known = false;
    settle();
    pending_ = start_record(o, failure.origin, nullptr);
    pending_->line.seq = ++records_;
    if (failure.reason.severity == DGM_ERROR) pending_->line.error = problem_of(failure);
    else pending_->line.warnings.push_back(problem_of(failure)), pending_->line.is_skipped = true;
  });
}

// The original of a document or failure; its octets are kept when it is new. Sets last_original_.
writer::original& writer::original_of(const dgm_origin* origin, const document_view* document) {
  // Without an origin every document is an original of its own.
  const auto next = checked_number(originals_.size());
  const auto [number, is_new] = origin != nullptr ? originals_by_serial_.try_add(origin->serial, next) : std::pair(next, true);
  if (is_new) originals_.emplace_back();
  original& o = originals_[number];
  if (is_new) {
    settle();
    if (has_octets(origin)) keep_octets(o, *origin->octets);
    else if (has_own_octets(document)) keep_octets(o, document->source()["octets"].text());
    if (o.has_file()) place_original(o, received_name(origin, document));
  } else if (number != last_original_) {
    o.offsets_known = false;  // its documents do not follow each other
  }
  if (is_new) next_offset_ = 0;  // not before: an original that could not be kept changes nothing of the last one
  last_original_ = number;
  return o;
}

writer::pending_record writer::start_record(const original& o, const dgm_origin* origin, const document_view* document) const {
  pending_record p;
  p.original = last_original_;
  p.line.source_path = received_name(origin, document);
  p.stem = safe_path(p.line.source_path);
  if (origin != nullptr) {
    p.line.format = view(origin->format);
    p.line.reader = view(origin->reader);
    if (DGM_HAS(origin, dgm_origin, history)) p.line.history = view(origin->history);
  }
  if (document != nullptr)
    for (const dgm_diag& f : document->findings())
      if (f.severity == DGM_WARNING || f.severity == DGM_LOSS)
        p.line.warnings.push_back({{}, std::string(view(f.code)), std::string(view(f.text)), f.line, f.offset});
  if (!o.has_file()) return p;
  p.line.original = payload_.path(o.file);
  p.line.bytes = o.size;
  p.files.original = o.file;
  p.stem = p.line.original->substr(originals_folder.size());
  return p;
}

void writer::keep_octets(original& o, const dgm_input& octets) {
  const input in(&octets);
  if (std::string_view all; in.contents(all)) return keep_octets(o, all);
  payload::item item(payload_);
  std::vector<char> buffer(std::size_t{1} << 16);
  for (std::uint64_t at = 0;;) {
    host_.check_cancelled();  // large ones are packed meanwhile
    const std::size_t n = in.read_at(at, buffer.data(), buffer.size());
    if (n == 0) break;
    item.append({buffer.data(), n});
    at += n;
  }
  o.size = item.size();
  o.file = checked_number(item.commit());
}

void writer::keep_octets(original& o, std::string_view octets) {
  payload::item item(payload_);
  item.append(octets);
  o.size = item.size();
  o.file = checked_number(item.commit());
}

void writer::place_original(const original& o, std::string_view name) {
  payload_.name(o.file, names_.claim(std::string(originals_folder) + safe_path(name)));
  ++originals_kept_;
}

// Says where in its original a document stands, as long as the documents' octets follow each other in it.
void writer::locate(record& line, original& o, const document_view& document, const dgm_origin* origin) {
  const auto octets = document.source()["octets"].text();
  if (!has_octets(origin) || !o.offsets_known) return;
  o.offsets_known = !octets.empty() && stands_at(*origin->octets, next_offset_, octets);
  if (!o.offsets_known) return;
  if (octets.size() < line.bytes) {
    line.offset = next_offset_;
    line.length = octets.size();
  }
  next_offset_ += octets.size();
}

void writer::note_repeated_id(const record& line) {
  const auto [first, is_new] = ids_.try_add(hash_of_name(*line.id), checked_number(line.seq));
  if (is_new) return;
  if (repeated_.size() <= line.seq) repeated_.resize(static_cast<std::size_t>(line.seq) + 1);
  repeated_[first] = repeated_[static_cast<std::size_t>(line.seq)] = true;
  host_.warning("bundle.id-repeated",
                "record " + std::to_string(line.seq) + " has the id " + *line.id + " of record " + std::to_string(first));
}

void writer::render(const document_view& document, const derivative_format& format, pending_record& into) {
  payload::item item(payload_);
  derivative_output out(item);
  void* session = nullptr;
  dgm_status status = nested_->open_writer(nested_->ctx, &out.table, span(format.id), &session);
  if (status >= 0) {
    status = nested_->write(session, document.raw());
    if (status >= 0) status = nested_->finish(session);
    nested_->close_writer(session);
  }
  if (out.failure) std::rethrow_exception(out.failure);
  if (status == DGM_CANCEL || status == DGM_IO || status == DGM_NOMEM) throw stop{status};
  const auto fail = [&](std::string_view code, const std::string& text) {
    host_.error(code, text);
    if (!into.line.error) into.line.error = record_problem{"write", std::string(code), text, 0, -1};
  };
  const std::string what = std::string(document.id()) + " as " + format.id;
  if (status < 0) return fail("bundle.derivative-failed", "could not write " + what);
  if (item.size() == 0) return fail("bundle.empty-output", "nothing was written for " + what);
  const std::uint64_t size = item.size();
  into.files.derivatives.push_back(item.commit());
  into.line.derivatives.push_back({{}, format.id, format.writer, {}, {}, size});
}

// Puts the record that waits aside. Only now is it known how its derivatives are named.
void writer::settle() {
  if (!pending_) return;
  pending_record p = std::move(*pending_);
  pending_.reset();
  original& o = originals_[p.original];
  const bool in_folder = o.has_several;
  for (std::size_t i = 0; i < p.files.derivatives.size(); ++i) {
    derivative& d = p.line.derivatives[i];
    const auto format = std::find_if(formats_.begin(), formats_.end(), [&](const auto& f) { return f.id == d.format; });
    const std::string below = in_folder
                                  ? std::string(without_suffix(p.stem)) + "/" + safe_segment(*p.line.id) + "." + format->suffix
                                  : with_suffix(p.stem, format->suffix);
    d.path = names_.claim(std::string(derivatives_folder) + d.format + "/" + below);
    payload_.name(p.files.derivatives[i], d.path);
    note_plugin(d.writer, d.format);
    ++derivatives_;
  }
  if (!p.line.reader.empty()) note_plugin(p.line.reader, p.line.format);
  opens_original_.push_back(o.has_file() && !std::exchange(o.recorded, true));
  rows_.append(p.line, p.files);
}

// What is known of a record only when its files are packed.
void writer::add_digests(record& line, const record_files& files, payload::lookup& packed) const {
  if (files.original) line.sha256 = sha256_of(packed.digests(*files.original));
  for (std::size_t i = 0; i < files.derivatives.size(); ++i) {
    derivative& d = line.derivatives[i];
    d.sha256 = sha256_of(packed.digests(files.derivatives[i]));
    d.event = derivation_event(line, d.path, d.format, d.writer, context_);
  }
}

// -- the bag ------------------------------------------------------------------------------------------------------

void writer::keep_tag_file(tag_file written) {
  const std::lock_guard lock(tag_files_mutex_);
  tag_files_.push_back(std::move(written));
}
void writer::add_tag_file(std::string path, std::string_view octets) {
  tag_file f{std::move(path)};
  f.put(octets);
  keep_tag_file(std::move(f));
}
const writer::tag_file& writer::tag_file_at(std::string_view path) const {
  return *std::find_if(tag_files_.begin(), tag_files_.end(), [&](const auto& f) { return f.path == path; });
}

void writer::finish() {
  with_spools([&] {
    settle();
    if (records_ > most_records_ || payload_.total() > most_bytes_)
      host_.note("bundle.large", "the bundle holds " + std::to_string(records_) + " records and " +
                                     size_for_people(payload_.total()) + " of payload");
    try {
      write_zip();
    } catch (const unusable& e) {  // there is no next document: the bundle as a whole failed
      host_.error(e.code, e.what());
      throw stop{DGM_FATAL};
    }
  });
}

void writer::make_tag_files(const std::vector<std::uint32_t>& order) {
  add_tag_file("bagit.txt", bagit_declaration);
  make_bag_info();
  work_side_by_side(host_.work(), 3, [&](std::uint64_t number) {
    if (number == 0) make_records();
    else if (number == 1) make_manifest("manifest-sha256.txt", sha256_of, order);
    else make_manifest("manifest-sha512.txt", sha512_of, order);
  });
  if (premis_ == "bundle") make_premis_of_bundle();
  make_bundle_json();
  complete_tag_files(0);
  const std::size_t described = tag_files_.size();
  make_tag_manifests();
  complete_tag_files(described);
}

// Labels of the profile that this writer gives itself are none of the user's.
std::vector<info_field> writer::read_profile() const {
  const auto text = host_.option("profile");
  std::vector<info_field> fields =
      read_bag_info(text, "the profile", {}, [](const finding& f) { throw unusable("bundle.profile", f.text); });
  for (const auto& f : fields)
    if (std::any_of(own_labels.begin(), own_labels.end(), [&](const auto own) { return fold_key(own) == fold_key(f.label); }))
      throw unusable("bundle.profile", "the profile gives " + f.label + ", which is worked out for each bundle");
  return fields;
}

void writer::make_bag_info() {
  std::string info;
  std::vector<info_field> profile = read_profile();
  // An option, or else what the profile says under that label.
  const auto given = [&](const info_option& i) {
    const bool is_set = !host_.option(i.option).empty();
    if (is_set) info += info_line(i.label, host_.option(i.option));
    std::erase_if(profile, [&](const info_field& f) {
      const bool is_it = fold_key(f.label) == fold_key(i.label);
      if (is_it && !is_set) info += info_line(i.label, f.value);
      return is_it;
    });
  };
  for (const auto& i : leading_info) given(i);
  info += info_line("Bagging-Date", std::string_view(context_.time).substr(0, 10));
  info += info_line("Bag-Size", size_for_people(payload_.total()));
  info += info_line("Payload-Oxum", std::to_string(payload_.total()) + "." + std::to_string(payload_.count()));
  const dgm_volume* volume = host_.volume();
  const bool is_one_of_several = volume != nullptr && volume->count != 1;
  const bool is_grouped = is_one_of_several || !host_.option("bag-group-identifier").empty();
  const auto count = host_.option("bag-count");
  if (is_grouped) info += info_line("Bag-Group-Identifier", group());
  if (is_one_of_several) info += info_line(count_label, bag_count(*volume));
  else if (!count.empty()) info += info_line(count_label, count);
  else if (is_grouped) info += info_line(count_label, "1 of 1");
  for (const auto& i : trailing_info) given(i);
  for (const auto& f : profile) info += info_line(f.label, f.value);
  for_each_item(host_.option("info"), ';', [&](std::string_view item) {
    const auto equals = item.find('=');
    info += info_line(trim(item.substr(0, equals)), equals == npos ? std::string_view() : item.substr(equals + 1));
  });
  info += info_line("Bag-Software-Agent", context_.program + " " + context_.version);
  info += info_line("Dragoman-Bundle-Version", bundle_version);
  add_tag_file("bag-info.txt", info);
}

// The folder that holds the bag.
std::string writer::top() const { return top_folder(host_.volume() != nullptr ? view(host_.volume()->name) : out_.name()); }

// What all bundles of the run share: the name of the one that would hold everything, when the user gives none.
std::string writer::group() const {
  if (const auto given = host_.option("bag-group-identifier"); !given.empty()) return std::string(given);
  return top_folder(host_.volume() != nullptr ? view(host_.volume()->series) : out_.name());
}

void writer::make_manifest(const char* path, std::string (*hex_of)(const fixity&), const std::vector<std::uint32_t>& order) {
  tag_file manifest{path};
  payload::lookup packed(payload_);
  for (const auto number : order) {
    host_.check_cancelled();
    manifest.put(manifest_line(hex_of(packed.digests(number)), payload_.path(number)));
  }
  keep_tag_file(std::move(manifest));
}

// The final records, now that it is known which ids came twice; the failures among them; and PREMIS, which has all objects
// before the first event.
void writer::make_records() {
  tag_file records{std::string(records_path)}, failures{std::string(failures_path)}, premis{std::string(premis_path)};
  spool events;
  premis_writer describe(
      context_, [&](std::string_view text) { premis.put(text); }, [&](std::string_view text) { events.append(text); });
  const bool describes = premis_ == "record";
  failures.put(failures_header);
  if (describes) describe.begin();
  std::uint64_t number = 0;
  payload::lookup packed(payload_);
  rows_.for_each([&](record& r, const record_files& files) {
    host_.check_cancelled();  // who wants to stop does not wait for the tag files of thousands of records
    add_digests(r, files, packed);
    if (r.seq < repeated_.size() && repeated_[static_cast<std::size_t>(r.seq)])
      r.warnings.push_back({{}, "bundle.id-repeated", "another record of this bundle has the same id", 0, -1});
    if (r.error) ++counts_.failed;
    else if (r.is_skipped) ++counts_.skipped;
    else if (r.warnings.empty()) ++counts_.ok;
    else ++counts_.warning;
    records.put(to_json_line(r) + "\n");
    if (r.error) failures.put(to_failures_line(r));
    const bool with_original = opens_original_[number++];
    if (!describes) return;
    describe.objects(r, with_original);
    describe.events(r, with_original);
  });
  keep_tag_file(std::move(records));
  keep_tag_file(std::move(failures));
  if (!describes) return;
  if (payload_.count() == 0)
    describe_bundle(describe, digests_of(memory_source({})));  // there must be an object; its manifest is empty
  describe.end();
  for_each_block(events, [&](std::string_view text) { premis.put(text); });
  keep_tag_file(std::move(premis));
}

void writer::make_premis_of_bundle() {
  tag_file premis{std::string(premis_path)};
  premis_writer describe(
      context_, [&](std::string_view text) { premis.put(text); }, [&](std::string_view text) { premis.put(text); });
  describe.begin();
  describe_bundle(describe, digests_of(*tag_file_at("manifest-sha256.txt").octets));
  describe.end();
  keep_tag_file(std::move(premis));
}

void writer::describe_bundle(premis_writer& premis, const fixity& manifest) const {
  const std::string counts = "records=" + std::to_string(records_) + "; ok=" + std::to_string(counts_.ok) +
                             "; warning=" + std::to_string(counts_.warning) + "; failed=" + std::to_string(counts_.failed) +
                             "; skipped=" + std::to_string(counts_.skipped);
  std::vector<std::string> plugins;
  for (const auto& [plugin, sha256] : plugins_) plugins.push_back(plugin);
  premis.bundle(top(), sha256_of(manifest), plugins, counts, counts_.failed != 0);
}

void writer::make_bundle_json() {
  json formats = json::array(), plugins = json::array();
  for (const auto& f : formats_) formats.push_back(f.id);
  for (const auto& [plugin, sha256] : plugins_) {
    const auto at = std::min(plugin.rfind('@'), plugin.size());
    plugins.push_back(
        {{"id", plugin.substr(0, at)}, {"version", plugin.substr(std::min(at + 1, plugin.size()))}, {"abi", DGM_ABI}});
    if (!sha256.empty()) plugins.back()["sha256"] = sha256;
  }
  const json options = json::parse(options_json_, nullptr, false);
  const dgm_volume* volume = host_.volume();
  json place{{"id", group()}, {"index", volume != nullptr ? volume->index : 1}};
  if (volume == nullptr || volume->count == 1) place["count"] = 1;  // of several, bag-info.txt says it in the end
  const json bundle{{"base", top()},
                    {"counts",
                     {{"records", records_},
                      {"ok", counts_.ok},
                      {"warning", counts_.warning},
                      {"failed", counts_.failed},
                      {"skipped", counts_.skipped},
                      {"originals", originals_kept_},
                      {"derivatives", derivatives_}}},
                    {"created", context_.time},
                    {"derivatives", formats},
                    {"dragoman_bundle", bundle_version},
                    {"group", place},
                    {"options", options.is_discarded() ? json::object() : options},
                    {"options_sha256", context_.options_sha256},
                    {"plugins", plugins},
                    {"pronom_signature", pronom_signature},
                    {"tool", {{"name", context_.program}, {"version", context_.version}}}};
  add_tag_file(std::string(bundle_path), bundle.dump(1, ' ', false, json::error_handler_t::replace) + "\n");
}

void writer::make_tag_manifests() {
  std::sort(tag_files_.begin(), tag_files_.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  std::string sha256_lines, sha512_lines;
  for (const auto& f : tag_files_) {
    sha256_lines += manifest_line(sha256_of(f.digests), f.path);
    sha512_lines += manifest_line(sha512_of(f.digests), f.path);
  }
  add_tag_file("tagmanifest-sha256.txt", sha256_lines);
  add_tag_file("tagmanifest-sha512.txt", sha512_lines);
}

namespace {

// Large files are packed piece by piece, and somebody may ask to stop meanwhile.
class stoppable_source final : public octet_source {
public:
  stoppable_source(const host& services, const octet_source& from) : host_(services), from_(from) {}
  std::uint64_t size() const override { return from_.size(); }
  void read(std::uint64_t offset, char* buffer, std::size_t length) const override {
    host_.check_cancelled();
    from_.read(offset, buffer, length);
  }

private:
  const host& host_;
  const octet_source& from_;
};

}  // namespace

// Tag files from the `begin`th on are digested and packed, side by side: each of them is two pieces of work, the largest first.
void writer::complete_tag_files(std::size_t begin) {
  std::vector<tag_file*> files;
  for (std::size_t i = begin; i < tag_files_.size(); ++i) files.push_back(&tag_files_[i]);
  std::stable_sort(files.begin(), files.end(),
                   [](const tag_file* a, const tag_file* b) { return a->octets->size() > b->octets->size(); });
  work_side_by_side(host_.work(), 2 * files.size(), [&](std::uint64_t number) {
    tag_file& f = *files[static_cast<std::size_t>(number / 2)];
    const stoppable_source octets(host_, *f.octets);
    if (number % 2 == 0) f.packed = pack(octets, deflate_, *f.packed_octets);
    else f.digests = digests_of(octets);
  });
  for (tag_file* f : files) f->octets.reset();
}

// In the order of the ZIP: bagit.txt, bag-info.txt, manifests, tag manifests, metadata/. The payload follows them: whoever reads
// forward only knows every digest before its first octet.
void writer::order_tag_files() {
  const auto group = [](std::string_view path) {
    constexpr std::array<std::string_view, 4> order{"bagit.txt", "bag-info.txt", "manifest-", "tagmanifest-"};
    const auto it = std::find_if(order.begin(), order.end(), [&](std::string_view start) { return path.starts_with(start); });
    return it - order.begin();
  };
  std::sort(tag_files_.begin(), tag_files_.end(), [&](const auto& a, const auto& b) {
    return std::make_pair(group(a.path), std::string_view(a.path)) < std::make_pair(group(b.path), std::string_view(b.path));
  });
}

void writer::write_zip() {
  payload_.complete();
  const std::vector<std::uint32_t> order = payload_.in_order();
  make_tag_files(order);
  order_tag_files();
  zip_writer zip(out_);
  const std::string folder = top() + "/";
  for (const auto& f : tag_files_) zip.add(folder + f.path, f.packed, *f.packed_octets, 0);
  if (order.empty()) zip.add_folder(folder + "data/");
  payload::lookup packed(payload_);
  for (const auto number : order) {
    host_.check_cancelled();
    packed.add_to(zip, folder + payload_.path(number), number);
  }
  zip.finish();
}

// -- the number of volumes, when it is known -----------------------------------------------------------------------

namespace {

void replace_line(std::string& text, std::string_view start, const std::string& line) {
  const auto at = text.starts_with(start) ? 0 : text.find("\n" + std::string(start)) + 1;
  if (at == npos + 1) throw unusable("bundle.volume", "the bundle does not say which one of its group it is");
  text.replace(at, text.find('\n', at) + 1 - at, line);
}

}  // namespace

// Only bag-info.txt says the number, and the tag manifests its digests; everything else is copied as it is packed.
void writer::number(const host& services, const input& volume, const output& out) {
  const dgm_volume* facts = services.volume();
  const input_source zip(volume.raw());
  archive_rules rules;
  rules.limits = archive_limits::none();
  const auto table = std::make_shared<const zip_table>(read_zip_directory(zip, rules, [](auto...) {}));
  const auto entries = open_zip(zip, rules, table);
  const std::string folder = top_folder(view(facts->name)) + "/", info_path = folder + "bag-info.txt";
  changed_entries changed;
  for (std::size_t i = 0; i < entries->count(); ++i) {
    const auto path = entries->path(i);
    if (path != info_path && path != folder + "tagmanifest-sha256.txt" && path != folder + "tagmanifest-sha512.txt") continue;
    std::string& text = changed[std::string(path)];
    entries->unpack(i, [&](std::string_view octets) { text += octets; });
  }
  std::string& info = changed[info_path];
  replace_line(info, std::string(count_label) + ":", info_line(count_label, bag_count(*facts)));
  const fixity digests = digests_of(memory_source(info));
  for (auto& [path, text] : changed) {
    if (path == info_path) continue;
    const auto at = text.find("  bag-info.txt\n");
    const std::string hex = path.ends_with("sha256.txt") ? sha256_of(digests) : sha512_of(digests);
    if (at == npos || at < hex.size()) throw unusable("bundle.volume", "a tag manifest of the bundle does not list bag-info.txt");
    text.replace(at - hex.size(), hex.size(), hex);
  }
  replace_entries(zip, *table, changed, out);
}

}  // namespace dragoman::bundle

#include "kit/subject.hpp"

#include "inputs/identification.hpp"
#include "plugins/loader.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/testing.hpp>

#include <algorithm>
#include <numeric>

namespace dragoman::hosting {
namespace {

bool has_level(const std::vector<finding>& findings, level l) {
  return std::any_of(findings.begin(), findings.end(), [&](const finding& f) { return f.severity == l; });
}

std::shared_ptr<origin> origin_for(const format_entry& f, std::string name) {
  auto o = std::make_shared<origin>();
  o->name = o->display = std::move(name);
  o->format = f.id();
  o->reader = f.plugin_name;
  o->media_type = f.media_type();
  return o;
}

}  // namespace

bool reading::has(level l) const { return has_level(findings, l); }
bool writing::has(level l) const { return has_level(findings, l); }
bool writing::is_whole() const {
  return std::all_of(statuses.begin(), statuses.end(), [](dgm_status s) { return s == DGM_OK; });
}

subject::subject(const check_plan& plan, progress_note& note) : plan_(plan), note_(note), share_(plan.patience) {
  doing("it is loaded");
  load_plugins({plan.plugin}, {}, formats_);
  if (formats_.candidates().empty() || formats_.candidates().front().state != outcome::loaded)
    throw test_failed(formats_.candidates().empty() ? "no such file" : formats_.candidates().front().reason);
  doing("the other plugins are loaded");
  load_plugins(plan.places, {}, formats_);
  plugin_ = &formats_.candidates().front();
  options_.complete(formats_);
  env_ = std::unique_ptr<environment>(new environment{formats_, options_, stop_, 1'700'000'000});
  for (const auto& f : formats_.formats())
    if (is_own(f)) own_.push_back(&f);
}

std::vector<const format_entry*> subject::readers() const {
  std::vector<const format_entry*> out;
  std::copy_if(own_.begin(), own_.end(), std::back_inserter(out), [](auto* f) { return f->reads(); });
  if (out.empty()) throw test_skipped("it reads nothing");
  return out;
}

std::vector<const format_entry*> subject::writers() const {
  std::vector<const format_entry*> out;
  std::copy_if(own_.begin(), own_.end(), std::back_inserter(out), [](auto* f) { return f->writes(); });
  if (out.empty()) throw test_skipped("it writes nothing");
  return out;
}

void subject::add_given_samples() {
  for (const auto& s : plan_.samples) {
    doing("sample " + s.name + " is recognised");
    const auto head = std::string_view(s.octets).substr(0, head_size);
    const auto found = identify(formats_, head, head.size() == s.octets.size(), s.name);
    if (found.format != nullptr && is_own(*found.format)) {
      samples_.push_back({found.format, s.name, s.octets, true});
      continue;
    }
    const format_entry* by_suffix = nullptr;
    for (const auto* f : own_)
      if (f->reads() && f->suffix_length(s.name) != 0) by_suffix = f;
    if (by_suffix != nullptr) samples_.push_back({by_suffix, s.name, s.octets, false});
    else if (found.format != nullptr) foreign_.push_back({found.format, s.name, s.octets, true});
    else if (const auto reader = std::find_if(own_.begin(), own_.end(), [](auto* f) { return f->reads(); }); reader != own_.end())
      samples_.push_back({*reader, s.name, s.octets, false});
  }
}

void subject::add_written_samples(const format_entry& f, std::vector<owned_sample>& to) {
  doing("samples of format " + std::string(f.id()) + " are written");
  const auto all = kit_documents();
  const auto add = [&](const std::vector<const document*>& documents, const std::string& name) {
    auto w = write(f, documents);
    if (w.is_whole() && !w.octets.empty()) to.push_back({&f, name + "." + std::string(f.suffix()), std::move(w.octets), true});
  };
  std::vector<const document*> together;
  for (const auto& d : all) {
    if (f.has(DGM_COLLECTION)) together.push_back(&d.what);
    else add({&d.what}, std::string(d.what.root()["id"].text()));
  }
  if (!together.empty()) add(together, "collection");
}

const std::vector<owned_sample>& subject::samples() {
  if (!std::exchange(has_samples_, true)) {
    add_given_samples();
    for (const auto* f : own_) {
      if (!f->reads()) continue;
      const bool has_one = std::any_of(samples_.begin(), samples_.end(), [&](const owned_sample& s) { return s.format == f; });
      if (!has_one && f->writes()) add_written_samples(*f, samples_);
    }
  }
  readers();  // says so when there is none
  if (samples_.empty()) throw test_skipped("it has no sample: give one after the plugin");
  return samples_;
}

const std::vector<owned_sample>& subject::foreign_samples() {
  if (!std::exchange(has_foreign_, true))
    for (const auto& f : formats_.formats())
      if (!is_own(f) && f.writes() && f.reads()) add_written_samples(f, foreign_);
  return foreign_;
}

const std::vector<named_document>& subject::documents() {
  if (!documents_.empty()) return documents_;
  documents_ = kit_documents();
  std::vector<const owned_sample*> own;
  try {
    if (!plan_.samples.empty())
      for (const auto& s : samples()) own.push_back(&s);
  } catch (const test_skipped&) {  // it reads nothing: samples of others will do
  }
  for (const auto& s : foreign_) own.push_back(&s);
  for (const auto* s : own) {
    auto r = read(*s->format, s->octets, s->name);
    for (auto& d : r.documents)
      if (!d.is_collection()) {
        documents_.push_back({"a document of " + s->name + ", without its source", testing::without_source(d.root())});
        documents_.push_back({"a document of " + s->name, std::move(d)});
      }
  }
  return documents_;
}

namespace {
// What a session tells, from its first document to its end.
void tell_all(const format_entry& f, void* session, reading_manner& how, reading& out) {
  static constexpr std::size_t most_calls = 100'000;
  document_builder builder(sha256);
  watched_sink sink(builder, how.sink_fails_at, how.sink_status);
  while (out.documents.size() < how.most_documents) {
    builder.reset();
    const dgm_status status = f.table->reader->next(session, sink.table());
    out.statuses.push_back(status);
    if (out.problem.empty()) out.problem = builder.problem();
    const bool told = status == DGM_OK && builder.is_complete();
    if (told) out.documents.push_back(builder.finish());
    else if (status == DGM_OK && out.problem.empty())
      out.problem = builder.is_empty() ? "next told no document" : "next left a document open";
    else if (status == DGM_END && !builder.is_empty() && out.problem.empty()) out.problem = "the input ended inside a document";
    if (!(told || status == DGM_SKIP) || out.statuses.size() > most_calls) break;
  }
  f.table->reader->close(session);
  how.calls = sink.calls();
  how.calls_after = sink.calls_after();
}
}  // namespace

reading subject::read(const format_entry& f, const dgm_input& input, reading_manner* manner) {
  reading out;
  reading_manner usual;
  auto from = origin_for(f, std::string(input.name.ptr, input.name.len));
  session_host host(
      *env_, f,
      [&](const origin& about, const finding& found) {
        out.findings.push_back(found);
        if (&about != from.get()) out.findings.back().offset = -1;  // a place in something inside
      },
      true, 0, nullptr);
  host.about(from);
  void* session = nullptr;
  out.opened = f.table->reader->open(host.table(), &input, &session);
  if (out.opened >= 0) tell_all(f, session, manner != nullptr ? *manner : usual, out);
  return out;
}

std::optional<reading> subject::read_in_parts(const format_entry& f, std::string_view octets, std::string_view name) {
  if (!f.reads_in_parts()) return std::nullopt;
  reading out;
  reading_manner usual;
  const lent_input input(octets, name);
  const auto from = origin_for(f, std::string(name));
  const auto listen = [&](const origin& about, const finding& found) {
    out.findings.push_back(found);
    if (&about != from.get()) out.findings.back().offset = -1;  // a place in something inside
  };
  session_host host(*env_, f, listen, true, 0, nullptr);
  host.about(from);
  void* whole = nullptr;
  out.opened = f.table->reader->open(host.table(), input.table(), &whole);
  if (out.opened < 0) return out;
  const auto count = f.table->reader->parts(whole);
  for (std::uint64_t number = 0; count > 1 && out.opened == DGM_OK && number < count; ++number) {
    session_host services(*env_, f, listen, true, 0, nullptr);
    services.about(from);
    void* part = nullptr;
    out.opened = f.table->reader->open_part(whole, number, services.table(), &part);
    if (out.opened >= 0) tell_all(f, part, usual, out);
    if (number + 1 < count && !out.statuses.empty() && out.statuses.back() == DGM_END) out.statuses.pop_back();
  }
  f.table->reader->close(whole);
  if (count < 2) return std::nullopt;
  return out;
}

reading subject::read(const format_entry& f, std::string_view octets, std::string_view name) {
  const lent_input input(octets, name);
  return read(f, *input.table());
}

writing subject::write(const format_entry& f, const std::vector<const document*>& documents, const dgm_output* to) {
  writing out;
  kept_output kept;
  const auto from = origin_for(f, "output." + std::string(f.suffix()));
  session_host host(
      *env_, f, [&out](const origin&, const finding& found) { out.findings.push_back(found); }, false, 0, nullptr);
  host.about(from);
  void* session = nullptr;
  out.statuses.push_back(f.table->writer->open(host.table(), to != nullptr ? to : kept.table(), &session));
  if (out.statuses.back() < 0) return out;
  bool goes_on = true;
  for (std::size_t i = 0; i < documents.size() && goes_on; ++i) {
    const node root = documents[i]->root();
    const bool pristine = (documents[i]->flags() & document_pristine) != 0;
    const auto where = origin_of(*documents[i], f.has(DGM_ARCHIVE) && !pristine);
    where->serial = i + 1;
    const lent_origin lent(*where);
    const dgm_document table{
        sizeof(dgm_document), pristine ? std::uint32_t{DGM_PRISTINE} : 0u, root.table(), root.raw(), lent.table(), nullptr, 0};
    host.about(where);
    out.statuses.push_back(f.table->writer->write(session, &table));
    goes_on = out.statuses.back() == DGM_OK || out.statuses.back() == DGM_SKIP;
  }
  out.before_finish = kept.octets.size();
  if (goes_on) out.statuses.push_back(f.table->writer->finish(session));
  f.table->writer->close(session);
  out.octets = std::move(kept.octets);
  return out;
}

// Where a document is said to have been read from: its own octets, or a JSON file, for archives, which keep the file.
std::shared_ptr<origin> subject::origin_of(const document& d, bool as_file) {
  auto out = std::make_shared<origin>();
  const auto id = std::string(d.root()["id"].text());
  const auto* json = formats_.find("json");
  as_file = as_file && json != nullptr && json->writes() && !d.is_collection();
  if (as_file) out = origin_for(*json, id + ".json");
  else out->name = out->display = id;
  out->content = octets::of_memory(as_file ? write(*json, {&d}).octets : std::string(d.root()["source"]["octets"].text()));
  return out;
}

// Coprime to `count`, and near the golden section of it: the first multiples lie far apart.
std::uint64_t subject::stride_for(std::uint64_t count) noexcept {
  auto stride = static_cast<std::uint64_t>(static_cast<double>(count) * 0.6180339887);
  while (stride > 1 && std::gcd(stride, count) != 1) --stride;
  return stride == 0 ? 1 : stride;
}

}  // namespace dragoman::hosting

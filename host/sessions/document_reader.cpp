#include "sessions/document_reader.hpp"

#include "inputs/identification.hpp"
#include "strings.hpp"

#include <dragoman/digest.hpp>

#include <algorithm>
#include <utility>

namespace dragoman::hosting {
namespace {

// No input holds many more documents than octets, good or bad. A reader that answers oftener than that, and these, in a
// row without a document, or at all, goes round in circles.
constexpr std::uint64_t most_calls_in_vain = 10'000;
constexpr std::uint64_t most_calls = 10'000'000;  // what is compressed may hold more than it looks

// What a whole document lacks that everybody relies on; empty when nothing.
std::string why_not_a_document(node root) {
  if (!root["id"].is(node_type::text)) return "a " + std::string(root.name()) + " without an id";
  const auto kind = root["kind"].text();
  if (root.name() == "document" && kind != "cable" && kind != "document")
    return "a document of no known kind: \"" + printable(kind) + "\"";
  return {};
}

// Lines and columns for writers that keep findings. In a large input they would cost more than the documents in it, so
// there the offset has to do.
void locate_all(std::vector<finding>& findings, const origin& about) {
  constexpr std::uint64_t small = std::uint64_t{1} << 20;
  if (!about.content || about.content->length() > small) return;
  for (auto& f : findings)
    if (f.severity != level::note) locate(f, about);
}

// What no reader of this thread uses now: as many as archives stand in one another, and none that a large document made large.
std::vector<std::unique_ptr<document_builder>>& idle_builders() {
  thread_local std::vector<std::unique_ptr<document_builder>> idle;
  return idle;
}

}  // namespace

lent_builder::lent_builder() {
  auto& idle = idle_builders();
  if (idle.empty()) {
    builder_ = std::make_unique<document_builder>(sha256);
    return;
  }
  builder_ = std::move(idle.back());
  idle.pop_back();
}

lent_builder::~lent_builder() {
  constexpr std::size_t most_idle = 4, most_kept = std::size_t{1} << 20;
  auto& idle = idle_builders();
  if (idle.size() >= most_idle || builder_->kept() > most_kept) return;
  builder_->reset();
  try {
    idle.push_back(std::move(builder_));
  } catch (const std::bad_alloc&) {  // then it is not kept
  }
}

document_reader::document_reader(environment& env, const format_entry& format, std::shared_ptr<const origin> from, listener to,
                                 unsigned depth, input_part part)
    : env_(env),
      to_(std::move(to)),
      depth_(depth),
      session_(
          env, format, std::move(from), [this](const origin& about, const finding& f) { keep(about, f); }, depth, this,
          std::move(part)) {}

document_reader::document_reader(document_reader& whole, std::uint64_t number, listener to)
    : env_(whole.env_),
      to_(std::move(to)),
      depth_(whole.depth_),
      session_(
          whole.session_, number, [this](const origin& about, const finding& f) { keep(about, f); }, this) {}

void document_reader::keep(const origin& about, const finding& f) {
  findings_.push_back(f);
  if (to_) to_(about, f);
}

// A fact that nobody here knows is no mistake: contracts grow.
void document_reader::fact(std::string_view name, std::string_view value) {
  constexpr std::size_t longest = 40;
  const auto is_of_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  if (name == DGM_FACT_DIALECT && value.size() <= longest && std::all_of(value.begin(), value.end(), is_of_word))
    dialect_ = value;
}

std::string document_reader::problem_of(const dgm_sink* sink) {
  return sink->ctx == builder_->sink()->ctx ? builder_->problem() : std::string();
}
bool document_reader::is_untouched(const dgm_sink* sink) { return sink->ctx == builder_->sink()->ctx && builder_->is_empty(); }
void document_reader::start_again(const dgm_sink* sink) {
  if (sink->ctx == builder_->sink()->ctx) builder_->reset();
}

bool document_reader::open(step& out) {
  opened_ = true;
  builder_->drop_source(env_.drop_source);
  if (session_.open()) return true;
  ended_ = true;
  if (!env_.stop) fail(out);
  return false;
}

std::uint64_t document_reader::parts() {
  const std::uint64_t count = open(first_) ? session_.parts() : 0;
  if (count <= most_calls + session_.from()->content->length()) return count;
  session_.host().error("plugin.contract", "plugin " + session_.format().plugin_name + " has no end of parts");
  return 0;
}

document_reader::step document_reader::next() {
  step out = std::exchange(first_, {});
  if (ended_ || (!opened_ && !open(out))) return out;
  builder_->reset();
  findings_.clear();
  dialect_.clear();
  nested_from_.reset();
  session_.host().forget();
  const auto answer = session_.next(builder_->sink(), [this] { return builder_->problem(); });
  out.failures = std::move(nested_failures_);
  nested_failures_.clear();
  const bool failed_inside = !out.failures.empty();
  const std::string plugin = "plugin " + session_.format().plugin_name;
  using a = reader_session::answer;
  ended_ = answer == a::end || answer == a::over || answer == a::stopped;
  if (answer == a::told && builder_->is_complete()) {
    take(out);
  } else if (answer == a::told) {
    session_.host().error("plugin.contract",
                          plugin + (builder_->is_empty() ? ": next told no document" : ": next left a document open"));
    fail(out);
  } else if (answer == a::end && !builder_->is_empty()) {
    session_.host().error("plugin.contract", plugin + ": the input ended inside a document");
    fail(out);
  } else if ((answer == a::skipped || answer == a::over) && (!failed_inside || session_.host().first_error())) {
    fail(out);
  }
  if (!ended_ && is_stuck(out.found || failed_inside)) {
    ended_ = true;
    session_.host().forget();
    session_.host().error("plugin.stuck", plugin + " went on and on without coming to an end");
    fail(out);
  }
  out.more = !ended_;
  if (ended_) session_.close();
  return out;
}

// Counts calls; true when there were too many.
bool document_reader::is_stuck(bool progress) {
  ++calls_;
  calls_in_vain_ = progress ? 0 : calls_in_vain_ + 1;
  const std::uint64_t size = session_.from()->content->length();
  return calls_in_vain_ > most_calls_in_vain + size || calls_ > most_calls + size;
}

void document_reader::take(step& out) {
  const std::string plugin = "plugin " + session_.format().plugin_name;
  try {
    document d = builder_->finish();
    if (auto lack = why_not_a_document(d.root()); !lack.empty()) {
      session_.host().error("plugin.contract", plugin + " told " + lack);
      return fail(out);
    }
    out.from = nested_from_ ? nested_from_ : session_.from();
    if (d.flags() & document_source_damaged)
      session_.host().report(
          {level::warning, "source.damaged",
           "the original octets of " + std::string(d.root()["id"].text()) + " do not match their size or digest"});
    out.pristine = (d.flags() & document_pristine) != 0 || ((d.flags() & document_unproven) != 0 && proven(d));
    out.found = std::move(d);
    out.dialect = std::move(dialect_);
    out.findings = std::move(findings_);
    locate_all(out.findings, *out.from);
  } catch (const std::exception&) {
    session_.host().error("plugin.memory", "the document is too large to be kept");
    fail(out);
  }
}

void document_reader::fail(step& out) {
  auto reason = session_.host().reason();
  out.failures.push_back(
      {session_.from(), "read", reason ? *reason : finding{level::error, "plugin.unexplained", "it cannot be read"}});
}

// A document with octets of which nobody says which model they were read as: they are read again, and when the same
// comes out they are the document's (tei.md 0, decision 2).
bool document_reader::proven(const document& d) const {
  if (depth_ > 0) return false;
  const node source = d.root()["source"];
  auto from = std::make_shared<origin>(*session_.from());
  if (const auto name = source["name"].text(); !name.empty()) from->name = name;
  from->content = octets::of_memory(source["octets"].text());
  const auto head = from->content->head(head_size);
  const auto* format = identify(env_.formats, head, head.size() == from->content->length(), from->name).format;
  if (format == nullptr) return false;
  document_reader again(env_, *format, std::move(from), nullptr, depth_ + 1);
  document first;
  for (bool more = true; more;) {
    auto s = again.next();
    more = s.more;
    if (!s.found || s.found.is_collection()) continue;
    if (first) return false;  // more documents than one
    first = std::move(s.found);
  }
  return first && semantically_equal(first.root(), d.root());
}

}  // namespace dragoman::hosting

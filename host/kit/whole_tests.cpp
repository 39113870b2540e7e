// Questions about reader and writer together, and about many sessions at the same time.
#include "kit/kit.hpp"

#include <dragoman/digest.hpp>

#include <fmt/core.h>

#include <thread>

namespace dragoman::hosting {
namespace {

std::vector<const format_entry*> both_ways(const subject& s) {
  std::vector<const format_entry*> out;
  for (const auto* f : s.formats())
    if (f->reads() && f->writes()) out.push_back(f);
  if (out.empty()) throw test_skipped("no format of it is both read and written");
  return out;
}

std::string documents_again(subject& s) {
  for (const auto* f : both_ways(s))
    for (const auto& d : s.documents()) {
      s.doing(fmt::format("{} writes {} and reads it again", f->id(), d.name));
      const auto w = s.write(*f, {&d.what});
      if (!w.is_whole() || w.octets.empty()) continue;  // writer.writes has judged that
      const auto r = s.read(*f, w.octets, "written." + std::string(f->suffix()));
      if (!r.is_whole())
        throw test_failed(fmt::format("{} does not read what it wrote of {}: {}", f->id(), d.name,
                                      r.problem.empty() ? "status " + std::to_string(r.last()) : r.problem));
      const document* found = nullptr;
      for (const auto& back : r.documents)
        if (!back.is_collection()) found = &back;
      if (found == nullptr) throw test_failed(fmt::format("{}: {} is written, and no document is read of it", f->id(), d.name));
      if (!w.has(level::loss) && !semantically_equal(found->root(), d.what.root())) {
        const auto path = first_difference(d.what.root(), found->root());
        throw test_failed(fmt::format("{}: {} comes back as another document, and no loss was named (first difference at {})",
                                      f->id(), d.name, path ? *path : "?"));
      }
    }
  return {};
}

// A sample that is one document with its own octets as the source comes back octet by octet.
std::string octets_again(subject& s) {
  std::size_t compared = 0;
  for (const auto& sample : s.samples()) {
    if (!sample.format->writes()) continue;
    s.doing(sample.name + " is read and written again");
    const auto r = s.read(*sample.format, sample.octets, sample.name);
    if (r.documents.size() != 1) continue;
    const auto& d = r.documents.front();
    if ((d.flags() & document_pristine) == 0 || d.root()["source"]["octets"].text() != sample.octets) continue;
    ++compared;
    if (s.write(*sample.format, {&d}).octets != sample.octets)
      throw test_failed(sample.name + ": it is unedited and has its source, and other octets are written");
  }
  if (compared == 0) throw test_skipped("no sample is one document that carries its own octets");
  return {};
}

// -- many sessions ----------------------------------------------------------------------------------------------------

// What one session on a sample gives, in turns.
class session_in_turns {
public:
  session_in_turns(subject& s, const owned_sample& sample)
      : sample_(sample),
        input_(sample.octets, sample.name),
        host_(s.env(), *sample.format, nullptr, true, 0, nullptr),
        builder_(sha256) {
    auto from = std::make_shared<origin>();
    from->name = from->display = sample.name;
    host_.about(from);
    is_open_ = sample_.format->table->reader->open(host_.table(), input_.table(), &session_) == DGM_OK;
    if (!is_open_) session_ = nullptr;
  }
  session_in_turns(const session_in_turns&) = delete;
  session_in_turns& operator=(const session_in_turns&) = delete;
  ~session_in_turns() {
    if (session_ != nullptr) sample_.format->table->reader->close(session_);
  }
  // False when there is no more.
  bool turn() {
    if (!is_open_) return false;
    builder_.reset();
    const auto status = sample_.format->table->reader->next(session_, builder_.sink());
    if (status == DGM_OK && builder_.is_complete()) forms_.push_back(canonical_form(builder_.finish().root()));
    is_open_ = (status == DGM_OK || status == DGM_SKIP) && forms_.size() < 100'000;
    return is_open_;
  }
  const std::vector<std::string>& forms() const noexcept { return forms_; }

private:
  const owned_sample& sample_;
  lent_input input_;
  session_host host_;
  document_builder builder_;
  void* session_ = nullptr;
  bool is_open_ = false;
  std::vector<std::string> forms_;
};

std::vector<std::string> alone(subject& s, const owned_sample& sample) {
  session_in_turns session(s, sample);
  while (session.turn()) {
  }
  return session.forms();
}

std::string interleaved(subject& s) {
  const auto& samples = s.samples();
  std::vector<std::vector<std::string>> expected;
  for (const auto& sample : samples) expected.push_back(alone(s, sample));
  s.doing("two sessions on each sample are asked in turn");
  std::vector<std::unique_ptr<session_in_turns>> all;
  for (int twice = 0; twice < 2; ++twice)
    for (const auto& sample : samples) all.push_back(std::make_unique<session_in_turns>(s, sample));
  for (bool more = true; more;) {
    more = false;
    for (auto& session : all) more = session->turn() || more;
  }
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i]->forms() != expected[i % samples.size()])
      throw test_failed(samples[i % samples.size()].name + ": another session that was open changed what is read");
  return {};
}

std::string threads(subject& s) {
  std::vector<const owned_sample*> samples;
  std::vector<std::vector<std::string>> expected;
  try {
    for (const auto& sample : s.samples()) samples.push_back(&sample);
  } catch (const test_skipped&) {  // it only writes
  }
  for (const auto* sample : samples) expected.push_back(alone(s, *sample));
  std::vector<const format_entry*> writers;
  for (const auto* f : s.formats())
    if (f->writes()) writers.push_back(f);
  const auto& documents = s.documents();
  std::vector<std::string> written;
  for (const auto* f : writers)
    for (const auto& d : documents) written.push_back(s.write(*f, {&d.what}).octets);
  s.doing("sessions of four threads read and write at the same time");
  std::atomic<bool> reads_otherwise = false, writes_otherwise = false;
  {
    std::vector<std::jthread> all;
    for (int t = 0; t < 4; ++t)
      all.emplace_back([&] {
        for (int round = 0; round < 3; ++round) {
          for (std::size_t i = 0; i < samples.size(); ++i)
            if (alone(s, *samples[i]) != expected[i]) reads_otherwise = true;
          std::size_t at = 0;
          for (const auto* f : writers)
            for (const auto& d : documents)
              if (s.write(*f, {&d.what}).octets != written[at++]) writes_otherwise = true;
        }
      });
  }
  if (reads_otherwise) throw test_failed("sessions of other threads changed what is read");
  if (writes_otherwise) throw test_failed("sessions of other threads changed what is written");
  return {};
}

constexpr kit_test tests[] = {
    {"roundtrip.documents", "What its writer wrote, its reader reads as the same document, unless a loss was named.",
     documents_again},
    {"roundtrip.octets", "A sample that was read and not edited is written octet by octet as it was.", octets_again},
    {"sessions.interleaved", "Sessions that are open at the same time do not change what each other reads.", interleaved},
    {"sessions.threads", "Sessions of several threads read and write what they do alone.", threads},
};

}  // namespace

std::span<const kit_test> whole_tests() { return tests; }

}  // namespace dragoman::hosting

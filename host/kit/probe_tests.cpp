// Questions about probes and splits: pure functions of the first octets.
#include "kit/kit.hpp"

#include "inputs/identification.hpp"
#include "strings.hpp"

#include <fmt/core.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>

namespace dragoman::hosting {
namespace {

// Octets that nobody can write to, and behind which nobody can read.
class fenced {
public:
  explicit fenced(std::string_view octets) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t room = (octets.size() + page - 1) / page * page;
    length_ = room + page;
    void* place = ::mmap(nullptr, length_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    begin_ = static_cast<char*>(place);
    char* start = begin_ + room - octets.size();
    if (!octets.empty()) std::memcpy(start, octets.data(), octets.size());
    ::mprotect(begin_, room, PROT_READ);
    ::mprotect(begin_ + room, page, PROT_NONE);
    octets_ = {start, octets.size()};
  }
  fenced(const fenced&) = delete;
  fenced& operator=(const fenced&) = delete;
  ~fenced() { ::munmap(begin_, length_); }
  std::string_view octets() const noexcept { return octets_; }

private:
  char* begin_;
  std::size_t length_;
  std::string_view octets_;
};

int probe(const format_entry& f, std::string_view head, bool at_end) {
  dgm_str reason{};
  const int score = f.table->reader->probe(head.data(), head.size(), at_end ? 1 : 0, &reason);
  if (reason.len != 0 && find_bad_text(std::string_view(reason.ptr, reason.len)) != npos)
    throw test_failed(fmt::format("format {}: the probe's reason is no text", f.id()));
  return score;
}

std::vector<const format_entry*> probing(const subject& s) {
  auto out = s.readers();
  std::erase_if(out, [](auto* f) { return f->table->reader->probe == nullptr; });
  if (out.empty()) throw test_skipped("it has no probe: magic decides");
  return out;
}

std::string_view head_of(const owned_sample& s) { return std::string_view(s.octets).substr(0, head_size); }

std::string scores(subject& s) {
  const auto formats = probing(s);
  const auto& samples = s.samples();
  s.shared_by(samples.size() * formats.size());
  for (const auto& sample : samples) {
    const auto whole = head_of(sample);
    for (const auto* f : formats)
      s.each(whole.size() + 1, [&](std::uint64_t length) {
        s.doing(fmt::format("the probe of {} gets the first {} octets of {}", f->id(), length, sample.name));
        const fenced head(whole.substr(0, length));
        for (const bool at_end : {false, true}) {
          const int score = probe(*f, head.octets(), at_end);
          if (score < 0 || score > 100)
            throw test_failed(fmt::format("{}: score {} for the first {} octets of {}", f->id(), score, length, sample.name));
        }
      });
  }
  return {};
}

std::string pure(subject& s) {
  const auto formats = probing(s);
  const auto& samples = s.samples();
  std::vector<int> first;
  for (int round = 0; round < 2; ++round) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {  // the second time in another order
      const auto& sample = samples[round == 0 ? i : samples.size() - 1 - i];
      for (const auto* f : formats) {
        s.doing(fmt::format("the probe of {} gets {} again", f->id(), sample.name));
        const int score = probe(*f, head_of(sample), true);
        const std::size_t place = round == 0 ? at : (samples.size() - 1 - i) * formats.size() + at % formats.size();
        ++at;
        if (round == 0) first.push_back(score);
        else if (first[place] != score)
          throw test_failed(fmt::format("{}: {} got {} first and {} later", f->id(), sample.name, first[place], score));
      }
    }
  }
  return {};
}

std::string threads(subject& s) {
  const auto formats = probing(s);
  const auto& samples = s.samples();
  std::vector<int> alone;
  for (const auto& sample : samples)
    for (const auto* f : formats) alone.push_back(probe(*f, head_of(sample), true));
  s.doing("four threads probe at the same time");
  std::atomic<bool> differs = false;
  {
    std::vector<std::jthread> all;
    for (int t = 0; t < 4; ++t)
      all.emplace_back([&] {
        dgm_str reason{};
        for (int round = 0; round < 50; ++round)
          for (std::size_t i = 0; i < samples.size(); ++i)
            for (std::size_t k = 0; k < formats.size(); ++k) {
              const auto head = head_of(samples[i]);
              if (formats[k]->table->reader->probe(head.data(), head.size(), 1, &reason) != alone[i * formats.size() + k])
                differs = true;
            }
      });
  }
  if (differs) throw test_failed("a probe gave another score when other threads asked, too");
  return {};
}

std::string own(subject& s) {
  for (const auto& sample : s.samples()) {
    s.doing("who recognises " + sample.name);
    const auto head = head_of(sample);
    const auto found = identify(s.all(), head, head.size() == sample.octets.size(), sample.name);
    if (found.format != nullptr && s.is_own(*found.format)) continue;
    throw test_failed(
        sample.name + ": " +
        (found.format != nullptr ? "format " + std::string(found.format->id()) + " claims it" : found.problem.text));
  }
  return {};
}

// Which format an input is of must not hang by a hair: a reader of another format that would take a sample, too (a telegram in a
// message of mail has lines of a telegram), is at least so much less sure of it than the format's own.
constexpr int clear_lead = 20;

// Every reader's score for a sample of each format: a row a sample.
std::string confusion(subject& s) {
  std::string table;
  std::string wrong;
  const auto rows = [&](const std::vector<owned_sample>& samples) {
    for (const auto& sample : samples) {
      s.doing("every reader looks at " + sample.name);
      const auto head = head_of(sample);
      auto found = identify(s.all(), head, head.size() == sample.octets.size(), sample.name);
      table += fmt::format("\n{}:", sample.name);
      int owners = 0;
      for (const auto& v : found.verdicts)
        if (v.format->plugin == sample.format->plugin) owners = std::max(owners, v.score);
      for (const auto& v : found.verdicts) {
        if (v.score != 0) table += fmt::format(" {} {}", v.format->id(), v.score);
        const bool same_plugin = v.format->plugin == sample.format->plugin;
        const bool concerns_it = s.is_own(*v.format) || s.is_own(*sample.format);
        if (!same_plugin && concerns_it && v.score >= sure_enough && v.score > owners - clear_lead && wrong.empty())
          wrong = fmt::format("format {} gives {} to {}, which is {} and gets {} there", v.format->id(), v.score, sample.name,
                              sample.format->id(), owners);
      }
    }
  };
  s.readers();
  rows(s.samples());
  rows(s.foreign_samples());
  if (!wrong.empty()) throw test_failed(wrong);
  return "scores that are not 0" + table;
}

// -- split ------------------------------------------------------------------------------------------------------------

std::vector<const owned_sample*> splitting(subject& s) {
  std::vector<const owned_sample*> out;
  bool splits = false;
  for (const auto* f : s.readers())
    splits = splits || (DGM_HAS(f->table->reader, dgm_reader, split) && f->table->reader->split != nullptr);
  if (!splits) throw test_skipped("it does not split");
  for (const auto& sample : s.samples()) {
    const auto* reader = sample.format->table->reader;
    if (DGM_HAS(reader, dgm_reader, split) && reader->split != nullptr) out.push_back(&sample);
  }
  if (out.empty()) throw test_skipped("it splits, and there is no sample of that format");
  return out;
}

std::int64_t split(const owned_sample& sample, std::string_view head, bool at_end) {
  return sample.format->table->reader->split(head.data(), head.size(), at_end ? 1 : 0);
}

std::string parts(subject& s) {
  for (const auto* sample : splitting(s)) {
    s.doing("the parts of " + sample->name + " are read");
    const auto whole = s.read(*sample->format, sample->octets, sample->name);
    std::vector<document> one_by_one;
    bool cuts = true;
    for (std::string_view rest = sample->octets; !rest.empty() && cuts;) {
      const auto length = split(*sample, rest, true);
      cuts = length >= 0;
      if (!cuts) break;
      if (length == 0 || static_cast<std::uint64_t>(length) > rest.size())
        throw test_failed(fmt::format("{}: split answers {} for the last {} octets", sample->name, length, rest.size()));
      auto part = s.read(*sample->format, rest.substr(0, static_cast<std::size_t>(length)), sample->name);
      for (auto& d : part.documents) one_by_one.push_back(std::move(d));
      rest.remove_prefix(static_cast<std::size_t>(length));
    }
    if (!cuts) continue;  // it cannot say, which is allowed
    if (one_by_one.size() != whole.documents.size())
      throw test_failed(
          fmt::format("{}: {} documents in its parts, {} in the whole", sample->name, one_by_one.size(), whole.documents.size()));
    for (std::size_t i = 0; i < one_by_one.size(); ++i)
      if (!semantically_equal(one_by_one[i].root(), whole.documents[i].root()))
        throw test_failed(fmt::format("{}: document {} differs when its part is read alone", sample->name, i + 1));
  }
  return {};
}

std::string prefixes(subject& s) {
  const auto samples = splitting(s);
  s.shared_by(samples.size());
  for (const auto* sample : samples) {
    const std::string_view whole = sample->octets;
    const auto answer = split(*sample, whole, true);
    s.each(whole.size() + 1, [&](std::uint64_t length) {
      s.doing(fmt::format("split gets the first {} octets of {}", length, sample->name));
      const fenced head(whole.substr(0, length));
      const auto cut = split(*sample, head.octets(), false);
      if (cut <= 0) return;  // more is wanted, or it cannot say
      if (static_cast<std::uint64_t>(cut) > length)
        throw test_failed(fmt::format("{}: split cuts at {} of {} octets", sample->name, cut, length));
      if (answer > 0 && cut != answer)
        throw test_failed(fmt::format("{}: split cuts at {} when it sees {} octets, and at {} when it sees all", sample->name,
                                      cut, length, answer));
    });
  }
  return {};
}

constexpr kit_test probes[] = {
    {"probe.scores", "Every beginning of every sample gets a score from 0 to 100, and no octet behind it is touched.", scores},
    {"probe.pure", "Asked again, in another order, the probe gives the same scores.", pure},
    {"probe.threads", "Probes of several threads give the same scores.", threads},
    {"probe.own", "Its own samples are recognised as its own.", own},
    {"probe.confusion", "It claims no sample of another installed format, and no other format claims one of its own.", confusion},
    {"split.parts", "The parts that split cuts, read one by one, hold the documents of the whole.", parts},
    {"split.prefixes", "Given fewer octets, split asks for more or cuts at the same place, and never behind what it was given.",
     prefixes},
};

}  // namespace

std::span<const kit_test> probe_tests() { return probes; }

}  // namespace dragoman::hosting

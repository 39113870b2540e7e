#include "kit/fuzz.hpp"

#include "run/stop.hpp"
#include "strings.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace dragoman::hosting {
namespace {

using json = nlohmann::json;
using clock = std::chrono::steady_clock;

constexpr std::uint64_t most_in_a_child = 500;
constexpr std::size_t longest_input = std::size_t{1} << 20;

// SplitMix64: the same numbers everywhere.
class numbers {
public:
  explicit numbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() noexcept {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t bound) noexcept { return bound == 0 ? 0 : static_cast<std::size_t>(next() % bound); }

private:
  std::uint64_t state_;
};

void mutate_once(std::string& text, const std::vector<owned_sample>& samples, numbers& random) {
  static constexpr std::string_view oddities[] = {"\0", "\xFF",       "\xC3", "\xED\xA0\x80",     "\n\n", "\r",  "<", "\"", "\\",
                                                  "{",  "4294967296", "-1",   "\xF0\x9F\x9A\xA2", "]]>",  "&#0;"};
  const std::size_t at = random.below(text.size() + 1), length = random.below(std::min<std::size_t>(text.size() - at, 64) + 1);
  switch (random.below(9)) {
    case 0:
      if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << random.below(8)));
      break;
    case 1: text.erase(at, length); break;
    case 2: text.insert(at, text.substr(random.below(text.size() + 1), length)); break;
    case 3: text.insert(at, oddities[random.below(std::size(oddities))]); break;
    case 4: text.resize(at); break;
    case 5:
      if (at < text.size()) text[at] = static_cast<char>(random.below(256));
      break;
    case 6: {
      const auto& other = samples[random.below(samples.size())].octets;
      text.insert(at, other.substr(random.below(other.size() + 1), random.below(256)));
      break;
    }
    case 7: text.insert(at, std::string(random.below(2000), at < text.size() ? text[at] : 'x')); break;
    default: text.replace(at, length, std::string(length, static_cast<char>(random.below(256)))); break;
  }
  if (text.size() > longest_input) text.resize(longest_input);
}

// What is wrong with how the plugin takes this input; nothing when it is well.
std::string try_input(subject& s, const format_entry& f, const std::string& input) {
  if (f.table->reader->probe != nullptr) {
    dgm_str reason{};
    const auto head = std::string_view(input).substr(0, std::size_t{64} << 10);
    const int score = f.table->reader->probe(head.data(), head.size(), 1, &reason);
    if (score < 0 || score > 100) return "its probe answers " + std::to_string(score);
  }
  const auto r = s.read(f, input, "fuzzed." + std::string(f.suffix()));
  if (!r.problem.empty()) return r.problem;
  if (r.last() != DGM_END && !r.has(level::error)) return "status " + std::to_string(r.last()) + ", and no error";
  if (!f.writes()) return {};
  std::vector<const document*> documents;
  for (const auto& d : r.documents) documents.push_back(&d);
  const auto w = s.write(f, documents);
  if (!w.is_whole() && !w.has(level::error))
    return "written again: status " + std::to_string(w.statuses.back()) + ", and no error";
  return {};
}

std::string run_seeds(const check_plan& plan, progress_note& note, std::uint64_t from, std::uint64_t count,
                      clock::time_point until) {
  std::uint64_t seed = from;
  try {
    subject s(plan, note);
    const auto& samples = s.samples();
    for (; seed < from + count && (clock::now() < until || seed == from); ++seed) {
      const auto input = mutated(samples, seed);
      note.say(std::to_string(seed));
      const auto& f = *samples[numbers(seed).below(samples.size())].format;
      if (auto what = try_input(s, f, input); !what.empty())
        return json{{"next", seed + 1}, {"seed", seed}, {"what", what}}.dump(-1, ' ', false, json::error_handler_t::replace);
    }
    return json{{"next", seed}}.dump();
  } catch (const std::exception& e) {
    return json{{"next", seed}, {"problem", e.what()}}.dump(-1, ' ', false, json::error_handler_t::replace);
  }
}

// The input of a seed, made in a child: samples may have to be written by the plugin.
std::string input_of(const check_plan& plan, std::uint64_t seed) {
  progress_note note;
  return run_in_child(
             [&] {
               subject s(plan, note);
               return mutated(s.samples(), seed);
             },
             {})
      .octets;
}

}  // namespace

std::string mutated(const std::vector<owned_sample>& samples, std::uint64_t seed) {
  numbers random(seed);
  std::string text = samples[random.below(samples.size())].octets;
  for (std::size_t n = 1 + random.below(8); n > 0; --n) mutate_once(text, samples, random);
  return text;
}

fuzz_result fuzz_plugin(const check_plan& plan, const fuzz_choice& choice,
                        const std::function<void(const fuzz_finding&)>& found) {
  fuzz_result out;
  const auto until = clock::now() + std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(choice.seconds));
  std::uint64_t seed = choice.only.value_or(choice.first_seed);
  progress_note note;
  child_limits limits;
  do {
    const std::uint64_t count = choice.only ? 1 : most_in_a_child;
    const auto batch_until = std::min(until, clock::now() + std::chrono::seconds(5));
    limits.seconds = 5 + choice.input_seconds;
    note.say("");
    const auto c = run_in_child([&] { return run_seeds(plan, note, seed, count, batch_until); }, limits);
    if (c.how == child_result::end::stopped) break;
    std::uint64_t at = seed;
    const auto said = note.said();
    if (c.how != child_result::end::returned) {
      const auto [end, problem] = std::from_chars(said.data(), said.data() + said.size(), at);
      if (problem != std::errc() || end != said.data() + said.size()) {
        out.problem = c.reason + " while " + said;
        return out;
      }
      found({at, c.how == child_result::end::timed_out ? "no end" : c.reason, input_of(plan, at)});
      out.inputs += at + 1 - seed;
      seed = at + 1;
      continue;
    }
    const auto told = json::parse(c.octets, nullptr, false);
    if (!told.is_object() || told.contains("problem")) {
      out.problem = told.is_object() ? told.at("problem").get<std::string>() : "the child said nothing";
      return out;
    }
    if (told.contains("seed"))
      found({told.at("seed").get<std::uint64_t>(), told.at("what").get<std::string>(),
             input_of(plan, told.at("seed").get<std::uint64_t>())});
    const auto next = told.at("next").get<std::uint64_t>();
    out.inputs += next - seed;
    seed = next;
  } while (!choice.only && clock::now() < until && !stop_flag());
  return out;
}

}  // namespace dragoman::hosting

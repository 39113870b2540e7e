// Questions about readers: what they tell, and what they do when input or sink fail.
#include "kit/kit.hpp"
#include "kit/surroundings.hpp"

#include "strings.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace dragoman::hosting {
namespace {

std::string said(const reading& r) {
  for (const auto& f : r.findings)
    if (f.severity == level::error) return f.text + " [" + f.code + "]";
  return "it does not say why";
}

// Why two readings of one input are not the same, or nothing.
std::string difference(const reading& a, const reading& b) {
  if (a.documents.size() != b.documents.size())
    return fmt::format("{} documents, and then {}", a.documents.size(), b.documents.size());
  for (std::size_t i = 0; i < a.documents.size(); ++i)
    if (const auto path = first_difference(a.documents[i].root(), b.documents[i].root()))
      return fmt::format("document {} differs at {}", i + 1, *path);
  const auto codes = [](const reading& r) {
    std::vector<std::string> out;
    for (const auto& f : r.findings) out.push_back(f.code + " " + f.text);
    return out;
  };
  if (codes(a) != codes(b)) return "the diagnostics differ";
  return {};
}

std::string reads(subject& s) {
  for (const auto& sample : s.samples()) {
    s.doing("sample " + sample.name + " is read");
    const auto r = s.read(*sample.format, sample.octets, sample.name);
    if (!r.problem.empty()) throw test_failed(sample.name + ": " + r.problem);
    if (!r.is_whole()) throw test_failed(fmt::format("{}: status {}: {}", sample.name, r.last(), said(r)));
    if (r.documents.empty()) throw test_failed(sample.name + ": it holds no document, it says");
    for (const auto& d : r.documents) {
      const auto kind = d.root()["kind"].text();
      if (d.root()["id"].text().empty()) throw test_failed(sample.name + ": a document without an id");
      if (!d.is_collection() && kind != "cable" && kind != "document")
        throw test_failed(sample.name + ": a document of no known kind");
    }
  }
  return {};
}

std::string repeatable(subject& s) {
  for (const auto& sample : s.samples()) {
    s.doing("sample " + sample.name + " is read twice");
    const auto first = s.read(*sample.format, sample.octets, sample.name);
    const auto why = difference(first, s.read(*sample.format, sample.octets, sample.name));
    if (!why.empty()) throw test_failed(sample.name + ": " + why);
  }
  return {};
}

std::string parts(subject& s) {
  bool is_any_read_so = false;
  for (const auto& sample : s.samples()) {
    s.doing(sample.name + " is read in parts");
    const auto in_parts = s.read_in_parts(*sample.format, sample.octets, sample.name);
    if (!in_parts) continue;
    is_any_read_so = true;
    const auto why = difference(s.read(*sample.format, sample.octets, sample.name), *in_parts);
    if (!why.empty()) throw test_failed(sample.name + " in parts: " + why);
  }
  if (!is_any_read_so) throw test_skipped("it reads no sample in parts");
  return {};
}

// Codes that the SDK reports in a plugin's name need no declaration.
bool is_declared(const subject& s, const std::string& code) {
  return code.starts_with("plugin.") || code.starts_with("input.") || code.starts_with("nested.") ||
         code.starts_with("format.") || s.all().declared(code) != nullptr;
}

std::string codes(subject& s) {
  for (const auto& sample : s.samples()) {
    s.doing("the diagnostics of " + sample.name);
    std::string cut = sample.octets.substr(0, sample.octets.size() / 2);
    for (const std::string& octets : {sample.octets, cut, std::string("\x01\x02 not of this format")})
      for (const auto& f : s.read(*sample.format, octets, sample.name).findings)
        if (!is_declared(s, f.code)) throw test_failed(fmt::format("{}: code {} is not declared", sample.name, f.code));
  }
  return {};
}

std::string places(subject& s) {
  for (const auto& sample : s.samples()) {
    s.doing("the places in " + sample.name);
    const auto r = s.read(*sample.format, sample.octets, sample.name);
    const auto size = static_cast<std::int64_t>(sample.octets.size());
    for (const auto& f : r.findings)
      if (!sample.format->has(DGM_ARCHIVE) && (f.offset > size || (f.offset >= 0 && f.length > size - f.offset)))
        throw test_failed(
            fmt::format("{}: {} is said of octet {}, length {}, of {}", sample.name, f.code, f.offset, f.length, size));
    for (const auto& d : r.documents) {
      const node source = d.root()["source"]["octets"];
      const std::uint64_t end_of_source = source ? source.text().size() : sample.octets.size();
      walk(
          d.root(),
          [&](node n) {
            std::uint64_t begin = 0, end = 0;
            if (n.source_span(begin, end) && (begin > end || end > end_of_source))
              throw test_failed(fmt::format("{}: {} is said to come from octets {} to {} of {}", sample.name, n.name(), begin,
                                            end, end_of_source));
          },
          [](node) {});
    }
  }
  return {};
}

std::string pieces(subject& s) {
  for (const auto& sample : s.samples()) {
    const auto whole = s.read(*sample.format, sample.octets, sample.name);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
      if (piece == 1 && sample.octets.size() > (std::size_t{4} << 20)) continue;
      s.doing(fmt::format("{} is read in pieces of {}", sample.name, piece));
      const lent_input input(sample.octets, sample.name, {piece, false, true, never});
      if (const auto why = difference(whole, s.read(*sample.format, *input.table())); !why.empty())
        throw test_failed(fmt::format("{} in pieces of {} octets: {}", sample.name, piece, why));
    }
  }
  return {};
}

std::string stream(subject& s) {
  std::string remark;
  for (const auto& sample : s.samples()) {
    const auto whole = s.read(*sample.format, sample.octets, sample.name);
    s.doing(sample.name + " is read from an input that cannot seek");
    const lent_input input(sample.octets, sample.name, {4096, false, false, never});
    const auto r = s.read(*sample.format, *input.table());
    if (r.last() < 0 && r.documents.empty()) {  // it may refuse, with a reason
      if (!r.has(level::error) && r.last() != DGM_IO) throw test_failed(sample.name + ": refused, and it does not say why");
      remark = std::string(sample.format->id()) + " refuses what cannot seek";
      continue;
    }
    if (const auto why = difference(whole, r); !why.empty())
      throw test_failed(sample.name + " from an input that cannot seek: " + why);
  }
  return remark;
}

std::string input_fails(subject& s) {
  const auto& samples = s.samples();
  s.shared_by(samples.size());
  for (const auto& sample : samples)
    s.each(sample.octets.size(), [&](std::uint64_t k) {
      s.doing(fmt::format("reading octet {} of {} fails", k, sample.name));
      const lent_input input(sample.octets, sample.name, {512, false, true, k});
      const auto r = s.read(*sample.format, *input.table());
      if (!input.has_failed()) return;  // it did not want that octet
      const bool gave_up =
          std::any_of(r.statuses.begin(), r.statuses.end(), [](dgm_status st) { return st < 0; }) || r.opened < 0;
      if (!gave_up)
        throw test_failed(fmt::format("{}: octet {} could not be read, and it says that all is well", sample.name, k));
      if (r.last() != DGM_IO && !r.has(level::error))
        throw test_failed(
            fmt::format("{}: octet {} could not be read: status {} instead of DGM_IO, and no error", sample.name, k, r.last()));
    });
  return {};
}

std::string truncated(subject& s) {
  const auto& samples = s.samples();
  s.shared_by(samples.size());
  for (const auto& sample : samples)
    s.each(sample.octets.size(), [&](std::uint64_t length) {
      s.doing(fmt::format("{} is cut off at {}", sample.name, length));
      const auto r = s.read(*sample.format, std::string_view(sample.octets).substr(0, length), sample.name);
      if (!r.problem.empty()) throw test_failed(fmt::format("{} cut off at {}: {}", sample.name, length, r.problem));
      if (r.last() != DGM_END && !r.has(level::error))
        throw test_failed(fmt::format("{} cut off at {}: status {}, and no error", sample.name, length, r.last()));
    });
  return {};
}

std::string sink_fails(subject& s) {
  const auto& samples = s.samples();
  s.shared_by(samples.size());
  for (const auto& sample : samples) {
    reading_manner counted;
    const lent_input whole(sample.octets, sample.name);
    s.read(*sample.format, *whole.table(), &counted);
    s.each(counted.calls, [&](std::uint64_t k) {
      s.doing(fmt::format("the sink fails at call {} of {}", k, sample.name));
      reading_manner how;
      how.sink_fails_at = k;
      s.ask_to_stop(true);  // a status that every level hands on
      const lent_input input(sample.octets, sample.name);
      const auto r = s.read(*sample.format, *input.table(), &how);
      s.ask_to_stop(false);
      if (how.calls <= k) return;
      if (how.calls_after != 0)
        throw test_failed(
            fmt::format("{}: the sink failed at call {}, and was called {} times more", sample.name, k, how.calls_after));
      if (r.last() != DGM_CANCEL)
        throw test_failed(
            fmt::format("{}: the sink answered {} at call {}, and next answered {}", sample.name, int{DGM_CANCEL}, k, r.last()));
    });
  }
  return {};
}

std::string cancelled(subject& s) {
  for (const auto& sample : s.samples()) {
    s.doing("it is asked to stop while it reads " + sample.name);
    s.ask_to_stop(true);
    const auto r = s.read(*sample.format, sample.octets, sample.name);
    s.ask_to_stop(false);
    if (r.last() != DGM_CANCEL && r.last() != DGM_END)
      throw test_failed(fmt::format("{}: asked to stop, it answers {}", sample.name, r.last()));
    if (r.has(level::error)) throw test_failed(sample.name + ": asked to stop, it reports an error: " + said(r));
  }
  return {};
}

std::string closed_early(subject& s) {
  for (const auto& sample : s.samples()) {
    const auto whole = s.read(*sample.format, sample.octets, sample.name);
    s.each(std::min<std::size_t>(whole.documents.size() + 1, 50), [&](std::uint64_t count) {
      s.doing(fmt::format("a session on {} is closed after {} documents", sample.name, count));
      reading_manner how;
      how.most_documents = count;
      const lent_input input(sample.octets, sample.name);
      s.read(*sample.format, *input.table(), &how);
    });
  }
  return {};
}

std::string empty(subject& s) {
  for (const auto* f : s.readers())
    for (const std::string_view octets : {std::string_view(""), std::string_view("\n"), std::string_view("\0", 1),
                                          std::string_view("\xEF\xBB\xBF"), std::string_view("\xFF\xFE\xFF")}) {
      s.doing(fmt::format("{} reads an input of {} octets", f->id(), octets.size()));
      const auto r = s.read(*f, octets, "almost-nothing");
      if (!r.problem.empty()) throw test_failed(fmt::format("format {}, {} octets: {}", f->id(), octets.size(), r.problem));
      if (r.last() != DGM_END && !r.has(level::error))
        throw test_failed(fmt::format("format {}, {} octets: status {}, and no error", f->id(), octets.size(), r.last()));
    }
  return {};
}

std::string surroundings(subject& s) {
  const auto& samples = s.samples();
  std::vector<reading> before;
  for (const auto& sample : samples) before.push_back(s.read(*sample.format, sample.octets, sample.name));
  s.doing("it reads elsewhere, later, in another language");
  change_surroundings();
  for (std::size_t i = 0; i < samples.size(); ++i)
    if (const auto why = difference(before[i], s.read(*samples[i].format, samples[i].octets, samples[i].name)); !why.empty())
      throw test_failed(samples[i].name + ": " + why);
  return {};
}

constexpr kit_test tests[] = {
    {"reader.reads", "Each sample is read to its end: balanced events, text in UTF-8, whole documents with an id.", reads},
    {"reader.repeatable", "Read twice, a sample gives the same documents and diagnostics.", repeatable},
    {"reader.codes", "Every diagnostic carries a code that a table declares.", codes},
    {"reader.places", "Every place that it tells lies inside the octets that it was given.", places},
    {"reader.pieces", "The same comes out when the input lends one octet a read.", pieces},
    {"reader.parts", "Read in the parts that it offers, a sample gives the same documents and diagnostics.", parts},
    {"reader.stream", "An input that cannot seek gives the same, or is refused with a reason.", stream},
    {"reader.input-fails", "When octet k cannot be read, it says so, for every k.", input_fails},
    {"reader.truncated", "A sample that is cut off anywhere is read or refused with an error.", truncated},
    {"reader.sink-fails", "When call k of the sink fails, it calls no more and hands the status back, for every k.", sink_fails},
    {"reader.cancelled", "Asked to stop, it stops or comes to its end, and calls that no error.", cancelled},
    {"reader.closed-early", "A session can be closed before its end.", closed_early},
    {"reader.empty", "Next to nothing is no document, or refused with an error.", empty},
    {"reader.surroundings", "What it reads depends on no clock, locale, time zone, folder or environment.", surroundings},
};

}  // namespace

std::span<const kit_test> reader_tests() { return tests; }

}  // namespace dragoman::hosting

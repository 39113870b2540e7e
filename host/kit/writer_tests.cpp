// Questions about writers: that they write, always the same, lose nothing in silence, and say when the output fails.
#include "kit/kit.hpp"
#include "kit/surroundings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace dragoman::hosting {
namespace {

std::string said(const writing& w) {
  for (const auto& f : w.findings)
    if (f.severity == level::error) return f.text + " [" + f.code + "]";
  return "it does not say why";
}

bool is_refused(const writing& w) {
  return std::any_of(w.statuses.begin(), w.statuses.end(), [](dgm_status st) { return st == DGM_SKIP; }) && w.has(level::error);
}

writing write_one(subject& s, const format_entry& f, const document& d, const dgm_output* to = nullptr) {
  return s.write(f, {&d}, to);
}

// What each writer makes of each document, one output a document.
std::vector<writing> write_all(subject& s) {
  std::vector<writing> out;
  for (const auto* f : s.writers())
    for (const auto& d : s.documents()) {
      s.doing(fmt::format("{} writes {}", f->id(), d.name));
      out.push_back(write_one(s, *f, d.what));
    }
  return out;
}

std::string writes(subject& s) {
  std::string remark;
  for (const auto* f : s.writers()) {
    std::size_t written = 0;
    for (const auto& d : s.documents()) {
      s.doing(fmt::format("{} writes {}", f->id(), d.name));
      const auto w = write_one(s, *f, d.what);
      if (is_refused(w)) {
        remark = fmt::format("{} refuses {}: {}", f->id(), d.name, said(w));
        continue;
      }
      if (!w.is_whole()) throw test_failed(fmt::format("{}: {}: status {}: {}", f->id(), d.name, w.statuses.back(), said(w)));
      if (w.octets.empty() && !w.has(level::loss)) throw test_failed(fmt::format("{}: {}: nothing was written", f->id(), d.name));
      ++written;
    }
    if (written == 0) throw test_failed(fmt::format("{} writes none of {} documents", f->id(), s.documents().size()));
  }
  return remark;
}

std::string codes(subject& s) {
  for (const auto& w : write_all(s))
    for (const auto& f : w.findings)
      if (!f.code.starts_with("plugin.") && s.all().declared(f.code) == nullptr)
        throw test_failed("code " + f.code + " is not declared");
  return {};
}

void compare(const std::vector<writing>& a, const std::vector<writing>& b, const char* when) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].octets == b[i].octets) continue;
    const auto at =
        std::mismatch(a[i].octets.begin(), a[i].octets.end(), b[i].octets.begin(), b[i].octets.end()).first - a[i].octets.begin();
    throw test_failed(fmt::format("{} other octets come out, from octet {} on", when, at));
  }
}

std::string repeatable(subject& s) {
  const auto first = write_all(s);
  compare(first, write_all(s), "written again,");
  return {};
}

std::string surroundings(subject& s) {
  const auto before = write_all(s);
  s.doing("it writes elsewhere, later, in another language");
  change_surroundings();
  compare(before, write_all(s), "elsewhere, later, in another language");
  return {};
}

std::string pieces(subject& s) {
  for (const auto* f : s.writers())
    for (const auto& d : s.documents()) {
      s.doing(fmt::format("{} writes {}, which was told in pieces", f->id(), d.name));
      const auto again = told_in_pieces(d.what);
      if (again.flags() != d.what.flags()) continue;
      if (write_one(s, *f, d.what).octets != write_one(s, *f, again).octets)
        throw test_failed(fmt::format("{}: {} is written otherwise when its text was told in pieces", f->id(), d.name));
    }
  return {};
}

using losses = std::multiset<std::string>;
losses losses_of(const writing& w) {
  losses out;
  for (const auto& f : w.findings)
    if (f.severity == level::loss) out.insert(f.code + " " + f.text);
  return out;
}

bool is_kept(subject& s, const format_entry& f, const writing& w, const std::string& mark) {
  if (!f.reads()) {
    std::string lower = w.octets;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return lower.find(mark) != std::string::npos;
  }
  const auto back = s.read(f, w.octets, "written." + std::string(f.suffix()));
  return std::any_of(back.documents.begin(), back.documents.end(), [&](const document& d) { return has_mark(d.root(), mark); });
}

std::string names_losses(subject& s) {
  const document plain = plain_document();
  const auto marked = marked_documents();
  for (const auto* f : s.writers()) {
    const auto usual = losses_of(write_one(s, *f, plain));
    if (f->has(DGM_VIEW) && usual.empty())
      throw test_failed(fmt::format("{} shows a part of each document, and does not say so with a loss", f->id()));
    for (const auto& m : marked) {
      s.doing(fmt::format("{} writes {}", f->id(), m.what));
      if (m.by_lossless_only && !f->has(DGM_LOSSLESS)) continue;
      const auto w = write_one(s, *f, m.content);
      if (f->has(DGM_VIEW)) {  // its one loss stands for all that it does not show, in every output
        if (losses_of(w) != usual && !w.has(level::error))
          throw test_failed(fmt::format("{} shows {} or not, and names another loss than for others", f->id(), m.what));
        continue;
      }
      if (w.has(level::error) || is_kept(s, *f, w, m.mark)) continue;
      const auto now = losses_of(w);
      if (f->has(DGM_LOSSLESS))
        throw test_failed(fmt::format("{} claims to hold everything, and does not keep {}", f->id(), m.what));
      if (now == usual || !std::includes(now.begin(), now.end(), usual.begin(), usual.end())) {
        if (now.size() <= usual.size()) throw test_failed(fmt::format("{} drops {} in silence", f->id(), m.what));
      }
    }
  }
  return {};
}

std::string output_fails(subject& s) {
  const auto formats = s.writers();
  const auto documents = kit_documents();
  s.shared_by(formats.size() * documents.size());
  for (const auto* f : formats)
    for (const auto& d : documents) {
      const auto whole = write_one(s, *f, d.what);
      s.each(whole.octets.size(), [&](std::uint64_t k) {
        s.doing(fmt::format("the output of {} takes {} octets of {}", f->id(), k, d.name));
        kept_output full(k);
        const auto w = write_one(s, *f, d.what, full.table());
        if (!full.has_failed()) return;
        if (w.is_whole())
          throw test_failed(
              fmt::format("{}: the output took {} octets of {}, and it says that all is well", f->id(), k, whole.octets.size()));
        if (w.statuses.back() != DGM_IO && !w.has(level::error))
          throw test_failed(fmt::format("{}: the output failed at octet {}: status {} instead of DGM_IO, and no error", f->id(),
                                        k, w.statuses.back()));
      });
    }
  return {};
}

std::string closed_early(subject& s) {
  for (const auto* f : s.writers()) {
    for (const auto& d : s.documents()) {
      s.doing(fmt::format("a session of {} is closed without finish", f->id()));
      session_host host(s.env(), *f, nullptr, false, 0, nullptr);
      host.about(std::make_shared<origin>());
      kept_output out;
      void* session = nullptr;
      if (f->table->writer->open(host.table(), out.table(), &session) < 0)
        throw test_failed(fmt::format("{} does not open", f->id()));
      const node root = d.what.root();
      const dgm_document lent{sizeof(dgm_document), 0, root.table(), root.raw(), nullptr, nullptr, 0};
      f->table->writer->write(session, &lent);
      f->table->writer->close(session);
    }
    s.doing(fmt::format("{} finishes without a document", f->id()));
    const auto w = s.write(*f, {});
    if (!w.is_whole() && !w.has(level::error) && w.statuses.back() != DGM_SKIP)
      throw test_failed(fmt::format("{} without a document: status {}, and no error", f->id(), w.statuses.back()));
  }
  return {};
}

std::string standalone(subject& s) {
  std::size_t compared = 0;
  for (const auto* f : s.writers()) {
    if (!f->has(DGM_STANDALONE)) continue;
    std::vector<const document*> documents;
    std::string apart;
    for (const auto& d : s.documents()) {
      s.doing(fmt::format("{} writes {} in a session of its own", f->id(), d.name));
      const auto w = write_one(s, *f, d.what);
      if (!w.is_whole()) continue;
      if (w.before_finish != w.octets.size())
        throw test_failed(fmt::format("{} stands for itself, and {} is not all written before finish", f->id(), d.name));
      documents.push_back(&d.what);
      apart += w.octets;
    }
    s.doing(fmt::format("{} writes {} documents in one session", f->id(), documents.size()));
    if (s.write(*f, documents).octets != apart)
      throw test_failed(
          fmt::format("{} stands for itself, and documents are written otherwise when others came before", f->id()));
    ++compared;
  }
  if (compared == 0) throw test_skipped("no format of it says that its documents stand for themselves");
  return {};
}

constexpr kit_test tests[] = {
    {"writer.writes", "Documents are written: rich ones, empty ones, awkward texts; or refused with an error.", writes},
    {"writer.codes", "Every diagnostic carries a code that a table declares.", codes},
    {"writer.repeatable", "Written again, a document gives the same octets.", repeatable},
    {"writer.surroundings", "What it writes depends on no clock, locale, time zone, folder or environment.", surroundings},
    {"writer.pieces", "A document that was told in small pieces gives the same octets.", pieces},
    {"writer.losses", "Whatever it does not write, it names with a loss: unknown elements, attributes, members, and known ones.",
     names_losses},
    {"writer.output-fails", "When the output takes no more at octet k, it says so, for every k.", output_fails},
    {"writer.closed-early", "A session can be closed without finish, and finished without a document.", closed_early},
    {"writer.standalone", "Where documents are said to stand for themselves, several sessions write what one does.", standalone},
};

}  // namespace

std::span<const kit_test> writer_tests() { return tests; }

}  // namespace dragoman::hosting

#include "sessions/document_reader.hpp"

#include "plugins/fake_formats.hpp"

#include <gtest/gtest.h>

namespace dragoman::hosting {
namespace {

// Reads everything; documents as "ID@NAME", pristine ones with "*", failures as "!CODE@NAME/STAGE".
struct told {
  std::string events;
  std::vector<finding> findings;
};

told read(fake::world& w, const dgm_format& table, std::string_view text, const char* name = "in") {
  const format_entry format{&table, &fake::lines_plugin, "test@1"};
  auto from = std::make_shared<origin>();
  from->name = from->display = name;
  from->content = octets::of_memory(text);
  told out;
  const auto add = [&](const std::string& s) { out.events += (out.events.empty() ? "" : " ") + s; };
  document_reader reader(w.env, format, from, [&](const origin& about, const finding& f) {
    out.findings.push_back(f);
    locate(out.findings.back(), about);
  });
  for (bool more = true; more;) {
    auto s = reader.next();
    more = s.more;
    for (const auto& f : s.failures) add("!" + f.reason.code + "@" + f.where->name + "/" + f.stage);
    if (s.found) add(std::string(s.found.root()["id"].text()) + "@" + s.from->name + (s.pristine ? "*" : ""));
  }
  return out;
}

// A reader table of one next function, for answers that no SDK gives.
template <dgm_status (*Next)(const dgm_sink*) noexcept, bool NullSession = false, dgm_status Open = DGM_OK>
const dgm_format& format_of() {
  static constexpr dgm_reader reader{sizeof(dgm_reader),
                                     nullptr,
                                     [](const dgm_host*, const dgm_input*, void** session) noexcept -> dgm_status {
                                       static int one;
                                       *session = NullSession ? nullptr : &one;
                                       return Open;
                                     },
                                     [](void*, const dgm_sink* sink) noexcept -> dgm_status { return Next(sink); },
                                     [](void*) noexcept {},
                                     nullptr};
  static constexpr dgm_format format{sizeof(dgm_format),
                                     0,
                                     "odd",
                                     "Odd",
                                     fake::lines_suffixes,
                                     fake::types,
                                     nullptr,
                                     0,
                                     nullptr,
                                     0,
                                     nullptr,
                                     0,
                                     &reader,
                                     nullptr,
                                     nullptr,
                                     0};
  return format;
}

TEST(DocumentReader, OneBadDocumentCostsOneDocument) {
  fake::world w;
  const auto t = read(w, fake::lines, "a one\n! bad\nb two\n");
  EXPECT_EQ(t.events, "a@in* !lines.bad@in/read b@in*");
  ASSERT_EQ(t.findings.size(), 1u);
  EXPECT_EQ(t.findings[0].line, 2u);
  EXPECT_EQ(t.findings[0].column, 1u);
}

TEST(DocumentReader, JudgesEveryStatus) {
  const auto events = [](const char* status) {
    fake::world w;
    return read(w, fake::lines, "a one\n@" + std::string(status) + "\nb two\n").events;
  };
  EXPECT_EQ(events("-1"), "a@in* !plugin.unexplained@in/read b@in*");  // skip: go on
  EXPECT_EQ(events("-2"), "a@in* !plugin.unexplained@in/read");
  EXPECT_EQ(events("-3"), "a@in* !plugin.contract@in/read");  // cancelled, and nobody asked
  EXPECT_EQ(events("-4"), "a@in* !plugin.unexplained@in/read");
  EXPECT_EQ(events("-5"), "a@in* !plugin.memory@in/read");
  EXPECT_EQ(events("-77"), "a@in* !plugin.contract@in/read");
  EXPECT_EQ(events("42"), "a@in* !plugin.contract@in/read");
  EXPECT_EQ(events("1"), "a@in*");  // the end
}

dgm_status nothing(const dgm_sink*) noexcept { return DGM_OK; }
dgm_status skips(const dgm_sink*) noexcept { return DGM_SKIP; }
dgm_status ends_inside(const dgm_sink* s) noexcept {
  s->open(s->ctx, DGM_MAP, span("document"));
  return DGM_END;
}
dgm_status wrong_events(const dgm_sink* s) noexcept {
  s->close(s->ctx);
  return DGM_FATAL;
}
dgm_status without_kind(const dgm_sink* s) noexcept {
  s->open(s->ctx, DGM_MAP, span("document"));
  s->close(s->ctx);
  return DGM_OK;
}

TEST(DocumentReader, ReadersThatGoInCirclesAreStopped) {
  fake::world w;
  EXPECT_NE(read(w, format_of<nothing>(), "x").events.find("!plugin.stuck@in/read"), std::string::npos);
  EXPECT_NE(read(w, format_of<skips>(), "x").events.find("!plugin.stuck@in/read"), std::string::npos);
}

TEST(DocumentReader, NamesWhatIsWrongWithEvents) {
  fake::world w;
  EXPECT_EQ(read(w, format_of<ends_inside>(), "x").events, "!plugin.contract@in/read");
  const auto t = read(w, format_of<wrong_events>(), "x");
  EXPECT_EQ(t.events, "!plugin.contract@in/read");
  ASSERT_FALSE(t.findings.empty());
  bool named = false;
  for (const auto& f : t.findings) named |= f.text.find("test@1: close: nothing is open") != std::string::npos;
  EXPECT_TRUE(named);
  EXPECT_NE(read(w, format_of<without_kind>(), "x").findings.at(0).text.find("without an id"), std::string::npos);
}

TEST(DocumentReader, SurvivesSessionsThatAreNone) {
  fake::world w;
  EXPECT_EQ((read(w, format_of<nothing, true>(), "x").events), "!plugin.contract@in/read");
  EXPECT_EQ((read(w, format_of<nothing, false, -99>(), "x").events), "!plugin.contract@in/read");
  EXPECT_EQ((read(w, format_of<nothing, false, 5>(), "x").events), "!plugin.contract@in/read");
  EXPECT_EQ((read(w, format_of<nothing, false, DGM_NOMEM>(), "x").events), "!plugin.memory@in/read");
}

TEST(DocumentReader, StopsWhenAsked) {
  fake::world w;
  w.stop = true;
  EXPECT_EQ(read(w, fake::lines, "@-3\n").events, "");
}

TEST(DocumentReader, DropsSourcesOnRequest) {
  fake::world w;
  w.env.drop_source = true;
  EXPECT_EQ(read(w, fake::lines, "a one\n").events, "a@in");
}

TEST(Nested, DocumentsComeFromTheirEntries) {
  fake::world w;
  const auto t = read(w, fake::crate, "crate\nfirst\na one\nb two\n--\nsecond\nc three");
  EXPECT_EQ(t.events, "a@first* b@first* c@second*");
}

TEST(Nested, AnEntryThatFailsCostsThatEntry) {
  fake::world w;
  const auto t = read(w, fake::crate, "crate\nfirst\n! bad\nb two\n--\nunknown\n1234\n--\nempty\n\n--\nlast\nc three");
  EXPECT_EQ(t.events, "!lines.bad@first/read b@first* !format.unknown@unknown/identify !input.empty@empty/identify c@last*");
}

TEST(Nested, WrongEventsOfAnEntryDoNotEndTheArchive) {
  fake::world w;
  // A second reader whose events are wrong, recognised by its magic.
  static constexpr dgm_magic magic[] = {{95, 0, 3, "ODD"}};
  static dgm_format odd = format_of<wrong_events>();
  odd.magic = magic;
  odd.magic_count = 1;
  static const dgm_format* formats[] = {&odd, nullptr};
  static const dgm_plugin plugin{sizeof(dgm_plugin), DGM_ABI, "org.example.odd", "1", "MIT", DGM_MODEL, formats};
  w.formats.add(&plugin, "odd.dgm");
  const auto t = read(w, fake::crate, "crate\nfirst\nODD\n--\nlast\nc three");
  EXPECT_EQ(t.events, "!plugin.contract@first/read c@last*");
  EXPECT_NE(t.findings.at(0).text.find("org.example.odd@1"), std::string::npos);
}

TEST(Nested, DepthIsBounded) {
  fake::world w;
  const auto t = read(w, fake::crate, "crate\nA\ncrate\nB\ncrate\nC\ncrate\nD\ncrate\nE\ncrate\nF\na one");
  EXPECT_NE(t.events.find("!nested.depth@E/read"), std::string::npos) << t.events;
}

TEST(Nested, EntriesAreNamedBelowTheirArchive) {
  fake::world w;
  std::string display;
  const format_entry format{&fake::crate, &fake::lines_plugin, "test@1"};
  auto from = std::make_shared<origin>();
  from->name = "x.crate";
  from->display = "dir/x.crate";
  from->content = octets::of_memory("crate\ne.lines\na\n!");
  std::uint32_t line = 0;
  document_reader reader(w.env, format, from, [&](const origin& about, const finding& f) {
    display = about.display;
    line = f.line;
  });
  while (reader.next().more) continue;
  EXPECT_EQ(display, "dir/x.crate/e.lines");
  EXPECT_EQ(line, 2u);
}

// A format that this class reads.
template <class R>
const dgm_format& read_by() {
  static const dgm_format format = [] {
    dgm_format f = format_of<nothing>();
    f.reader = &reader_table<R>::value;
    return f;
  }();
  return format;
}

// A reader that tells its dialect before a document, and once a value that is no word.
class dialect_reader {
public:
  dialect_reader(host services, input) : services_(services) {}
  bool next(builder& out) {
    if (++told_ > 3) return false;
    if (told_ != 2)
      services_.fact(DGM_FACT_DIALECT, [&] { return told_ == 1 ? std::string_view("form-1") : std::string_view("no word\n"); });
    services_.fact("another", [] { return std::string_view("fact"); });
    out.map("document").value("id", "a").value("kind", "cable").close();
    return true;
  }

private:
  host services_;
  int told_ = 0;
};

TEST(DocumentReader, ADialectIsThatOfOneDocumentAndToldWhenSomebodyAsks) {
  const format_entry format{&read_by<dialect_reader>(), &fake::lines_plugin, "test@1"};
  for (const bool wanted : {true, false}) {
    fake::world w;
    w.env.wants_facts = wanted;
    auto from = std::make_shared<origin>();
    from->content = octets::of_memory("x");
    document_reader documents(w.env, format, from, nullptr);
    EXPECT_EQ(documents.next().dialect, wanted ? "form-1" : "");
    EXPECT_EQ(documents.next().dialect, "");
    EXPECT_EQ(documents.next().dialect, "") << "it is shown to people as one word";
  }
}

// Tells "0", "1", ... in as many parts as its input says; "fail" at its end: the part 1 does not open.
struct divided_reader {
  divided_reader(host h, input in) : host_(h) {
    std::string storage;
    const std::string text(in.all(storage, 100));
    if (text == "no session") throw unusable("divided.session", "no session");
    count_ = std::stoull(text);
    fails_ = text.ends_with("fail");
  }
  divided_reader(const divided_reader& whole, std::uint64_t number, host h) : host_(h), at_(number), count_(number + 1) {
    if (whole.fails_ && number == 1) throw unusable("divided.part", "it does not open");
  }
  bool next(builder& out) {
    if (at_ == count_) return false;
    out.map("document").value("id", std::to_string(at_++)).value("kind", "cable").close();
    return true;
  }
  std::uint64_t parts() const { return count_; }
  divided_reader part(std::uint64_t number, host h) const { return {*this, number, h}; }

private:
  host host_;
  std::uint64_t at_ = 0, count_ = 0;
  bool fails_ = false;
};

TEST(DocumentReader, ReadsInPartsOrOnByItself) {
  const format_entry format{&read_by<divided_reader>(), &fake::lines_plugin, "test@1"};
  const auto told = [&](std::string_view text) {
    fake::world w;
    auto from = std::make_shared<origin>();
    from->content = octets::of_memory(text);
    std::string out;
    const auto tell = [&](document_reader& documents) {
      for (bool more = true; more;) {
        const auto s = documents.next();
        more = s.more && out.size() < 100;
        for (const auto& f : s.failures) out += " !" + f.reason.code;
        if (s.found) out += " " + std::string(s.found.root()["id"].text());
      }
    };
    document_reader whole(w.env, format, from, nullptr);
    const auto parts = whole.parts();
    out = std::to_string(parts) + ":";
    if (parts < 2) tell(whole);
    for (std::uint64_t number = parts; parts > 1 && number-- > 0;) {
      document_reader part(whole, number, nullptr);
      tell(part);
    }
    return out;
  };
  EXPECT_EQ(told("3"), "3: 2 1 0");
  EXPECT_EQ(told("1"), "1: 0");
  EXPECT_EQ(told("0"), "0:");
  EXPECT_EQ(told("3 fail"), "3: 2 !divided.part 0");
  EXPECT_EQ(told("no session"), "0: !divided.session");
  EXPECT_EQ(told("18446744073709551615").substr(0, 10), "0: 0 1 2 3") << "nobody has so many: it reads on by itself";
}

}  // namespace
}  // namespace dragoman::hosting

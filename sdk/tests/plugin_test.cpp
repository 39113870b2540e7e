// The C++ comfort: what is thrown inside becomes a status and a diagnostic outside, and handles say what the host says.
#include <dragoman/testing.hpp>

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>
#include <string>

namespace dragoman {
namespace {

// -- the boundary -------------------------------------------------------------------------------------------------
template <class F>
std::pair<dgm_status, std::vector<testing::diagnostic>> guarded(F&& f) {
  testing::recording_host services;
  const dgm_status status = guard(host{services.table()}, std::forward<F>(f));
  return {status, services.diagnostics};
}

TEST(Guard, HandsOnAStatusThatWasThrownAndSaysNothing) {
  const auto [status, said] = guarded([]() -> dgm_status { throw stop{DGM_CANCEL}; });
  EXPECT_EQ(status, DGM_CANCEL);
  EXPECT_TRUE(said.empty());
}

TEST(Guard, AnUnusableDocumentIsAnErrorWithItsPlaceAndSkipped) {
  const auto [status, said] = guarded([]() -> dgm_status { throw unusable("x.bad", "it is bad", {7, 2, 3, 4}); });
  EXPECT_EQ(status, DGM_SKIP);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].level, severity::error);
  EXPECT_EQ(said[0].code, "x.bad");
  EXPECT_EQ(said[0].text, "it is bad");
  EXPECT_EQ(said[0].where.offset, 7);
  EXPECT_EQ(said[0].where.length, 2);
  EXPECT_EQ(said[0].where.line, 3u);
  EXPECT_EQ(said[0].where.column, 4u);
}

TEST(Guard, OtherExceptionsEndTheSession) {
  const auto [memory, said_of_memory] = guarded([]() -> dgm_status { throw std::bad_alloc(); });
  EXPECT_EQ(memory, DGM_NOMEM);
  EXPECT_EQ(said_of_memory.at(0).code, "plugin.memory");
  const auto [standard, said_of_standard] = guarded([]() -> dgm_status { throw std::logic_error("why"); });
  EXPECT_EQ(standard, DGM_FATAL);
  EXPECT_EQ(said_of_standard.at(0).code, "plugin.exception");
  EXPECT_EQ(said_of_standard.at(0).text, "why");
  const auto [unknown, said_of_unknown] = guarded([]() -> dgm_status { throw 1; });
  EXPECT_EQ(unknown, DGM_FATAL);
  EXPECT_EQ(said_of_unknown.at(0).code, "plugin.exception");
}

// -- tables made of classes ---------------------------------------------------------------------------------------
struct counting_reader {
  counting_reader(host h, input in) : host_(h), input_(in) {
    if (h.option("fail") == "open") throw unusable("count.open", "no");
  }
  bool next(builder& out) {
    if (host_.option("fail") == "next") throw unusable("count.next", "no");
    if (told_++ == 2) return false;
    out.map("document").value("id", std::to_string(told_)).value("kind", "cable").list("body").close();
    if (host_.option("fail") != "unbalanced") out.close();
    if (host_.option("fail") == "events") out.close();
    return true;
  }
  static int probe(std::string_view head, bool at_end, std::string_view& reason) noexcept {
    reason = "it counts";
    return head.empty() || !at_end ? 0 : 50;
  }
  host host_;
  input input_;
  int told_ = 0;
};
struct divided_reader {
  divided_reader(host h, input) : host_(h) {}
  divided_reader(host h, int first, int behind_last) : host_(h), at_(first), end_(behind_last) {}
  bool next(builder& out) {
    if (at_ == end_) return false;
    if (at_ == 2) host_.warning("count.two", "this is two");
    out.map("document").value("id", std::to_string(at_++)).value("kind", "cable").list("body").close().close();
    return true;
  }
  std::uint64_t parts() {
    if (host_.option("fail") == "parts") throw std::runtime_error("no");
    return 3;
  }
  divided_reader part(std::uint64_t number, host h) const {
    if (host_.option("fail") == "part") throw unusable("count.part", "no");
    return {h, static_cast<int>(number), static_cast<int>(number) + 1};
  }
  host host_;
  int at_ = 0, end_ = 3;
};
struct echo_writer {
  echo_writer(host h, output out) : host_(h), out_(out) {}
  void write(const document_view& d) {
    if (host_.option("fail") == "write") throw unusable("echo.write", "no");
    out_.write(std::string(d.id()) + std::string(d.kind()) + (d.pristine() ? "!" : "?"));
  }
  void finish() {
    if (host_.option("fail") == "finish") throw std::runtime_error("no");
    out_.write(".");
  }
  void failed(const dgm_failure& f) { out_.write(view(f.stage)); }
  host host_;
  output out_;
};

constexpr dgm_option options[] = {{"fail", "Where to fail.", DGM_OPTION_TEXT, "", nullptr, 0, 0}};
const dgm_format counting{sizeof(dgm_format),
                          0,
                          "count",
                          "Counts",
                          nullptr,
                          nullptr,
                          nullptr,
                          0,
                          options,
                          1,
                          nullptr,
                          0,
                          &reader_table<counting_reader>::value,
                          &writer_table<echo_writer>::value,
                          nullptr,
                          0};

TEST(ReaderTable, RunsAReaderToItsEnd) {
  const auto r = testing::read(counting, "x");
  EXPECT_EQ(r.statuses, (std::vector<dgm_status>{DGM_OK, DGM_OK, DGM_END}));
  ASSERT_EQ(r.documents.size(), 2u);
  EXPECT_EQ(r.documents[1].root()["id"].text(), "2");
}

TEST(ReaderTable, AFailureAtOpenLeavesNoSession) {
  const auto r = testing::read(counting, "x", {{"fail", "open"}});
  EXPECT_EQ(r.statuses, (std::vector<dgm_status>{DGM_SKIP}));
  EXPECT_TRUE(r.has("count.open"));
}

TEST(ReaderTable, WrongEventsOfAReaderEndItsSession) {
  EXPECT_EQ(testing::read(counting, "x", {{"fail", "events"}}).statuses, (std::vector<dgm_status>{DGM_FATAL}));
  EXPECT_NE(testing::read(counting, "x", {{"fail", "unbalanced"}}).problem, "");
}

TEST(ReaderTable, ProbeTellsItsReasonAndMayBeAskedWithoutOne) {
  dgm_str reason{};
  EXPECT_EQ(counting.reader->probe("x", 1, 1, &reason), 50);
  EXPECT_EQ(view(reason), "it counts");
  EXPECT_EQ(counting.reader->probe("x", 1, 0, nullptr), 0);
  EXPECT_EQ(counting.reader->split, nullptr);
}

TEST(ReaderTable, OpensThePartsThatAReaderHas) {
  EXPECT_EQ(counting.reader->parts, nullptr);
  EXPECT_EQ(counting.reader->open_part, nullptr);
  constexpr auto& divided = reader_table<divided_reader>::value;
  const auto told = [&](const char* fails) {
    testing::recording_host of_whole(&counting, {{"fail", fails}}), of_part(&counting);
    testing::memory_input in("x");
    void *whole = nullptr, *part = nullptr;
    std::string out;
    if (divided.open(of_whole.table(), in.table(), &whole) != DGM_OK) return std::string("no session");
    const auto count = divided.parts(whole);
    out += std::to_string(count) + " parts";
    for (std::uint64_t number = count; number-- > 0;) {
      document_builder store(sha256);
      const auto status = divided.open_part(whole, number, of_part.table(), &part);
      if (status != DGM_OK) {
        out += ", status " + std::to_string(status);
        continue;
      }
      while (divided.next(part, store.sink()) == DGM_OK) {
        out += ", " + std::string(store.finish().root()["id"].text());
        store.reset();
      }
      divided.close(part);
    }
    divided.close(whole);
    for (const auto& d : of_whole.diagnostics) out += ", whole: " + d.code;
    for (const auto& d : of_part.diagnostics) out += ", part: " + d.code;
    return out;
  };
  EXPECT_EQ(told("never"), "3 parts, 2, 1, 0, part: count.two");
  EXPECT_EQ(told("parts"), "0 parts, whole: plugin.exception");
  EXPECT_EQ(told("part"), "3 parts, status -1, status -1, status -1, part: count.part, part: count.part, part: count.part");
}

TEST(WriterTable, RunsAWriterToItsEnd) {
  const auto documents = testing::read(counting, "x").documents;
  const auto w = testing::write(counting, {&documents[0], &documents[1]});
  EXPECT_EQ(w.octets, "1cable?2cable?.");
  EXPECT_EQ(w.statuses, (std::vector<dgm_status>{DGM_OK, DGM_OK, DGM_OK, DGM_OK}));
}

TEST(WriterTable, FailuresBecomeStatuses) {
  const auto documents = testing::read(counting, "x").documents;
  EXPECT_EQ(testing::write(counting, {&documents[0]}, {{"fail", "write"}}).statuses,
            (std::vector<dgm_status>{DGM_OK, DGM_SKIP, DGM_OK}));
  EXPECT_EQ(testing::write(counting, {&documents[0]}, {{"fail", "finish"}}).statuses,
            (std::vector<dgm_status>{DGM_OK, DGM_OK, DGM_FATAL}));
}

TEST(WriterTable, AFullOutputIsAnIoStatus) {
  const auto documents = testing::read(counting, "x").documents;
  testing::recording_host services(&counting);
  testing::memory_output out(3);
  void* session = nullptr;
  ASSERT_EQ(counting.writer->open(services.table(), out.table(), &session), DGM_OK);
  const dgm_document lent = testing::lend(documents[0]);
  EXPECT_EQ(counting.writer->write(session, &lent), DGM_IO);
  EXPECT_TRUE(services.diagnostics.empty()) << "the host knows already";
  const dgm_failure failure{sizeof failure, nullptr, span("read"), {}};
  EXPECT_EQ(counting.writer->failed(session, &failure), DGM_IO);
  counting.writer->close(session);
}

// -- handles ------------------------------------------------------------------------------------------------------
TEST(Host, AnswersOptionsAsTextFlagAndNumber) {
  testing::recording_host services(nullptr, {{"on", "true"}, {"off", "false"}, {"n", "-12"}});
  const host h{services.table()};
  EXPECT_TRUE(h.flag("on"));
  EXPECT_FALSE(h.flag("off"));
  EXPECT_FALSE(h.flag("undeclared"));
  EXPECT_EQ(h.integer("n"), -12);
  EXPECT_EQ(h.integer("undeclared"), 0);
  EXPECT_EQ(h.option("undeclared"), "");
  EXPECT_EQ(h.nested(), nullptr);
}

TEST(Input, IsReadWholeInPiecesOrLent) {
  const std::string octets(200000, 'o');
  for (const bool in_memory : {true, false}) {
    testing::memory_input in(octets, "box/a.txt", 777, in_memory);
    const input i{in.table()};
    std::string storage;
    const auto all = i.all(storage, octets.size());
    EXPECT_EQ(all, octets);
    EXPECT_EQ(all.data() == octets.data(), in_memory);
    EXPECT_EQ(i.name(), "box/a.txt");
    char two[2];
    EXPECT_EQ(i.read_at(199999, two, 2), 1u);
  }
}

TEST(Input, OverTheLimitIsRefusedByName) {
  for (const bool in_memory : {true, false}) {
    testing::memory_input in("12345", "a", 2, in_memory);
    std::string storage;
    try {
      input{in.table()}.all(storage, 4);
      FAIL();
    } catch (const unusable& e) {
      EXPECT_EQ(e.code, "input.too-large");
    }
  }
}

TEST(Builder, CopiesADocumentExactly) {
  document_builder first(sha256), second(sha256);
  builder a(first.sink());
  a.map("document").map("source").octets("octets", "o\xFF").close().value("id", "A").value("kind", "cable");
  a.list("body")
      .element("p")
      .attr("n", "1")
      .text("t")
      .leaf(node_type::comment, {}, "c")
      .leaf(node_type::pi, "t", "d")
      .leaf(node_type::pi, "e", {})
      .close()
      .text("u")
      .close();
  a.map("carrier")
      .list("l")
      .value({}, "x")
      .value({}, "")
      .leaf(node_type::literal, {}, "1")
      .close()
      .map("m")
      .close()
      .close()
      .close();
  const document d = first.finish();
  builder b(second.sink());
  b.copy(d.root());
  ASSERT_EQ(second.problem(), "");
  EXPECT_EQ(first_difference(d.root(), second.finish().root()), std::nullopt);
}

TEST(Builder, LeavesOutWhatIsOptionalAndEmpty) {
  document_builder d(sha256);
  builder b(d.sink());
  b.map("document").optional("x_a", "").optional("x_b", "y").close();
  const document doc = d.finish();
  EXPECT_FALSE(doc.root()["x_a"]);
  EXPECT_EQ(doc.root()["x_b"].text(), "y");
}

TEST(Builder, ThrowsWhatTheHostAnswers) {
  document_builder d(sha256);
  builder b(d.sink());
  try {
    b.element("p");
    FAIL();
  } catch (const stop& s) {
    EXPECT_EQ(s.status, DGM_FATAL);
  }
}

}  // namespace
}  // namespace dragoman

// What the host believes of a worker: messages that say what was meant, and nothing else.
#include "isolation/wire.hpp"
#include "isolation/worker_process.hpp"
#include "plugins/options.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/document.hpp>
#include <dragoman/plugin.hpp>
#include <dragoman/testing.hpp>

#include <gtest/gtest.h>

#include <random>

namespace {

using namespace dragoman;
using namespace dragoman::hosting;

constexpr std::string_view octets = "FROM THE BRIDGE\nOF BOATS";

// A document with every kind of event; its text lies partly in the octets.
void tell_all(const dgm_sink* sink) {
  builder b(sink);
  b.map("document").map("source").octets("octets", octets).value("media_type", "text/x-test").close();
  b.value("id", "a").value("kind", "cable").map("meta").value("subject", octets.substr(0, 4)).span(0, 4).close();
  b.list("body").element("p").attr("n", "1").text(octets.substr(5, 3)).span(5, 8).text(" elsewhere").close();
  b.leaf(node_type::comment, "", "a comment").close();
  b.map("x_test").leaf(node_type::literal, "n", "1.50").close();
  b.close();
}

std::string told(std::string_view stream, const dgm_sink& sink) {
  message m;
  for (std::size_t at = 0; next_message(stream, at, m);) {
    bool is_event = false;
    if (const auto status = tell(m, octets, sink, is_event); status < 0) return "refused";
    if (!is_event) return "no event";
  }
  return "told";
}

TEST(Wire, EventsArriveAsTheyWereTold) {
  std::string stream;
  event_packer packed(stream);
  packed.refer_to(octets);
  tell_all(packed.sink());
  document_builder here(sha256), there(sha256);
  tell_all(here.sink());
  ASSERT_EQ(told(stream, *there.sink()), "told");
  EXPECT_EQ(here.finish().buffer(), there.finish().buffer());
  EXPECT_EQ(stream.find("BRIDGE"), std::string::npos) << "text that lies in the input travels as a place";
}

TEST(Wire, ANullPointerWithALengthStaysOne) {
  std::string stream;
  event_packer packed(stream);
  packed.sink()->text(packed.sink()->ctx, {nullptr, 5});
  document_builder builder(sha256);
  EXPECT_EQ(told(stream, *builder.sink()), "refused");
  EXPECT_NE(builder.problem().find("null pointer"), std::string::npos);
}

TEST(Wire, AFailureThatIsAskedForComesAtItsEvent) {
  std::string stream;
  event_packer packed(stream);
  packed.fail_at(2, DGM_NOMEM);
  const auto* sink = packed.sink();
  EXPECT_EQ(sink->open(sink->ctx, DGM_MAP, span("document")), DGM_OK);
  EXPECT_EQ(sink->close(sink->ctx), DGM_OK);
  EXPECT_EQ(sink->close(sink->ctx), DGM_NOMEM);
  EXPECT_EQ(sink->close(sink->ctx), DGM_NOMEM);
}

TEST(Wire, WhatIsTooShortOrLiesOutsideIsNonsense) {
  EXPECT_THROW(unpacker("1234567").number(), nonsense);
  std::string text;
  packer(text).begin(op::hello).number(99).end();
  std::size_t at = 0;
  message m;
  ASSERT_TRUE(next_message(text, at, m));
  EXPECT_THROW(unpacker(m.payload).text(), nonsense);

  const std::string huge =
      "\x01\xFF\xFF\xFF\xFF"
      "rest";
  at = 0;
  EXPECT_THROW(next_message(huge, at, m), nonsense);
  const std::string half = text.substr(0, text.size() - 1);
  at = 0;
  EXPECT_FALSE(next_message(half, at, m));

  document_builder builder(sha256);
  for (const auto& [begin, length] :
       {std::pair<std::uint64_t, std::uint64_t>{0, 25}, {25, 0}, {UINT64_MAX, 2}, {2, UINT64_MAX}}) {
    std::string slice;
    packer(slice).begin(op::text_slice).number(begin).number(length).end();
    EXPECT_THROW(told(slice, *builder.sink()), nonsense) << begin << " " << length;
  }
}

TEST(Wire, AnyOctetMayBeWrong) {
  std::string stream;
  event_packer packed(stream);
  packed.refer_to(octets);
  tell_all(packed.sink());
  std::mt19937 random(7);
  for (int round = 0; round < 20000; ++round) {
    auto broken = stream;
    for (auto n = 1 + random() % 3; n > 0; --n) broken[random() % broken.size()] = static_cast<char>(random());
    broken.resize(random() % 8 == 0 ? random() % broken.size() : broken.size());
    document_builder builder(sha256);
    try {
      const bool is_whole = told(broken, *builder.sink()) == "told" && builder.is_complete();
      EXPECT_EQ(is_whole, is_whole && builder.finish());
    } catch (const nonsense&) {
    }
  }
}

TEST(WorkerLimits, AreReadOneByOne) {
  const auto l = worker_limits_of("silence=2,total=30,memory=100,documents=7,crashes=3");
  EXPECT_EQ(l.silence, 2);
  EXPECT_EQ(l.total, 30);
  EXPECT_EQ(l.memory, std::size_t{100} << 20);
  EXPECT_EQ(l.documents, 7u);
  EXPECT_EQ(l.crashes, 3u);
  EXPECT_EQ(worker_limits_of("").crashes, worker_limits().crashes);
  for (const char* wrong : {"silence", "silence=", "silence=0", "silence=-1", "silence=1s", "speed=3", "memory=4294967296", "=5"})
    EXPECT_THROW(worker_limits_of(wrong), usage_error) << wrong;
}

}  // namespace

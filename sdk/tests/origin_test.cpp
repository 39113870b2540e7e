#include <dragoman/origin.hpp>

#include <gtest/gtest.h>
#include <dragoman/testing.hpp>

namespace dragoman {
namespace {

document with_source(std::string_view octets) {
  document_builder d(sha256);
  builder b(d.sink());
  b.map("document");
  if (!octets.empty())
    b.map("source").octets("octets", octets).value("media_type", "text/plain").value("charset", "utf-8").close();
  b.value("id", "A").value("kind", "cable").map("meta").close().list("body").close().close();
  EXPECT_EQ(d.problem(), "");
  return d.finish();
}

class file {
public:
  file(std::string_view octets, std::uint64_t serial)
      : in_(octets), origin_{sizeof(dgm_origin), {}, {}, {}, {}, serial, in_.table()} {}
  const dgm_origin* origin() const { return &origin_; }

private:
  testing::memory_input in_;
  dgm_origin origin_;
};

std::optional<std::uint64_t> ask(places_in_input& places, std::string_view source, const dgm_origin* from) {
  const document d = with_source(source);
  const dgm_document lent = testing::lend(d, from);
  return places.find(document_view(&lent));
}

TEST(PlacesInInput, DocumentsFollowEachOther) {
  const file first("onetwothree", 1), second("two", 2);
  places_in_input places;
  EXPECT_EQ(ask(places, "one", first.origin()), 0u);
  EXPECT_EQ(ask(places, "two", first.origin()), 3u);
  EXPECT_EQ(ask(places, "three", first.origin()), 6u);
  EXPECT_EQ(ask(places, "two", second.origin()), 0u);
}

TEST(PlacesInInput, WhatDoesNotStandThereHasNoPlace) {
  const file json("{\"source\":\"one\"}", 1);
  places_in_input places;
  EXPECT_EQ(ask(places, "one", json.origin()), std::nullopt);  // a source that travels in another format
  EXPECT_EQ(ask(places, "", json.origin()), std::nullopt);
  EXPECT_EQ(ask(places, "one", nullptr), std::nullopt);
  const file shorter("on", 2);
  EXPECT_EQ(ask(places, "one", shorter.origin()), std::nullopt);
  EXPECT_EQ(ask(places, "on", shorter.origin()), 0u);  // as if the one before had not been there
}

}  // namespace
}  // namespace dragoman

// Tars, plain and compressed: what is read, what is refused.
#include "container.hpp"
#include "testing.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace dragoman::bundle {
namespace {

// Tars octet by octet, by POSIX.1-1988 (ustar).
class tar_forge {
public:
  struct lies {
    char type = '0';
    std::string link = {};
    std::optional<std::size_t> size = {};
  };
  void add(const std::string& name, const std::string& octets) { add(name, octets, lies()); }
  void add(const std::string& name, const std::string& octets, const lies& l) {
    std::string h(512, '\0');
    const auto put = [&](std::size_t at, const std::string& text) { h.replace(at, text.size(), text); };
    const auto octal = [](std::size_t value, std::size_t digits) {
      std::string out(digits, '0');
      for (std::size_t i = digits; value != 0; value /= 8) out[--i] = static_cast<char>('0' + value % 8);
      return out;
    };
    put(0, name.substr(0, 100));
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, octal(l.size.value_or(octets.size()), 11));
    put(136, octal(0, 11));
    put(148, "        ");
    put(156, std::string(1, l.type));
    put(157, l.link);
    put(257, "ustar");
    put(263, "00");
    std::size_t sum = 0;
    for (const char c : h) sum += static_cast<unsigned char>(c);
    put(148, octal(sum, 6));
    h[154] = '\0';
    body_ += h + octets;
    body_.resize((body_.size() + 511) / 512 * 512, '\0');
  }
  std::string octets() const { return body_ + std::string(1024, '\0'); }
  std::string without_end() const { return body_; }

private:
  std::string body_;
};

std::string gzipped(const std::string& octets) {
  z_stream z{};
  ::deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
  std::string out(::deflateBound(&z, octets.size()) + 64, '\0');
  std::string in = octets;
  z.next_in = reinterpret_cast<Bytef*>(in.data());
  z.avail_in = static_cast<uInt>(in.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  ::deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  ::deflateEnd(&z);
  return out;
}

tar_forge good_tar() {
  tar_forge tar;
  tar.add("./", "", {.type = '5'});
  tar.add("./in/", "", {.type = '5'});
  tar.add("./in/a.txt", "NOTE A\n" + std::string(2000, 'a'));
  tar.add("in/b.txt", "NOTE B\n");
  tar.add("in/.DS_Store", "junk");
  return tar;
}

std::string code_of(const std::string& octets, fake::options_map options = {}) {
  const auto read = fake::read_bundle(octets, std::move(options), "set.tar");
  for (const auto& d : read.result.diagnostics)
    if (d.level == severity::error) return d.code;
  return "";
}
std::string with_entry(const std::string& name, const tar_forge::lies& l = {}) {
  tar_forge tar;
  tar.add(name, "x", l);
  return code_of(tar.octets());
}

TEST(BundleTar, ReadsTars) {
  for (const auto& octets : {good_tar().octets(), gzipped(good_tar().octets()), good_tar().octets() + std::string(8192, '\0')}) {
    for (const bool as_stream : {false, true}) {
      const auto read = fake::read_bundle(octets, {}, "set.tar", as_stream);
      EXPECT_EQ(read.opened, (std::vector<std::string>{"in/a.txt", "in/b.txt"}));
      EXPECT_EQ(read.ids(), (std::vector<std::string>{"A", "B"}));
    }
  }
}

TEST(BundleTar, ReadsABundleThatWasRepacked) {
  const std::vector<fake::given_file> files{{"b.txt", "NOTE B\n"}, {"a:1.txt", "NOTE A\n"}};
  tar_forge tar;
  for (const auto& f : fake::entries_of(fake::make_bundle(files).octets)) tar.add(f.path, f.octets);
  const auto read = fake::read_bundle(gzipped(tar.octets()), {}, "set.bag.tar.gz");
  EXPECT_TRUE(read.result.diagnostics.empty()) << read.result.diagnostics[0].text;
  EXPECT_EQ(read.opened, (std::vector<std::string>{"a:1.txt", "b.txt"})) << "in the order of the tar";
}

TEST(BundleTar, UnpacksInAnyOrder) {
  const std::string octets = good_tar().octets();
  const memory_source source(octets);
  const auto tar = open_container(source, {}, [](auto, auto&, auto) {});
  ASSERT_EQ(tar->count(), 4u);
  for (const std::size_t entry : {2u, 1u, 2u, 3u}) {
    std::string text;
    tar->unpack(entry, [&](std::string_view piece) { text += piece; });
    EXPECT_EQ(text.size(), tar->size(entry));
    if (entry == 2) {
      EXPECT_EQ(text, "NOTE B\n");
    }
  }
}

TEST(BundleTar, WantsTheEndMarker) {
  EXPECT_EQ(code_of(good_tar().without_end()), "bundle.tar-truncated");
  EXPECT_EQ(code_of(good_tar().without_end() + std::string(512, '\0')), "bundle.tar-truncated");
  const std::string whole = good_tar().octets();
  for (std::size_t length = 512; length < whole.size(); length += 256)
    EXPECT_EQ(code_of(whole.substr(0, length)), "bundle.tar-truncated") << length;
  const std::string packed = gzipped(whole);
  EXPECT_EQ(code_of(packed.substr(0, packed.size() - 12)), "bundle.tar-truncated");
}

// RFC 1952: a member ends with its CRC and its length; a file may be of several members.
TEST(BundleTar, WantsWholeGzipMembers) {
  const std::string whole = good_tar().octets(), packed = gzipped(whole);
  for (std::size_t back = 1; back <= 8; ++back) {
    std::string damaged = packed;
    damaged[damaged.size() - back] ^= 1;
    EXPECT_EQ(code_of(damaged), "bundle.tar-damaged") << back;
  }
  for (std::size_t length = packed.size() - 1; length > packed.size() - 12; --length)
    EXPECT_EQ(code_of(packed.substr(0, length)), "bundle.tar-truncated") << length;
  const std::string two = gzipped(whole.substr(0, 700)) + gzipped(whole.substr(700));
  EXPECT_EQ(code_of(two), "");
  EXPECT_EQ(code_of(two + std::string(512, '\0')), "");
}

TEST(BundleTar, DoesNotTakeAFileOfZerosForTheEnd) {
  tar_forge tar;
  tar.add("zeros", std::string(4096, '\0'));
  EXPECT_EQ(code_of(tar.without_end()), "bundle.tar-truncated");
}

TEST(BundleTar, TellsWhatFollows) {
  EXPECT_TRUE(fake::read_bundle(good_tar().octets() + good_tar().octets(), {}, "set.tar").has("bundle.trailing"));
}

TEST(BundleTar, RefusesLinksAndDevices) {
  for (const char type : {'1', '2', '3', '4', '6'})
    EXPECT_EQ(with_entry("x", {.type = type, .link = "../../etc/passwd", .size = 0}), "bundle.entry-type") << type;
}

TEST(BundleTar, RefusesUnsafeNames) {
  for (const std::string name : {"../x", "/etc/passwd", "a/../../x", "C:\\x", "a\\b"})
    EXPECT_EQ(with_entry(name), "bundle.entry-name") << name;
  tar_forge twice;
  twice.add("a", "x");
  twice.add("./a", "y");
  EXPECT_EQ(code_of(twice.octets()), "bundle.entry-duplicate");
}

TEST(BundleTar, KeepsTheLimits) {
  EXPECT_EQ(code_of(good_tar().octets(), {{"max-entries", "3"}}), "bundle.limit-entries");
  EXPECT_EQ(code_of(good_tar().octets(), {{"max-entry", "1000"}}), "bundle.limit-entry");
  EXPECT_EQ(code_of(good_tar().octets(), {{"max-total", "3000"}}), "bundle.limit-total");
  tar_forge bomb;
  bomb.add("bomb", std::string(std::size_t{70} << 20, 'x'));
  EXPECT_EQ(code_of(gzipped(bomb.octets())), "bundle.limit-ratio");
}

TEST(BundleTar, IsKnownByItsOctets) {
  const auto probe = [](const std::string& head) { return format.reader->probe(head.data(), head.size(), 0, nullptr); };
  // Surer than any reader of text is: its entries stand there as they are.
  EXPECT_EQ(probe(good_tar().octets().substr(0, 1024)), 100);
  EXPECT_EQ(probe(gzipped(good_tar().octets())), 100);
  const std::string packed = gzipped(good_tar().octets());
  EXPECT_EQ(probe(packed.substr(0, packed.size() - 12)), 100);
  EXPECT_EQ(probe(packed.substr(0, packed.size() - 8) + "no CRC.."), 100);
  EXPECT_EQ(probe(gzipped("a letter, not a tar")), 1);
  EXPECT_EQ(probe(std::string(600, 'x')), 0);
  EXPECT_EQ(probe(std::string("\x1F\x8B\x08", 3)), 1);
}

}  // namespace
}  // namespace dragoman::bundle

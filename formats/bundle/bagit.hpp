// formats/bundle/bagit.hpp - reading the tag files of a bag, of all versions from 0.93 to 1.0.
//
// Parsers only: octets in, values and findings out. Source: RFC 8493 and the drafts before it; bundles.md 6. Pure; any
// thread.
#pragma once
#include "findings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::bundle {

enum class tag_encoding { utf8, utf16, utf16be, utf16le, latin1, ascii };

// What bagit.txt says. `version` is major * 100 + minor: 0.97 is 97, 1.0 is 100.
struct bagit_declaration {
  int version = 100;
  tag_encoding encoding = tag_encoding::utf8;
  bool is_version_1() const { return version >= 100; }
};
// Nothing when so much is wrong that the rest cannot be read; findings tell.
std::optional<bagit_declaration> read_bagit_txt(std::string_view octets, const finding_function& report);

struct info_field {
  std::string label, value;  // UTF-8
};
// All fields in order, repeated ones too; continuation lines are joined with one blank.
std::vector<info_field> read_bag_info(std::string_view utf8, const std::string& path, const bagit_declaration& bag,
                                      const finding_function& report);
// Value of the first field of that name, without regard to case.
std::optional<std::string> info_value(const std::vector<info_field>& fields, std::string_view label);

struct payload_oxum {
  std::uint64_t octets = 0, files = 0;
};
std::optional<payload_oxum> read_oxum(std::string_view value);

// A digest algorithm by its name in a manifest's name, "sha256" or "SHA-256". Null when we have none of that name.
struct digest_algorithm {
  std::string_view name;  // "sha256"
  const char* openssl;    // "SHA256"
  std::size_t octets;
  bool weak;
};
const digest_algorithm* find_algorithm(std::string_view name);

// Decodes a tag file to UTF-8 without BOM. Nothing when the octets are not in that encoding.
std::optional<std::string> decode_tag_file(std::string_view octets, tag_encoding encoding, bool& had_bom);

// Takes the octets of a manifest piece by piece and tells its lines.
class manifest_parser {
public:
  struct line {
    std::string_view hex;   // any case
    std::string_view path;  // as written
    std::uint64_t number;   // from 1
  };
  using line_function = std::function<void(const line&)>;
  manifest_parser(std::string path, const digest_algorithm& algorithm, const finding_function& report, line_function on_line)
      : path_(std::move(path)), algorithm_(algorithm), report_(report), on_line_(std::move(on_line)) {}

  // UTF-8 text; lines may be cut anywhere between two calls.
  void feed(std::string_view utf8);
  void finish();

private:
  void end_line();
  void read_line(std::string_view text);

  std::string path_;
  const digest_algorithm& algorithm_;
  const finding_function& report_;
  line_function on_line_;
  std::string rest_;
  std::uint64_t number_ = 0;
  bool after_cr_ = false, too_long_ = false, warned_star_ = false;
};

// A line of fetch.txt: URL, length or "-", path. Nothing when it is none.
struct fetch_line {
  std::string_view url, path;
};
std::optional<fetch_line> read_fetch_line(std::string_view text);

// True when a path in a manifest or fetch.txt leads, on any system, elsewhere than below the bag: absolute, "~" first, a
// drive letter, "\\", "%NAME%\", a ".." segment, NUL.
bool is_unsafe_bag_path(std::string_view path);

// Splits text at LF, CR LF and CR, also mixed. An empty last line is none.
std::vector<std::string_view> lines_of(std::string_view text);

}  // namespace dragoman::bundle

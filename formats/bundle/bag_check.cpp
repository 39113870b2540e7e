#include "bag_check.hpp"

#include "entry_names.hpp"
#include "names.hpp"
#include "spool.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/text.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <numeric>
#include <optional>
#include <thread>
#include <unordered_map>
#include <unordered_set>

namespace dragoman::bundle {
namespace {

constexpr std::size_t longest_bagit = std::size_t{4} << 10, longest_info = std::size_t{1} << 20;
constexpr std::size_t most_manifests = 16;
constexpr std::size_t files_at_once = 4096;  // whose findings are kept until they are told in order

bool is_payload(std::string_view path) { return path.starts_with("data/"); }

std::string_view last_segment(std::string_view path) { return path.substr(path.rfind('/') == npos ? 0 : path.rfind('/') + 1); }

// A manifest by its name: "manifest-sha256.txt", "tagmanifest-md5.txt".
struct manifest {
  std::string path;
  const digest_algorithm* algorithm;
  bool is_tag;
  std::size_t file;
};

// What a manifest says of a file.
struct expectation {
  std::uint32_t file;
  std::uint8_t manifest;
  std::uint64_t digest;  // place among the digests
};

// The digests of one file at a time, by every algorithm that its manifests need. One thread.
class digester {
public:
  explicit digester(const std::vector<manifest>& manifests) {
    for (const auto& m : manifests) {
      const auto same = std::find_if(kinds_.begin(), kinds_.end(), [&](const kind& k) { return k.algorithm == m.algorithm; });
      of_manifest_.push_back(static_cast<std::size_t>(same - kinds_.begin()));
      if (same == kinds_.end()) kinds_.push_back({m.algorithm, digest(m.algorithm->openssl), false, {}});
    }
  }
  // A new file, whose manifests these are.
  void begin(const expectation* first, const expectation* last) {
    for (auto& k : kinds_) k.is_needed = false;
    for (; first != last; ++first) kinds_[of_manifest_[first->manifest]].is_needed = true;
  }
  void update(std::string_view octets) {
    for (auto& k : kinds_)
      if (k.is_needed) k.running.update(octets);
  }
  void finish() {
    for (auto& k : kinds_)
      if (k.is_needed) k.result = k.running.finish_octets();
  }
  // Valid until the next finish.
  std::string_view result(std::size_t manifest) const {
    const auto& raw = kinds_[of_manifest_[manifest]].result;
    return {reinterpret_cast<const char*>(raw.octets.data()), raw.length};
  }

private:
  struct kind {
    const digest_algorithm* algorithm;
    digest running;
    bool is_needed;
    digest::octets_of_digest result;
  };
  std::vector<kind> kinds_;
  std::vector<std::size_t> of_manifest_;
};

std::string from_hexadecimal(std::string_view hex) {
  std::string out;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  return out;
}

// Replaces %0D and %0A, and %25 when `percent` says so.
std::string percent_decoded(std::string_view path, bool percent) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto code = path.substr(i, 3);
    if (code == "%0D" || code == "%0d") out += '\r';
    else if (code == "%0A" || code == "%0a") out += '\n';
    else if (percent && code == "%25") out += '%';
    else {
      out += path[i];
      continue;
    }
    i += 2;
  }
  return out;
}

class bag_checker {
public:
  bag_checker(const bag_files& files, const check_rules& rules, const finding_function& report)
      : files_(files), rules_(rules), report_([this, &report](finding f) {
          if (rules_.strict && f.level == severity::warning) f.level = severity::error;
          valid_ &= f.level != severity::error;
          report(std::move(f));
        }) {}

  bag_verdict run() {
    index();
    bag_verdict verdict;
    if (const auto declared = read_declaration()) {
      bag_ = verdict.declaration = *declared;
      verdict.info = read_info();
      read_manifests();
      read_fetch();
      if (rules_.level != check_level::structure) {
        check_presence();
        check_oxum(verdict.info);
        check_names();
      }
      if (rules_.level == check_level::full) check_digests();
    }
    verdict.valid = valid_;
    return verdict;
  }

private:
  // -- telling --
  void tell(severity level, std::string_view code, std::string text, std::string_view path = {}, std::string_view algorithm = {},
            std::string expected = {}, std::string found = {}) {
    report_({level, std::string(code), std::move(text), std::string(path), std::string(algorithm), std::move(expected),
             std::move(found)});
  }
  void error(std::string_view code, std::string text, std::string_view path = {}) {
    tell(severity::error, code, std::move(text), path);
  }
  void warning(std::string_view code, std::string text, std::string_view path = {}) {
    tell(severity::warning, code, std::move(text), path);
  }

  // -- files --
  void index() {
    by_path_.resize(files_.count());
    std::iota(by_path_.begin(), by_path_.end(), 0u);
    std::sort(by_path_.begin(), by_path_.end(), [&](auto a, auto b) { return files_.path(a) < files_.path(b); });
    for (std::size_t i = 0; i < files_.count(); ++i)
      if (!files_.is_regular(i)) error("bundle.link", quoted(files_.path(i)) + " is a link or device", files_.path(i));
  }
  std::optional<std::uint32_t> find(std::string_view path) const {
    const auto it = std::lower_bound(by_path_.begin(), by_path_.end(), path,
                                     [&](std::uint32_t file, std::string_view p) { return files_.path(file) < p; });
    if (it == by_path_.end() || files_.path(*it) != path) return std::nullopt;
    return *it;
  }
  // Finds by what names are alike in: NFC, or case folding. Made when first needed.
  using alike_map = std::unordered_map<std::string, std::uint32_t>;
  std::optional<std::uint32_t> find_alike(alike_map& map, std::string (*key)(std::string_view), std::string_view path) const {
    if (map.empty())
      for (std::size_t i = 0; i < files_.count(); ++i) map.try_emplace(key(files_.path(i)), static_cast<std::uint32_t>(i));
    const auto it = map.find(key(path));
    if (it == map.end()) return std::nullopt;
    return it->second;
  }

  std::string whole(std::uint32_t file) const {
    std::string out;
    files_.read(file, [&](std::string_view octets) { out += octets; });
    return out;
  }
  // A tag file as UTF-8; nothing when it is not there or cannot be read, which is told.
  std::optional<std::string> tag_file(std::string_view path, std::string_view bad_encoding_code) {
    const auto file = find(path);
    if (!file || !files_.is_regular(*file)) return std::nullopt;
    if (files_.size(*file) > longest_info) {
      error("bundle.limit-tag-file", std::string(path) + " has more than " + std::to_string(longest_info) + " octets", path);
      return std::nullopt;
    }
    bool bom = false;
    auto text = decode_tag_file(whole(*file), bag_.encoding, bom);
    if (!text) error(bad_encoding_code, std::string(path) + " is not in the character encoding that bagit.txt states", path);
    if (bom) warning("bundle.bom", std::string(path) + " begins with a byte order mark", path);
    return text;
  }

  // -- structure --
  std::optional<bagit_declaration> read_declaration() {
    const auto file = find("bagit.txt");
    if (!file || !files_.is_regular(*file)) {
      error("bundle.bagit-missing", "there is no bagit.txt", "bagit.txt");
      return std::nullopt;
    }
    if (files_.size(*file) > longest_bagit) {
      error("bundle.limit-tag-file", "bagit.txt has more than " + std::to_string(longest_bagit) + " octets", "bagit.txt");
      return std::nullopt;
    }
    const auto declared = read_bagit_txt(whole(*file), report_);
    if (!files_.has_data_folder()) error("bundle.no-data", "there is no data folder", "data");
    return declared;
  }

  std::vector<info_field> read_info() {
    const std::string path = bag_.version < 96 ? "package-info.txt" : "bag-info.txt";
    const auto text = tag_file(path, "bundle.info-encoding");
    return text ? bundle::read_bag_info(*text, path, bag_, report_) : std::vector<info_field>{};
  }

  void read_manifests() {
    find_manifests();
    const auto payload_manifests =
        static_cast<std::size_t>(std::count_if(manifests_.begin(), manifests_.end(), [](const auto& m) { return !m.is_tag; }));
    expected_.reserve(files_.count() * payload_manifests);
    for (std::size_t i = 0; i < manifests_.size(); ++i) read_manifest(static_cast<std::uint8_t>(i));
    std::sort(expected_.begin(), expected_.end(), [](const auto& a, const auto& b) {
      return std::tie(a.file, a.manifest, a.digest) < std::tie(b.file, b.manifest, b.digest);
    });
    drop_repeated();
    check_tag_manifests();
  }

  // Tells what a manifest lists twice; the first counts.
  void drop_repeated() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < expected_.size(); ++i) {
      const expectation& e = expected_[i];
      if (kept == 0 || expected_[kept - 1].file != e.file || expected_[kept - 1].manifest != e.manifest) {
        expected_[kept++] = e;
        continue;
      }
      const bool same = digest_of(expected_[kept - 1]) == digest_of(e);
      const auto path = files_.path(e.file);
      const std::string text = quoted(path) + " stands twice in " + manifests_[e.manifest].path;
      if (same && !bag_.is_version_1()) warning("bundle.dup-same", text, path);
      else error("bundle.manifest-duplicate", same ? text : text + " with different digests", path);
    }
    expected_.resize(kept);
  }

  void find_manifests() {
    bool strong = false, unknown = false;
    std::size_t payload = 0;
    for (const auto file : by_path_) {
      const auto path = files_.path(file);
      if (path.find('/') != npos || !path.ends_with(".txt")) continue;
      const bool is_tag = path.starts_with("tagmanifest-");
      if (!is_tag && !path.starts_with("manifest-")) continue;
      const auto start = is_tag ? std::string_view("tagmanifest-").size() : std::string_view("manifest-").size();
      const auto* algorithm = find_algorithm(path.substr(start, path.size() - start - 4));
      if (algorithm == nullptr) {
        unknown = true;
        warning("bundle.alg-unknown", std::string(path) + " uses an algorithm that is not known here", path);
        continue;
      }
      if (manifests_.size() == most_manifests) {
        error("bundle.limit-manifests", "the bag has more than " + std::to_string(most_manifests) + " manifests", path);
        break;
      }
      manifests_.push_back({std::string(path), algorithm, is_tag, file});
      if (is_tag) continue;
      ++payload;
      strong |= !algorithm->weak;
    }
    if (payload == 0)
      error("bundle.no-manifest", unknown ? "no manifest has an algorithm that is known here" : "there is no manifest");
    else if (!strong) warning("bundle.weak-alg", "the payload is covered by md5 or sha1 only");
  }

  void read_manifest(std::uint8_t number) {
    const manifest& m = manifests_[number];
    if (!files_.is_regular(m.file)) return;
    manifest_parser parser(m.path, *m.algorithm, report_, [&](const manifest_parser::line& line) { add_line(number, line); });
    const auto bad_encoding = [&] {
      error("bundle.manifest-encoding", m.path + " is not in the character encoding that bagit.txt states", m.path);
    };
    bool bom = false;
    if (bag_.encoding != tag_encoding::utf8) {
      const auto text = decode_tag_file(whole(static_cast<std::uint32_t>(m.file)), bag_.encoding, bom);
      if (!text) return bad_encoding();
      parser.feed(*text);
    } else if (!feed_utf8(parser, m, bom)) {
      return bad_encoding();
    }
    parser.finish();
    if (bom) warning("bundle.bom", m.path + " begins with a byte order mark", m.path);
  }

  // UTF-8 comes as a stream; characters cut between two pieces are carried over.
  bool feed_utf8(manifest_parser& parser, const manifest& m, bool& bom) {
    std::string carried;
    bool first = true, good = true;
    files_.read(m.file, [&](std::string_view piece) {
      if (!good) return;
      carried += piece;
      std::string_view text = carried;
      if (first && text.size() >= 3) {
        bom = text.starts_with("\xEF\xBB\xBF");
        if (bom) text.remove_prefix(3);
        first = false;
      }
      const auto end = whole_characters(text, good);
      parser.feed(text.substr(0, end));
      if (end > 0) first = false;
      carried = std::string(text.substr(end));
    });
    return good && carried.empty();
  }
  // How many octets of `text` are whole characters; `good` is false when something in it can be none.
  static std::size_t whole_characters(std::string_view text, bool& good) {
    std::size_t at = 0;
    while (at < text.size()) {
      const auto c = decode_utf8(text.substr(at));
      if (c.length == 0) {
        good = text.size() - at < 4 && static_cast<unsigned char>(text[at]) >= 0xC2;
        return at;
      }
      at += c.length;
    }
    return at;
  }

  void add_line(std::uint8_t number, const manifest_parser::line& line) {
    const manifest& m = manifests_[number];
    std::string_view path = line.path;
    const std::string at = m.path + ", line " + std::to_string(line.number);
    if (is_unsafe_bag_path(path)) return error("bundle.path-unsafe", at + ": " + quoted(path) + " leads out of the bag", path);
    if (path.starts_with("./")) {
      while (path.starts_with("./")) path.remove_prefix(2);
      if (!warned_dot_slash_) warning("bundle.dot-slash", m.path + " begins paths with \"./\"", m.path);
      warned_dot_slash_ = true;
    }
    const bool names_tag_manifest = path.starts_with("tagmanifest-") && path.find('/') == npos;
    if (m.is_tag ? is_payload(path) || names_tag_manifest : !is_payload(path))
      return error("bundle.manifest-scope", at + ": " + quoted(path) + " does not belong in this manifest", path);
    const auto file = resolve(path);
    if (!file) {
      if (rules_.level != check_level::structure) note_missing(number, path, line.hex);
      return;
    }
    expected_.push_back({*file, number, digests_.size()});
    digests_.append(from_hexadecimal(line.hex));
  }

  // The file that a manifest means by `path`.
  std::optional<std::uint32_t> resolve(std::string_view path) {
    const bool percent = bag_.is_version_1();
    const std::string decoded = path.find('%') == npos ? std::string(path) : percent_decoded(path, percent);
    if (percent) {
      if (const auto file = find(decoded)) return file;
      if (decoded != path)
        if (const auto raw = find(path)) {
          warning("bundle.percent-raw", quoted(path) + " is listed without percent-encoding", path);
          return raw;
        }
    } else {
      if (const auto raw = find(path)) return raw;
      if (decoded != path)
        if (const auto file = find(decoded)) return file;
    }
    if (const auto file = find_alike(composed_, nfc_key, decoded)) {
      if (warned_norm_.insert(*file).second)
        warning("bundle.name-norm", quoted(decoded) + " is listed in another normalization form than it is stored in",
                files_.path(*file));
      return file;
    }
    if (rules_.lenient)
      if (const auto file = find_alike(folded_, fold_key, decoded)) {
        warning("bundle.file-missing", quoted(decoded) + " is there as " + quoted(files_.path(*file)) + " only", decoded);
        return file;
      }
    return std::nullopt;
  }

  void note_missing(std::uint8_t number, std::string_view path, std::string_view hex) {
    const auto [it, is_new] = missing_.try_emplace(std::string(path), 0u);
    it->second |= 1u << number;
    if (!is_new) return;
    const bool forgiven = rules_.lenient && is_system_file(path);
    forgiven_ += forgiven;
    tell(forgiven ? severity::warning : severity::error, "bundle.file-missing", quoted(path) + " is listed and not there", path,
         manifests_[number].algorithm->name, std::string(hex));
  }

  void check_tag_manifests() {
    const bool any = std::any_of(manifests_.begin(), manifests_.end(), [](const auto& m) { return m.is_tag; });
    if (!any) return;
    for (std::size_t t = 0; t < manifests_.size(); ++t) {
      if (!manifests_[t].is_tag || !bag_.is_version_1()) continue;
      for (const auto& m : manifests_)
        if (!m.is_tag && !is_listed(static_cast<std::uint32_t>(m.file), static_cast<std::uint8_t>(t)))
          error("bundle.tagman-incomplete", manifests_[t].path + " does not list " + m.path, m.path);
    }
    if (rules_.level == check_level::structure) return;
    for (const auto file : by_path_) {
      const auto path = files_.path(file);
      if (is_payload(path) || path.starts_with("tagmanifest-")) continue;
      const auto first =
          std::lower_bound(expected_.begin(), expected_.end(), file, [](const auto& e, auto f) { return e.file < f; });
      if (first == expected_.end() || first->file != file)
        warning("bundle.tag-unlisted", quoted(path) + " is in no tag manifest", path);
    }
  }
  bool is_listed(std::uint32_t file, std::uint8_t number) const {
    const auto it = std::lower_bound(expected_.begin(), expected_.end(), std::tie(file, number),
                                     [](const auto& e, const auto& key) { return std::tie(e.file, e.manifest) < key; });
    return it != expected_.end() && it->file == file && it->manifest == number;
  }
  std::string digest_of(const expectation& e) const {
    std::string out(manifests_[e.manifest].algorithm->octets, '\0');
    digests_.read(e.digest, out.data(), out.size());
    return out;
  }

  void read_fetch() {
    const auto text = tag_file("fetch.txt", "bundle.fetch-syntax");
    if (!text) return;
    std::uint64_t number = 0;
    for (const auto line : lines_of(*text)) {
      ++number;
      if (is_blank(line)) continue;
      const std::string at = "fetch.txt, line " + std::to_string(number);
      const auto fetch = read_fetch_line(line);
      if (!fetch) {
        error("bundle.fetch-syntax", at + ": not a URL, a length and a path", "fetch.txt");
        continue;
      }
      const std::string path(fetch->path);
      if (is_unsafe_bag_path(path)) {
        error("bundle.path-unsafe", at + ": " + quoted(path) + " leads out of the bag", path);
        continue;
      }
      const auto file = resolve(path);
      if (!is_payload(path) || !is_in_every_manifest(path, file))
        error("bundle.fetch-scope", at + ": " + quoted(path) + " is not in every payload manifest", path);
      else if (!file) error("bundle.fetch-pending", at + ": " + quoted(path) + " was not fetched", path);
    }
  }
  bool is_in_every_manifest(const std::string& path, std::optional<std::uint32_t> file) const {
    const auto missing = missing_.find(path);
    for (std::size_t i = 0; i < manifests_.size(); ++i) {
      if (manifests_[i].is_tag) continue;
      const bool as_missing = missing != missing_.end() && (missing->second >> i & 1);
      if (!as_missing && !(file && is_listed(*file, static_cast<std::uint8_t>(i))))
        return rules_.level == check_level::structure && !file;
    }
    return true;
  }

  // -- completeness --
  void check_presence() {
    std::uint32_t payload_manifests = 0;
    for (std::size_t i = 0; i < manifests_.size(); ++i)
      if (!manifests_[i].is_tag) payload_manifests |= 1u << i;
    auto next = expected_.begin();
    for (std::uint32_t file = 0; file < files_.count(); ++file) {
      std::uint32_t in = 0;
      for (; next != expected_.end() && next->file == file; ++next) in |= 1u << next->manifest;
      const auto path = files_.path(file);
      if (!is_payload(path) || payload_manifests == 0) continue;
      if ((in & payload_manifests) == 0) error("bundle.file-unlisted", quoted(path) + " is in no manifest", path);
      else if (bag_.is_version_1()) check_same(path, in, payload_manifests);
    }
    if (!bag_.is_version_1()) return;
    for (const auto& [path, in] : missing_)
      if (in & payload_manifests) check_same(path, in, payload_manifests);
  }
  void check_same(std::string_view path, std::uint32_t in, std::uint32_t all) {
    for (std::size_t i = 0; i < manifests_.size(); ++i)
      if ((all & ~in) >> i & 1) error("bundle.manifests-differ", quoted(path) + " is not in " + manifests_[i].path, path);
  }

  void check_oxum(const std::vector<info_field>& info) {
    const auto is_oxum = [](const info_field& f) { return fold_key(f.label) == "payload-oxum"; };
    const auto times = std::count_if(info.begin(), info.end(), is_oxum);
    if (times == 0) return;
    if (times > 1) error("bundle.oxum-repeated", "Payload-Oxum is given " + std::to_string(times) + " times", "bag-info.txt");
    payload_oxum found;
    for (std::size_t i = 0; i < files_.count(); ++i) {
      if (!is_payload(files_.path(i))) continue;
      found.octets += files_.size(i);
      ++found.files;
    }
    for (const auto& f : info) {
      if (!is_oxum(f)) continue;
      const auto stated = read_oxum(f.value);
      const std::string actual = std::to_string(found.octets) + "." + std::to_string(found.files);
      if (!stated) error("bundle.oxum-syntax", "Payload-Oxum " + quoted(f.value) + " is not octets.files", "bag-info.txt");
      else if (stated->octets != found.octets || stated->files != found.files)
        tell(is_forgiven(*stated, found) ? severity::warning : severity::error, "bundle.oxum",
             "Payload-Oxum says " + f.value + ", the payload is " + actual, "bag-info.txt", {}, f.value, actual);
    }
  }

  // The absent system files that leniency forgave are missing here, too.
  bool is_forgiven(const payload_oxum& stated, const payload_oxum& found) const {
    return forgiven_ != 0 && stated.files == found.files + forgiven_ && stated.octets >= found.octets;
  }

  void check_names() {
    alike_names folded(files_.count());
    for (std::uint32_t file = 0; file < files_.count(); ++file) {
      const auto path = files_.path(file);
      if (is_payload(path) && is_system_file(path))
        warning("bundle.os-file", quoted(path) + " was left behind by an operating system", path);
      bool reserved = false;
      for (std::size_t begin = 0; begin <= path.size() && !reserved;) {
        const auto end = std::min(path.find('/', begin), path.size());
        reserved = is_reserved(path.substr(begin, end - begin));
        begin = end + 1;
      }
      if (reserved) warning("bundle.name-reserved", "Windows cannot hold the name " + quoted(path), path);
      folded.add(fold_key(path));
    }
    for (const auto& [later, earlier] : folded.pairs([&](std::uint32_t file) { return fold_key(files_.path(file)); }))
      warning("bundle.name-clash",
              quoted(files_.path(later)) + " and " + quoted(files_.path(earlier)) + " are one name where case does not count",
              files_.path(later));
  }

  // -- digests --
  // Every file is read once, whatever number of manifests name it, and by several threads where the files allow it. What
  // they find is told in the order of the files.
  void check_digests() {
    std::vector<const expectation*> starts;  // of the expectations of each file, and the end
    for (const auto& e : expected_)
      if (starts.empty() || starts.back()->file != e.file) starts.push_back(&e);
    starts.push_back(expected_.data() + expected_.size());
    const unsigned threads = files_.is_parallel() ? std::max(1u, rules_.threads) : 1;
    std::vector<digester> digesters;
    for (unsigned i = 0; i < threads; ++i) digesters.emplace_back(manifests_);
    for (std::size_t begin = 0; begin + 1 < starts.size(); begin += files_at_once)
      check_files(starts, begin, std::min(begin + files_at_once, starts.size() - 1), digesters);
  }

  void check_files(const std::vector<const expectation*>& starts, std::size_t begin, std::size_t end,
                   std::vector<digester>& digesters) {
    // What the digests should be; their spool is for one thread.
    std::vector<std::string> wanted;
    for (auto e = starts[begin]; e != starts[end]; ++e) wanted.push_back(digest_of(*e));
    std::vector<std::vector<finding>> found(end - begin);
    std::vector<std::exception_ptr> thrown(digesters.size());
    std::atomic<std::size_t> next = begin;
    const auto work = [&](std::size_t worker) {
      try {
        for (std::size_t i = next++; i < end; i = next++)
          found[i - begin] = check_file(starts[i], starts[i + 1], wanted.data() + (starts[i] - starts[begin]), digesters[worker]);
      } catch (...) {
        thrown[worker] = std::current_exception();
        next = end;
      }
    };
    {
      std::vector<std::jthread> others;
      for (std::size_t worker = 1; worker < digesters.size() && worker < end - begin; ++worker) others.emplace_back(work, worker);
      work(0);
    }
    for (auto& findings : found)
      for (auto& f : findings) report_(std::move(f));
    for (const auto& e : thrown)
      if (e) std::rethrow_exception(e);
  }

  // [any-thread]
  std::vector<finding> check_file(const expectation* first, const expectation* last, const std::string* wanted_first,
                                  digester& digests) const {
    std::vector<finding> out;
    const std::uint32_t file = first->file;
    if (!files_.is_regular(file)) return out;
    digests.begin(first, last);
    try {
      files_.read(file, [&](std::string_view octets) { digests.update(octets); });
    } catch (const unusable& e) {
      digests.finish();
      out.push_back({severity::error,
                     e.code,
                     std::string(files_.path(file)) + ": " + e.what(),
                     std::string(files_.path(file)),
                     {},
                     {},
                     {}});
      return out;
    }
    digests.finish();
    for (auto e = first; e != last; ++e) {
      const manifest& m = manifests_[e->manifest];
      const auto found = digests.result(e->manifest);
      const std::string& wanted = wanted_first[e - first];
      if (found == wanted) continue;
      const bool excused = m.is_tag && bag_.version < 97;
      out.push_back(
          {excused ? severity::warning : severity::error, excused ? "bundle.tag-digest" : "bundle.digest",
           quoted(files_.path(file)) + " was changed: its " + std::string(m.algorithm->name) + " is not that of " + m.path,
           std::string(files_.path(file)), std::string(m.algorithm->name), hexadecimal(wanted), hexadecimal(found)});
    }
    return out;
  }

  const bag_files& files_;
  const check_rules rules_;
  finding_function report_;
  bool valid_ = true;
  bagit_declaration bag_;
  std::vector<std::uint32_t> by_path_;
  alike_map composed_, folded_;
  std::vector<manifest> manifests_;
  std::vector<expectation> expected_;
  spool digests_;                                 // as octets; of many files they take more room than all else
  std::map<std::string, std::uint32_t> missing_;  // path, and the manifests that list it as bits
  std::unordered_set<std::uint32_t> warned_norm_;
  std::uint64_t forgiven_ = 0;  // absent files that are no error
  bool warned_dot_slash_ = false;
};

}  // namespace

bag_verdict check_bag(const bag_files& files, const check_rules& rules, const finding_function& report) {
  return bag_checker(files, rules, report).run();
}

bool is_system_file(std::string_view path) {
  const std::string name = fold_key(last_segment(path));
  return name == ".ds_store" || name == "thumbs.db" || name == "desktop.ini";
}

}  // namespace dragoman::bundle

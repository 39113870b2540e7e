#include "verifier.hpp"

#include "names.hpp"
#include "opened_archive.hpp"

#include <algorithm>
#include <map>

namespace dragoman::bundle {
namespace {

// A bag in a folder of the disk.
class folder_bag final : public bag_files {
public:
  explicit folder_bag(const folder& f) : folder_(f) {
    for (std::size_t i = 0; i < f.count(); ++i) {
      const auto e = f[i];
      has_data_ |= e.is_folder() && e.path == "data";
      if (!e.is_folder()) files_.push_back(i);
    }
  }
  std::size_t count() const override { return files_.size(); }
  std::string_view path(std::size_t file) const override { return folder_[files_[file]].path; }
  std::uint64_t size(std::size_t file) const override { return folder_[files_[file]].length; }
  bool is_regular(std::size_t file) const override { return folder_[files_[file]].is_file(); }
  bool has_data_folder() const override { return has_data_; }
  bool is_parallel() const override { return folder_.is_parallel(); }
  void read(std::size_t file, const std::function<void(std::string_view)>& take) const override {
    try {
      folder_.read(files_[file], take);
    } catch (const stop& s) {
      if (s.status == DGM_IO) throw unusable("bundle.file-unreadable", "it cannot be read");
      throw;
    }
  }

private:
  const folder& folder_;
  std::vector<std::size_t> files_;
  bool has_data_ = false;
};

// Tells findings to who asked, those of one code up to a bound.
class teller {
public:
  explicit teller(const dgm_verification& to) : to_(to) {}
  void operator()(const finding& f) {
    if (++told_[f.code] <= most_of_a_kind) tell(f);
  }
  void finish() {
    for (const auto& [code, times] : told_)
      if (times > most_of_a_kind)
        tell({severity::note,
              "bundle.more-findings",
              std::to_string(times - most_of_a_kind) + " more findings of the code " + code,
              {},
              {},
              {},
              {}});
  }

private:
  void tell(const finding& f) const {
    const dgm_diag d{sizeof d, static_cast<std::int32_t>(f.level), span(f.code), span(f.text), -1, 0, 0, 0};
    const dgm_finding told{sizeof told, &d, span(f.path), span(f.algorithm), span(f.expected), span(f.found)};
    to_.report(to_.ctx, &told);
  }
  const dgm_verification& to_;
  std::map<std::string, std::uint64_t> told_;
};

check_rules rules_of(const dgm_verification& what) {
  return {what.level <= DGM_VERIFY_STRUCTURE  ? check_level::structure
          : what.level == DGM_VERIFY_COMPLETE ? check_level::complete
                                              : check_level::full,
          (what.flags & DGM_VERIFY_LENIENT) != 0, (what.flags & DGM_VERIFY_STRICT) != 0, what.threads};
}

void verify_bag(const bag_files& bag, const dgm_verification& what) {
  teller tell(what);
  check_bag(bag, rules_of(what), [&](const finding& f) { tell(f); });
  tell.finish();
}

// An archive that is no bag is sound when everything in it can be unpacked as its directory says.
void verify_plain(const host& h, container& archive, const dgm_verification& what) {
  teller tell(what);
  tell({severity::note, "bundle.no-bag", "the archive holds no bag; only the archive itself was verified", {}, {}, {}, {}});
  if (what.level < DGM_VERIFY_FULL) return;
  for (std::size_t i = 0; i < archive.count(); ++i) {
    h.check_cancelled();
    if (archive.is_folder(i)) continue;
    try {
      archive.unpack(i, [](std::string_view) {});
    } catch (const unusable& e) {
      tell({severity::error, e.code, e.what(), std::string(archive.path(i)), {}, {}, {}});
    }
  }
  tell.finish();
}

}  // namespace

int verifier::probe(const folder& files) noexcept {
  bool has_manifest = false, has_data = false;
  for (std::size_t i = 0; i < files.count(); ++i) {
    const auto e = files[i];
    if (e.path == "bagit.txt") return 95;
    has_manifest |= e.path.starts_with("manifest-") && e.path.ends_with(".txt") && e.path.find('/') == npos;
    has_data |= e.is_folder() && e.path == "data";
  }
  return has_manifest ? 60 : has_data ? 20 : 5;
}

void verifier::verify(const host& services, const dgm_verification& what) {
  if (what.folder != nullptr) {
    const folder files(what.folder);
    return verify_bag(folder_bag(files), what);
  }
  const bool lenient = (what.flags & DGM_VERIFY_LENIENT) != 0;
  const opened_archive opened(services, input(what.input));
  if (const auto folder = find_bag(services, opened.entries(), view(what.name), lenient))
    verify_bag(archived_bag(opened.entries(), *folder), what);
  else verify_plain(services, opened.entries(), what);
}

}  // namespace dragoman::bundle

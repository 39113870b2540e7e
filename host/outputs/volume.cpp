#include "outputs/volume.hpp"

#include <cstdio>
#include <filesystem>

namespace dragoman::hosting {
namespace {

// A file whose run keeps an account of it.
const atomic_file* account_file(const destination_needs& needs, const byte_sink& sink) {
  return needs.account != nullptr && needs.account->has_journal() ? dynamic_cast<const atomic_file*>(&sink) : nullptr;
}
void watch(const destination_needs& needs, byte_sink& sink) {
  if (account_file(needs, sink) != nullptr) dynamic_cast<atomic_file&>(sink).watch();
}

std::string file_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

}  // namespace

std::string volume_path(const format_entry& format, const std::string& series, std::uint32_t index) {
  char number[16];
  std::snprintf(number, sizeof number, "-%04u", static_cast<unsigned>(index));
  const auto suffix = format.suffix_length(file_name(series));
  return series.substr(0, series.size() - suffix) + number + series.substr(series.size() - suffix);
}

std::unique_ptr<byte_sink> make_sink(const destination_needs& needs, const std::string& path, bool overwrite) {
  if (needs.job.dry_run) return std::make_unique<no_output>();
  if (path.empty()) return std::make_unique<stream_output>(needs.job.is_standard_output() ? std::string() : needs.job.out);
  return std::make_unique<atomic_file>(path, overwrite, needs.job.kind == conversion::target::folder ? &needs.folders : nullptr);
}

volume::volume(const destination_needs& needs, std::string series, std::uint32_t index)
    : needs_(needs),
      series_(std::move(series)),
      path_(index == 1 ? series_ : volume_path(*needs.job.to, series_, index)),
      series_name_(file_name(series_)),
      name_(file_name(path_)),
      facts_{sizeof(dgm_volume), index, 0, span(series_name_), span(name_)},
      out_(needs.env, *needs.job.to, make_sink(needs, path_, needs.job.force), path_.empty() ? needs_.job.stream_name() : path_,
           [this](const origin& about, const finding& f) { tell(about, f); }) {
  if (!series_.empty() && !needs.job.to->has(DGM_STANDALONE)) out_.make_volume(&facts_);
  watch(needs_, out_.sink());
}

void volume::account_for() const {
  if (const auto* file = account_file(needs_, out_.sink()))
    needs_.account->volume_done(facts_.index, {name_, file->size(), file->sha256()}, end_);
}

void volume::tell(const origin& about, const finding& f) {
  if (is_closing_) heard_.emplace_back(about, f);
  else needs_.report(about, f);
}

void volume::name(std::uint32_t count) {
  facts_.count = count;
  if (count == 1) return;
  path_ = volume_path(*needs_.job.to, series_, facts_.index);
  name_ = file_name(path_);
  facts_.name = span(name_);
  if (auto* file = dynamic_cast<atomic_file*>(&out_.sink())) file->rename(path_);
}

void volume::close(std::launch when) {
  is_closing_ = true;
  closed_ = std::async(when, [this] { return out_.finish(); });
}

bool volume::settle() {
  const bool is_there = closed_.get();
  for (const auto& [about, f] : heard_) needs_.report(about, f);
  return is_there;
}

numbered_volume::numbered_volume(const destination_needs& needs, const std::string& series, std::uint32_t index,
                                 std::uint32_t count, std::launch when)
    : needs_(needs),
      path_(volume_path(*needs.job.to, series, index)),
      series_name_(file_name(series)),
      name_(file_name(path_)),
      facts_{sizeof(dgm_volume), index, count, span(series_name_), span(name_)},
      out_(needs.env, *needs.job.to, std::make_unique<atomic_file>(path_, true), path_,
           [this](const origin& about, const finding& f) { heard_.emplace_back(about, f); }),
      is_wanted_(out_.numbers_volumes()) {
  if (!is_wanted_) return;
  out_.make_volume(&facts_);
  watch(needs_, out_.sink());
  written_ = std::async(when, [this] { return write(); });
}

bool numbered_volume::write() {
  std::string problem;
  constexpr std::size_t in_memory = std::size_t{1} << 20;
  if (const auto finished = octets::of_file(path_, problem, in_memory)) return out_.number(*finished) && out_.secure();
  origin about;
  about.name = about.display = path_;
  heard_.emplace_back(about, finding{level::error, "input.unreadable", problem});
  return false;
}

bool numbered_volume::settle() {
  if (!is_wanted_) return true;
  const bool is_there = written_.get() && out_.publish();
  for (const auto& [about, f] : heard_) needs_.report(about, f);
  if (!is_there) return false;
  if (const auto* file = account_file(needs_, out_.sink()))
    needs_.account->volume_rewritten(facts_.index, {name_, file->size(), file->sha256()});
  return true;
}

}  // namespace dragoman::hosting

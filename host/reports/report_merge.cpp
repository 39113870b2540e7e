#include "reports/report_merge.hpp"

#include "reports/record.hpp"
#include "reports/run_report.hpp"
#include "run/shard.hpp"
#include "strings.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>

namespace dragoman::hosting {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view suffix = ".jsonl";
constexpr std::size_t most_problems = 20;

// Where the line of an input stands.
struct line_place {
  std::string id;
  std::size_t file = 0;
  std::streamoff offset = 0;
};

class merging {
public:
  explicit merging(const std::vector<std::string>& reports) {
    for (const auto& r : reports) {
      if (fs::is_directory(r)) add_folder(r);
      else files_.push_back(r);
    }
    look_for_missing();
    for (std::size_t i = 0; i < files_.size(); ++i) index(i);
    std::sort(lines_.begin(), lines_.end(),
              [](const auto& a, const auto& b) { return std::tie(a.id, a.file, a.offset) < std::tie(b.id, b.file, b.offset); });
  }

  merged write(const std::string& out, bool overwrite, const sample_wish& wish) {
    merged result;
    run_report::check(out, overwrite);
    const auto report = run_report::begin(out, wish);
    std::string before;  // the line of the last input, as JSON
    for (std::size_t i = 0; i < lines_.size() && problems_.size() < most_problems; ++i) {
      const auto record = record_at(lines_[i]);
      auto now = to_json(record);
      if (i > 0 && lines_[i].id == lines_[i - 1].id) {
        if (now != before)
          problem(files_[lines_[i].file],
                  "says of " + printable(lines_[i].id) + " something else than " + printable(files_[lines_[i - 1].file]));
        continue;
      }
      before = std::move(now);
      report->add(record);
      ++result.inputs;
    }
    if (problems_.empty()) copy_pages(report->drawn().drawn(), sample_folder(out));
    if (problems_.empty() && !report->finish()) problem(out, report->problem());
    result.problems = std::move(problems_);
    return result;
  }

private:
  void problem(const std::string& where, std::string text) {
    if (problems_.size() < most_problems) problems_.push_back({where, std::move(text)});
  }
  void copy_pages(const std::vector<spot_sample::document>& drawn, const std::string& to) {
    remove_other_pages(to, drawn);
    for (const auto& d : drawn) copy_page(d, to);
  }
  void copy_page(const spot_sample::document& d, const fs::path& to) {
    for (const auto& f : files_) {
      const auto from = fs::path(sample_folder(f)) / d.page;
      std::string unreadable;
      const auto content = fs::exists(from) ? octets::of_file(from.string(), unreadable) : nullptr;
      if (!content) continue;
      made_folders folders;
      atomic_file file(to / d.page, true, &folders);
      if (!file.write(content->head(content->length())) || !file.commit()) problem((to / d.page).string(), file.problem());
      return;
    }
    problem(d.id, "the shards made no page of it: run them with the same --sample and --seed");
  }
  void add_folder(const std::string& folder) {
    const auto before = files_.size();
    for (const auto& e : fs::directory_iterator(folder)) {
      const auto name = e.path().filename().string();
      if (name.front() != '.' && shard_in(name, suffix)) files_.push_back(e.path().string());
    }
    std::sort(files_.begin() + static_cast<std::ptrdiff_t>(before), files_.end());
    if (files_.size() == before) problem(folder, "there is no report of a shard in it (NAME-sKKKK-of-NNNN.jsonl)");
  }
  // Reports that say of which shard they are must be all of them.
  void look_for_missing() {
    std::set<std::size_t> there, counts;
    for (const auto& f : files_)
      if (const auto s = shard_in(f, suffix)) {
        there.insert(s->index);
        counts.insert(s->count);
      }
    if (counts.size() > 1) return problem(files_.front(), "the reports are of runs with different numbers of shards");
    if (counts.empty()) return;
    std::string missing;
    for (std::size_t i = 0, told = 0; i < *counts.begin() && told < most_problems; ++i)
      if (there.count(i) == 0) {
        missing += (missing.empty() ? "" : ", ") + std::to_string(i);
        ++told;
      }
    if (!missing.empty())
      problem(files_.front(), "reports are missing of the shards " + missing + " of " + std::to_string(*counts.begin()));
  }

  void index(std::size_t file) {
    std::ifstream in(files_[file], std::ios::binary);
    if (!in) throw std::system_error(errno, std::generic_category(), files_[file]);
    const auto of = shard_in(files_[file], suffix);
    std::string line;
    for (std::streamoff at = 0; std::getline(in, line); at += static_cast<std::streamoff>(line.size()) + 1) {
      try {
        auto r = record_of(line);
        if (of && !of->takes(r.source)) problem(files_[file], printable(r.id) + " is not of this shard");
        lines_.push_back({std::move(r.id), file, at});
      } catch (const std::exception&) {
        problem(files_[file], "a line that is none of a report: " + printable(shortened(line, 60)));
      }
    }
  }
  input_record record_at(const line_place& p) {
    if (open_file_ != p.file || !open_.is_open()) {
      open_ = std::ifstream(files_[p.file], std::ios::binary);
      open_file_ = p.file;
    }
    open_.clear();
    open_.seekg(p.offset);
    std::string line;
    if (!std::getline(open_, line)) throw std::system_error(errno, std::generic_category(), files_[p.file]);
    return record_of(line);
  }

  std::vector<std::string> files_;
  std::vector<line_place> lines_;
  std::vector<merge_problem> problems_;
  std::ifstream open_;
  std::size_t open_file_ = 0;
};

}  // namespace

merged merge_reports(const std::vector<std::string>& reports, const std::string& out, bool overwrite, const sample_wish& wish) {
  return merging(reports).write(out, overwrite, wish);
}

}  // namespace dragoman::hosting

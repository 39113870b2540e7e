#include "run/spot_checks.hpp"

#include "display/outline.hpp"
#include "inputs/opening.hpp"
#include "inputs/unpacking.hpp"
#include "outputs/output.hpp"
#include "sessions/channel.hpp"

#include <dragoman/node.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

namespace dragoman::hosting {
namespace {

constexpr std::size_t most_shown = std::size_t{1} << 20;  // octets of one side

std::string cut(std::string text, std::uint64_t whole) {
  if (whole > most_shown) text = text.substr(0, most_shown) + "\n... cut here: " + std::to_string(whole) + " octets in all\n";
  return text;
}
std::string beginning_of(const octets& content) { return cut(content.head(most_shown), content.length()); }

class kept_octets final : public byte_sink {
public:
  explicit kept_octets(std::string& to) : to_(to) {}
  bool write(std::string_view octets) noexcept override {
    to_ += octets;
    return true;
  }

private:
  std::string& to_;
};

class spot_checks {
public:
  spot_checks(environment& env, const conversion& job, const std::vector<spot_sample::document>& drawn,
              const std::vector<std::string>& outputs)
      : env_(env), job_(job), does_drop_source_(std::exchange(env.drop_source, false)) {
    if (unpacking::is_possible(*job.to))
      for (const auto& path : outputs) look_into(path, drawn);
  }
  ~spot_checks() { env_.drop_source = does_drop_source_; }
  spot_checks(const spot_checks&) = delete;
  spot_checks& operator=(const spot_checks&) = delete;

  sample_page page_of(const spot_sample::document& what) {
    sample_page page;
    page.what = what;
    std::uint64_t place = 0;
    const auto read = read_again(what, page.problem, place);
    if (read.found) {
      const source_lines lines(read.found.root(), read.from->content, place);
      page.original = lines.source().empty() ? beginning_of(*read.from->content)
                                             : cut(std::string(lines.source().substr(0, most_shown)), lines.source().size());
      if (lines.is_in_input()) page.first_line = std::max(1u, lines.locate(0).line);
      page.findings = read.findings;
      for (auto& f : page.findings) locate(f, *read.from);
    }
    const auto in_archive = derivatives_.find({what.source, what.number});
    if (in_archive != derivatives_.end()) page.derivatives = in_archive->second;
    else if (!what.output.empty()) page.derivatives.push_back(file_of(what, page.problem));
    else if (read.found && !job_.to->has(DGM_ARCHIVE)) page.derivatives.push_back(rendered(what));
    return page;
  }

private:
  // The document of that number, as the run read it; `place` is where those before it end (see source_lines).
  document_reader::step read_again(const spot_sample::document& what, std::string& problem, std::uint64_t& place) {
    auto opened = open_input(env_, {what.id, what.source}, origin_of(env_, {what.id, what.source}), job_.from);
    if (opened.format == nullptr) {
      problem = "the original cannot be read again: " + opened.why.reason.text;
      return {};
    }
    if (sha256_of(*opened.where->content) != what.sha256) problem = "the original is not what it was when it was converted";
    document_reader reader(env_, *opened.format, opened.where, [](const origin&, const finding&) {});
    std::size_t number = 0;
    std::shared_ptr<const origin> from;
    for (bool more = true; more && !env_.stop;) {
      auto step = reader.next();
      more = step.more;
      if (!step.found || step.found.is_collection()) continue;
      if (std::exchange(from, step.from) != step.from) place = 0;
      if (++number == what.number) return step;
      source_lines(step.found.root(), step.from->content, place);
    }
    if (problem.empty()) problem = "the original does not have this document any more";
    return {};
  }

  sample_page::made file_of(const spot_sample::document& what, std::string& problem) const {
    std::string unreadable;
    const auto content = octets::of_file((std::filesystem::path(job_.out) / what.output).string(), unreadable, most_shown);
    if (!content) problem = "what was made of it cannot be read: " + unreadable;
    return {escaped(what.output), content ? beginning_of(*content) : std::string()};
  }

  // It went into an output with others.
  sample_page::made rendered(const spot_sample::document& what) {
    std::string text, ignored;
    std::uint64_t place = 0;
    env_.drop_source = does_drop_source_;
    const auto read = read_again(what, ignored, place);
    env_.drop_source = false;
    channel out(env_, *job_.to, std::make_unique<kept_octets>(text), "", [](const origin&, const finding&) {});
    if (!read.found || !out.open() || !out.write(read) || !out.finish()) text.clear();
    const auto whole = text.size();
    return {std::string(job_.to->id()) + ", rendered alone", cut(std::move(text), whole)};
  }

  // An archive knows what was made of each document, in the order of the run.
  void look_into(const std::string& path, const std::vector<spot_sample::document>& drawn) {
    auto opened = open_input(env_, {path, path}, origin_of(env_, {path, path}), job_.to);
    if (opened.format == nullptr) return;
    unpacking archive(env_, *opened.format, opened.where, [](const origin&, const finding&) {});
    const auto count = archive.records();
    for (std::size_t i = 0; i < count && !env_.stop; ++i) {
      const dgm_record* r = archive.record(i);
      if (r == nullptr || r->id.len == 0) continue;
      const std::string name(view(r->name));
      const std::size_t number = ++numbers_[name];
      if (std::none_of(drawn.begin(), drawn.end(), [&](const auto& d) { return d.source == name && d.number == number; }))
        continue;
      for (std::size_t f = r->has_original ? 1 : 0; f < r->file_count; ++f) {
        std::string text;
        archive.read(r->files[f].entry, 0, most_shown, text);
        derivatives_[{name, number}].push_back(
            {std::string(view(r->files[f].format)) + ", in the " + std::string(job_.to->id()), std::move(text)});
      }
    }
  }

  environment& env_;
  const conversion& job_;
  const bool does_drop_source_;
  std::map<std::string, std::size_t> numbers_;  // of documents, by input
  std::map<std::pair<std::string, std::size_t>, std::vector<sample_page::made>> derivatives_;
};

}  // namespace

void make_spot_checks(environment& env, const conversion& job, const std::vector<spot_sample::document>& drawn,
                      const std::vector<std::string>& outputs, const std::string& folder, const listener& report) {
  remove_other_pages(folder, drawn);
  spot_checks checks(env, job, drawn, outputs);
  made_folders folders;
  for (const auto& d : drawn) {
    if (env.stop) return;
    atomic_file file(std::filesystem::path(folder) / d.page, true, &folders);
    if (file.write(html_of(checks.page_of(d))) && file.commit()) continue;
    origin about;
    about.name = about.display = (std::filesystem::path(folder) / d.page).string();
    report(about, {level::error, "output.write", file.problem()});
  }
}

}  // namespace dragoman::hosting

// Plugins in processes of their own: a crash, a hang or a memory bomb costs one document. Source of the rule: docs/design.md 4
// "Isolation".
#pragma once
#include "isolation/asked_ahead.hpp"
#include "isolation/isolated_plugin.hpp"
#include "plugins/registry.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

enum class isolate { none, third_party, all };

// While it lives, sessions of the formats that it isolates run in workers: the tables of these formats are others. Command
// plugins are left as they are, since each of their sessions is a process anyway.
class isolation final : public reader_service {
public:
  // `setting.stop` must outlive it. Tells when the kernel cannot refuse workers what they have no business with. Throws
  // std::runtime_error when there are too many formats.
  isolation(registry& formats, isolate which, worker_setting setting);
  isolation(const isolation&) = delete;
  isolation& operator=(const isolation&) = delete;
  ~isolation() override;

  bool answers_for(const format_entry& format) const noexcept override;
  std::unique_ptr<expectation> expect(const std::vector<coming>& next) override;
  void expect_writing(const format_entry& format, void* session, const std::vector<const dgm_document*>& next) override;
  answers probe(std::string_view head, bool at_end) override;
  std::int64_t cut(const format_entry& format, std::string_view text, bool at_end, std::size_t enough) override;

private:
  struct isolated_entry;
  struct asked_group;
  void probe(const asked_group& group, std::string_view head, bool at_end, answers& out);
  void expect_probes(asked_ahead& to, const std::vector<coming>& next);
  void expect_reading(asked_ahead& to, const std::vector<coming>& next);

  registry& formats_;
  const worker_setting setting_;
  std::deque<isolated_plugin> plugins_;
  std::deque<isolated_entry> entries_;
  std::deque<asked_group> groups_;  // of what is asked together
};

}  // namespace dragoman::hosting

// The journal of a run: which inputs are done, on the disk, so that a run that ended early, however it ended, can go on.
//
// JSON lines, only ever appended, each by one write(2): a line for each run, with what its outputs depend on; a line with the
// names of outputs before they get them; a line for each input that is done, after its outputs have their names. Where one
// output takes all inputs, they are done when it is, or those of its first volumes when these are: a line for each volume. A last line
// without an end was torn by the end of a run and is cut off.
//
// Source: bundles.md 11 "Journal", "Resume".
#pragma once
#include "outputs/naming.hpp"
#include "reports/record.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dragoman::hosting {

// A volume of the one output of a run. When an input ends with it, all of that input and of those before is in it and in
// the volumes before: then `inputs` says how many these are, and `ids` stands for their ids and order.
struct volume_record {
  output_record file;
  std::uint64_t inputs = 0;
  std::string ids;
};

class journal {
public:
  // Opens the file, or makes it. `identity` is whatever outputs depend on beside an input and its reader: what runs of
  // another identity did does not count. `started` is when this run began, in seconds since 1970. Throws usage_error when
  // another process has it, std::system_error when it cannot be written or read.
  journal(std::string path, const std::string& identity, std::int64_t started);
  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;
  ~journal();

  // The input of that id as it was done before, with the same identity. [any-thread]
  std::optional<input_record> find(const std::string& id) const;
  // A run before was about to give this name to an output: what has it is ours. [any-thread]
  bool is_ours(std::string_view output) const { return ours_.has(output); }
  // Process ids of runs before, on this machine.
  const std::vector<long>& processes() const noexcept { return processes_; }
  // When the run began that this one goes on with: the time that outputs record. That of this one when there is none.
  std::int64_t started() const noexcept { return *started_; }
  // How many inputs.
  std::size_t done_before() const noexcept { return done_; }

  // The outputs of the whole run, by their names beside the journal, when one with the same identity came to its end.
  const std::vector<output_record>& finished() const noexcept { return finished_; }

  // The volumes of a run with the same identity, as far as they got their names.
  const std::vector<volume_record>& volumes() const noexcept { return volumes_; }
  // The volume of that number, from 1, has its name.
  void add_volume(std::uint32_t index, volume_record volume);
  // The run goes on after so many volumes: what was done before of later ones does not count any more. Throws
  // std::system_error when that cannot be written.
  void keep_volumes(std::uint32_t count);

  // These are about to get their names. False: that could not be written, and none of them may, since a later run would take
  // them for somebody else's.
  bool publishing(const std::vector<std::string>& outputs);
  // One output is made of the whole run, from the beginning: nothing that was done before counts any more. Throws
  // std::system_error when that cannot be written.
  void start_anew(const std::string& output);
  void add(const input_record& r);
  void finish(const std::vector<output_record>& outputs);
  // What was added would survive a power cut. Happens by itself once a second. False, with the reason in problem(), when
  // anything could not be written.
  bool sync();
  const std::string& problem() const noexcept { return problem_; }
  const std::string& path() const noexcept { return path_; }

private:
  void load(const std::string& identity);
  void take_line(std::string_view line, std::uint64_t offset, const std::string& identity, bool& counts);
  int append(std::string line);  // 0, or why it could not be written, as an errno
  void append_or_throw(std::string line);

  const std::string path_;
  int fd_ = -1;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> index_;  // hash of the id, where its line begins; sorted
  std::size_t done_ = 0;
  given_names ours_;
  std::vector<long> processes_;
  std::optional<std::int64_t> started_;
  std::vector<output_record> finished_;
  std::vector<volume_record> volumes_;
  std::string problem_;
  std::chrono::steady_clock::time_point synced_ = std::chrono::steady_clock::now();
};

}  // namespace dragoman::hosting

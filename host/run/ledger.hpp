// The account of a run: a record for each of its inputs, in their order, which the journal, the report and the folder of
// rejected originals are made from.
#pragma once
#include "reports/record.hpp"
#include "reports/run_report.hpp"
#include "run/journal.hpp"
#include "run/rejects.hpp"

#include <cstdio>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace dragoman::hosting {

// What of it is to be kept. Paths; empty: not at all.
struct account_wishes {
  std::string journal, report, rejects;
  bool retry_failed = false;  // failed inputs of an earlier run are not done
  bool recheck = false;       // outputs of an earlier run are digested again
  sample_wish sample;         // of the report
  bool is_anything() const { return !journal.empty() || !report.empty() || !rejects.empty(); }
};

class ledger {
public:
  // `identity` and `started` see journal. With `until_the_end` there is one output, and no input is done before it is. Throws usage_error and
  // std::system_error for files that cannot be had.
  ledger(const account_wishes& wishes, const std::string& identity, std::int64_t started, bool until_the_end, bool force,
         listener report);
  ledger(const ledger&) = delete;
  ledger& operator=(const ledger&) = delete;
  ~ledger();

  // An output of its own that does not have its name yet.
  struct open_record {
    input_record what;
    std::shared_ptr<const origin> where;
    std::size_t open_outputs = 0;
    bool is_ended = false;
    bool was_done = false;  // by an earlier run
  };
  using handle = std::shared_ptr<open_record>;

  // How far a run is: how many inputs have ended, and what stands for their ids and order.
  struct position {
    std::uint64_t inputs = 0;
    std::string ids;
  };
  // Volumes of an earlier run that hold all of its first inputs.
  struct kept_volumes {
    std::uint32_t count = 0;
    position end;
  };

  const account_wishes& wishes() const noexcept { return wishes_; }
  bool has_journal() const noexcept { return journal_.has_value(); }
  const journal& past() const { return *journal_; }

  // An id that no other input of the run has. [the thread that looks for inputs]
  std::string new_id(const std::string& path);
  // What an earlier run did of this input, when that still holds: same octets, same reader, outputs in place below `folder`.
  // [any-thread]
  std::optional<input_record> done_before(const std::string& id, const std::string& sha256, const std::string& reader,
                                          const std::string& folder) const;
  // The outputs of an earlier run into one output are as it left them.
  bool is_finished() const;
  // Their paths.
  std::vector<std::string> finished_outputs() const;

  // An earlier run of the same identity made the output of that name, beside the journal, and its octets are as that left them.
  bool is_untouched(const std::string& output) const;
  // The volumes of an earlier run that are as it left them, up to the last that ends with an input.
  kept_volumes kept() const;

  // In the order of the run, on its thread. Between begin and end all is about that input.
  handle begin(const std::string& id, std::shared_ptr<const origin> where);
  handle current() const noexcept { return current_; }
  void told(const finding& f);
  void failed(const failure& f);
  void was_done(input_record r);
  void end();
  // The one output of the run, of that name beside the journal, is begun.
  void start_anew(const std::string& output);
  // The run goes on after so many volumes.
  void keep_volumes(std::uint32_t count);
  // The inputs that have ended.
  const position& so_far() const noexcept { return so_far_; }
  // A volume, from 1, has its name, which lies beside the journal; where it ends with an input, all inputs up to `end` are done.
  void volume_done(std::uint32_t index, const output_record& file, const std::optional<position>& end);
  // The same volume was written anew.
  void volume_rewritten(std::uint32_t index, const output_record& file);
  // Outputs get these names now. False: that could not be noted, and none of them may.
  bool publishing(const std::vector<std::string>& outputs);
  // An output of that input is there, or not, for the reason given.
  void output_done(const handle& of, std::size_t documents, output_record output);
  void output_failed(const handle& of, std::size_t documents, const finding& why);
  // Accounts for what is complete.
  void flush();
  // All inputs are through. `why` tells that the one output of the run is not there.
  // `outputs` are the files that take the whole run. `pages` makes those of the documents that were drawn, before the report
  // that names them has its own name.
  void finish(const std::optional<finding>& why, const std::vector<std::string>& outputs,
              const std::function<void(const std::vector<spot_sample::document>&)>& pages);
  // Forgets all inputs; they come again.
  void start_again();

private:
  void account(input_record r, bool was_done, bool is_journaled, const origin* where);
  void keep_for_later(const open_record& r);
  void for_each_later(std::uint64_t count, const std::function<void(input_record r, bool was_done)>& take);
  void replay(const std::optional<finding>& why);
  void report_problem(const std::string& path, const std::string& problem);

  const account_wishes wishes_;
  const listener report_;
  std::optional<journal> journal_;
  std::vector<output_record> earlier_;  // outputs of the whole run, by its journal
  std::unique_ptr<run_report> report_file_;
  std::optional<rejects> rejects_;
  given_names ids_;
  handle current_;
  std::deque<handle> open_;
  std::FILE* later_ = nullptr;  // records that wait for the end of the run
  position so_far_;
  std::uint64_t journaled_ = 0;  // of the records that wait, by volume_done or an earlier run
  long journaled_end_ = 0;       // where the rest begins
  bool journal_failed_ = false;
};

}  // namespace dragoman::hosting

// Reads the documents of one input, one after the other, whatever its reader does.
#pragma once
#include "sessions/session.hpp"

#include <memory>
#include <vector>

namespace dragoman::hosting {

// A builder that other readers of the same thread used before: it has memory, and knows the names that recur in documents.
class lent_builder {
public:
  lent_builder();
  ~lent_builder();
  lent_builder(const lent_builder&) = delete;
  lent_builder& operator=(const lent_builder&) = delete;
  document_builder* operator->() const noexcept { return builder_.get(); }

private:
  std::unique_ptr<document_builder> builder_;
};

class document_reader final : nested_parent {
public:
  // Findings go to `to`. `from` needs its content; `part` is what is read of it.
  document_reader(environment& env, const format_entry& format, std::shared_ptr<const origin> from, listener to,
                  unsigned depth = 0, input_part part = {});
  // Reads the part `number` of what `whole` would have read, which must outlive it and have answered parts().
  document_reader(document_reader& whole, std::uint64_t number, listener to);
  document_reader(const document_reader&) = delete;
  document_reader& operator=(const document_reader&) = delete;

  struct step {
    bool more = false;                   // ask again
    std::vector<failure> failures;       // what failed before this document, all of it reported
    document found;                      // a document or a frame; empty when this step brought none
    std::shared_ptr<const origin> from;  // where it comes from
    bool pristine = false;               // its model is as its source was read (DGM_PRISTINE)
    std::vector<finding> findings;       // what was reported while it was read
    std::string dialect;                 // of its format, when environment::wants_facts and its reader knows
  };
  step next();
  // In how many parts of about equal work it can be read, before anything was; below 2: it reads on itself.
  std::uint64_t parts();

private:
  void nested_told(std::shared_ptr<const origin> from) override { nested_from_ = std::move(from); }
  void nested_failed(failure f) override { nested_failures_.push_back(std::move(f)); }
  void fact(std::string_view name, std::string_view value) override;
  std::string problem_of(const dgm_sink* sink) override;
  bool is_untouched(const dgm_sink* sink) override;
  void start_again(const dgm_sink* sink) override;

  bool open(step& out);
  void take(step& out);
  void fail(step& out);
  bool is_stuck(bool progress);
  bool proven(const document& d) const;

  void keep(const origin& about, const finding& f);

  environment& env_;
  const listener to_;
  const unsigned depth_;
  std::vector<finding> findings_;  // since the document before
  const lent_builder builder_;
  reader_session session_;
  std::shared_ptr<const origin> nested_from_;
  std::vector<failure> nested_failures_;
  std::string dialect_;
  bool opened_ = false, ended_ = false;
  step first_;  // what opening it brought
  std::uint64_t calls_ = 0, calls_in_vain_ = 0;
};

}  // namespace dragoman::hosting

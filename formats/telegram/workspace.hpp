// What readers and writers work with, lent to one session after the other.
#pragma once
#include <cstddef>
#include <memory>

#include "parse.hpp"
#include "split.hpp"

namespace dragoman::telegram {

// Finds where a telegram ends, and parses it. Both grow with what they read and are ready for the next telegram, of whatever
// input: to make them anew costs a small telegram an eighth of its time.
struct workspace {
  cutter cut;
  parser parse;
};

// A workspace of one session, from its begin to its end. Any thread may take or end one; what it lends is for one thread at a
// time. A few that nobody uses are kept, those that a large document blew up are not.
class lent_workspace {
public:
  lent_workspace();
  ~lent_workspace();
  lent_workspace(const lent_workspace&) = delete;
  lent_workspace& operator=(const lent_workspace&) = delete;

  workspace* operator->() const noexcept { return lent_.get(); }
  // Remembers how large the documents were that it was used for.
  void note_document(std::size_t octets) noexcept { largest_ = octets > largest_ ? octets : largest_; }

private:
  std::unique_ptr<workspace> lent_;
  std::size_t largest_ = 0;
};

}  // namespace dragoman::telegram

// Questions that workers were asked before anybody needs the answers: many with one change of process to the worker and back.
#pragma once
#include "inputs/input.hpp"
#include "isolation/isolated_plugin.hpp"
#include "plugins/registry.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

// A worker answers in order, and whoever comes for an answer is lent the worker that gives it: to him it is as if he had just
// asked. So an accident is that of the question that it happened with. One thread, which comes for the answers, too.
class asked_ahead final : public reader_service::expectation {
public:
  struct question {
    std::shared_ptr<const octets> about;  // kept, so that no others can have their place in memory
    std::string_view name;                // of the input
    std::string words;                    // the messages behind that with the octets
  };
  enum class kind { probe, read };

  asked_ahead();
  asked_ahead(const asked_ahead&) = delete;
  asked_ahead& operator=(const asked_ahead&) = delete;
  ~asked_ahead() override;
  // What this thread expects; null when nothing.
  static asked_ahead* of_this_thread() noexcept;

  // Sends them to one worker, as far as it takes so many documents. The answers are taken in this order, or left.
  void ask(worker_pool& pool, kind what, std::vector<question> questions);

  // The worker whose next messages answer this; null when it was not asked, or will have to be asked again. Throws worker_lost
  // when the worker was lost with this.
  std::unique_ptr<worker_process> worker_for(const worker_pool& pool, std::string_view about, std::string_view name,
                                             std::string_view words);
  // It has answered, all of it.
  void give_back(std::unique_ptr<worker_process> worker) noexcept;
  // It was lost, and not with what it was lent for.
  void lose(std::unique_ptr<worker_process> worker, const worker_lost& how);
  // Of what this thread expects: a worker of this pool was lost by itself in this way, and that was told.
  static void was_told(const worker_pool& pool, const worker_lost& how) noexcept;

private:
  static constexpr std::uint64_t nowhere = 0;  // messages count from 1
  struct asked {
    question what;
    message_range messages;
  };
  struct chain {
    worker_pool* pool;
    kind what;
    std::unique_ptr<worker_process> worker;  // here while nobody has it
    std::deque<asked> waiting;
    std::optional<worker_lost> how = {};  // it was lost, and nobody has been told
    std::uint64_t lost_at = nowhere;      // the message that it was at
    // Nonsense is that of an answer before, or of what was said between answers: nobody knows, and all are asked again.
    void lose(std::unique_ptr<worker_process> lost, const worker_lost& why);
  };
  static bool is_about(const question& q, std::string_view octets, std::string_view name, std::string_view words);
  static void pass_over_first(chain& c);

  asked_ahead* const before_;
  std::deque<chain> chains_;
  chain* lent_ = nullptr;  // whose worker somebody has
};

}  // namespace dragoman::hosting

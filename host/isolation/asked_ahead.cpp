#include "isolation/asked_ahead.hpp"

#include <algorithm>

namespace dragoman::hosting {
namespace {

thread_local asked_ahead* current = nullptr;

std::string_view contents(const octets& all) {
  std::string_view out;
  all.contents(out);
  return out;
}

}  // namespace

asked_ahead::asked_ahead() : before_(std::exchange(current, this)) {}

// What is not wanted is heard to its end, so that the worker waits again. A loss that no document answered for is told here.
asked_ahead::~asked_ahead() {
  current = before_;
  for (auto& c : chains_) {
    while (c.worker && !c.waiting.empty()) pass_over_first(c);
    if (c.how) c.pool->tell_of_unneeded(*c.how);
    if (!c.worker) continue;
    c.worker->begin_answer({});
    c.pool->give_back(std::move(c.worker));
  }
}

asked_ahead* asked_ahead::of_this_thread() noexcept { return current; }

void asked_ahead::ask(worker_pool& pool, kind what, std::vector<question> questions) {
  constexpr std::uint64_t messages_each = 2;
  if (questions.size() < 2) return;  // one is as well asked when it is needed
  try {
    auto worker = pool.take();
    auto& c = chains_.emplace_back(chain{&pool, what, nullptr, {}});
    auto at = worker->page().message.load(std::memory_order_relaxed);
    for (auto& q : questions) {
      if (c.waiting.size() == pool.documents_left(*worker)) break;
      pack_input(worker->say(), contents(*q.about), q.name, {});
      worker->say().raw(q.words);
      c.waiting.push_back({std::move(q), {at + 1, at + messages_each}});
      at += messages_each;
    }
    worker->send();
    c.worker = std::move(worker);
  } catch (const worker_lost&) {  // when it is asked again, somebody is there to tell
  } catch (const worker_cancelled&) {
  }
}

bool asked_ahead::is_about(const question& q, std::string_view octets, std::string_view name, std::string_view words) {
  const auto have = contents(*q.about);
  return have.data() == octets.data() && have.size() == octets.size() && q.name == name && q.words == words;
}

std::unique_ptr<worker_process> asked_ahead::worker_for(const worker_pool& pool, std::string_view about, std::string_view name,
                                                        std::string_view words) {
  for (auto& c : chains_) {
    if (c.pool != &pool) continue;
    const auto found =
        std::find_if(c.waiting.begin(), c.waiting.end(), [&](const auto& a) { return is_about(a.what, about, name, words); });
    if (found == c.waiting.end()) continue;
    const auto messages = found->messages;
    for (auto before = found - c.waiting.begin(); c.worker && before > 0; --before) pass_over_first(c);
    if (c.how && messages.holds(c.lost_at)) throw worker_lost(*std::exchange(c.how, std::nullopt));
    if (!c.worker) continue;
    c.worker->begin_answer(c.waiting.front().messages);
    c.waiting.pop_front();
    lent_ = &c;
    return std::move(c.worker);
  }
  return nullptr;
}

void asked_ahead::give_back(std::unique_ptr<worker_process> worker) noexcept {
  if (lent_ != nullptr) std::exchange(lent_, nullptr)->worker = std::move(worker);
}

void asked_ahead::lose(std::unique_ptr<worker_process> worker, const worker_lost& how) {
  if (lent_ != nullptr) std::exchange(lent_, nullptr)->lose(std::move(worker), how);
}

void asked_ahead::chain::lose(std::unique_ptr<worker_process> lost, const worker_lost& why) {
  how = why;
  lost_at = why.why == worker_lost::cause::nonsense ? nowhere : lost->page().message.load(std::memory_order_relaxed);
}

void asked_ahead::was_told(const worker_pool& pool, const worker_lost& how) noexcept {
  if (current == nullptr || how.why != worker_lost::cause::nonsense) return;
  for (auto& c : current->chains_)
    if (c.pool == &pool && c.lost_at == nowhere) c.how.reset();
}

// Nobody came for the answer to its first question.
void asked_ahead::pass_over_first(chain& c) {
  try {
    c.worker->begin_answer(c.waiting.front().messages);
    const auto last = c.what == kind::probe ? op::done : op::closed;
    for (auto m = c.worker->receive(); m.what != last; m = c.worker->receive()) {
      if (m.what == op::ask_octets) throw nonsense("it asks for octets that it has");
      if (m.what > op::ask_octets) return c.worker.reset();  // what nobody is there to give
      if (m.what != op::pause) continue;
      if (!unpacker(m.payload).flag()) break;
      c.worker->say().begin(op::close).end();
      c.worker->send();
    }
    c.waiting.pop_front();
  } catch (const worker_lost& how) {
    c.lose(std::move(c.worker), how);
  } catch (const worker_cancelled&) {
    c.worker.reset();
  } catch (const nonsense& e) {
    c.lose(std::move(c.worker), {worker_lost::cause::nonsense, e.what()});
  }
}

}  // namespace dragoman::hosting

#include "isolation/isolated_plugin.hpp"

#include "strings.hpp"

#include <optional>

namespace dragoman::hosting {
namespace {

const char* words_for(worker_lost::cause why) noexcept {
  using cause = worker_lost::cause;
  switch (why) {
    case cause::crashed: return " crashed while ";
    case cause::timed_out: return " took too long while ";
    case cause::out_of_memory: return " used up its memory while ";
    case cause::nonsense: return " confused its worker while ";
    case cause::not_started: return " got no worker for ";
  }
  return "";
}

}  // namespace

std::unique_ptr<worker_process> worker_pool::take(bool fresh) {
  if (!fresh) {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto out = std::move(idle_.back());
      idle_.pop_back();
      return out;
    }
  }
  return std::make_unique<worker_process>(setting_.program, files_, setting_.limits, setting_.stop);
}

worker_pool::~worker_pool() {
  for (auto& worker : idle_) hear_last_words(*worker);
}

// What a plugin in this process prints everybody sees.
void worker_pool::hear_last_words(worker_process& worker) const {
  const auto said = printable(worker.printed());
  if (said.empty() || !setting_.tell) return;
  setting_.tell({level::warning, "isolation.said", whose() + " printed: " + shortened(said, 200)});
}

void worker_pool::tell_of_unneeded(const worker_lost& how) const {
  if (!setting_.tell) return;
  setting_.tell({level::warning, "isolation.ahead",
                 whose() + words_for(how.why) + "it was asked about inputs ahead of need: " + how.what() +
                     "; with those that were needed it did not fail in this way again"});
}

void worker_pool::give_back(std::unique_ptr<worker_process> worker) {
  if (!worker) return;
  if (worker->documents >= setting_.limits.documents || worker->page().out_of_memory.load(std::memory_order_relaxed) != 0) {
    hear_last_words(*worker);
    return;
  }
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(worker));
}

void isolated_plugin::survived() noexcept {
  if (in_a_row_.load(std::memory_order_relaxed) != 0) in_a_row_ = 0;
}

std::string isolated_plugin::describe(const worker_lost& how, const accident& where) const {
  std::string out = "plugin " + name + words_for(how.why) + where.call + ": " + how.what();
  out += " (plugin file SHA-256 " + sha256_;
  if (!where.sha256.empty()) out += "; input SHA-256 " + where.sha256;
  if (where.offset >= 0) out += ", octet " + std::to_string(where.offset);
  return out + ")";
}

finding isolated_plugin::accuse(const worker_lost& how, const accident& where) {
  using cause = worker_lost::cause;
  const char* code = "isolation.crashed";
  switch (how.why) {
    case cause::crashed: break;
    case cause::timed_out: code = "isolation.timeout"; break;
    case cause::out_of_memory: code = "isolation.memory"; break;
    case cause::nonsense: code = "isolation.nonsense"; break;
    case cause::not_started: code = "isolation.not-started"; break;
  }
  bool is_disabled_now = false;
  {
    const std::lock_guard lock(mutex_);
    const std::string place = where.sha256 + "@" + std::to_string(where.offset) + where.call;
    if (place != last_ || where.sha256.empty()) ++in_a_row_;
    last_ = place;
    is_disabled_now = in_a_row_ >= setting_.limits.crashes && !disabled_.exchange(true);
  }
  if (is_disabled_now && setting_.tell) setting_.tell(why_disabled());
  return {level::error, code, describe(how, where), where.offset};
}

finding isolated_plugin::pardon(const worker_lost& how, const accident& where) const {
  return {level::warning, "isolation.retried", describe(how, where) + "; in a fresh worker it did well", where.offset};
}

std::int64_t isolated_format::cut(std::string_view text, bool at_end, std::size_t enough) {
  if (owner.is_disabled()) return -1;
  for (std::optional<worker_lost> doubt;;) {
    try {
      auto worker = owner.pool.take(doubt.has_value());
      auto p = worker->say();
      pack_input(p, text, {}, {});
      p.begin(op::cut).text(table.id).number(0).number(enough).number(at_end).end();
      worker->send();
      try {
        const auto scored = worker->receive();
        unpacker in(scored.payload);
        if (scored.what != op::scored || in.number() != 0) throw nonsense("it does not say where documents end");
        const auto length = in.signed_number();
        if (worker->receive().what != op::done || length > static_cast<std::int64_t>(text.size()))
          throw nonsense("documents end where nothing is");
        ++worker->documents;
        owner.pool.give_back(std::move(worker));
        return length;
      } catch (const nonsense& e) {
        worker->blame(worker_lost::cause::nonsense, e.what());
      }
    } catch (const worker_lost& how) {
      if (doubt || how.why == worker_lost::cause::not_started) {
        owner.accuse(how, {"cutting", {}, -1});
        return -1;
      }
      doubt = how;
    } catch (const worker_cancelled&) {
      return -1;
    }
  }
}

finding isolated_plugin::why_disabled() const {
  return {level::error, "isolation.disabled",
          "plugin " + name + " failed with " + std::to_string(setting_.limits.crashes) +
              " documents in a row and is not used any more in this run"};
}

}  // namespace dragoman::hosting

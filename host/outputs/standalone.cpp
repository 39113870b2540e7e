#include "outputs/standalone.hpp"

#include <utility>

namespace dragoman::hosting {
namespace {

constexpr std::size_t enough = std::size_t{1} << 16;  // octets that are handed on at once

class memory_sink final : public byte_sink {
public:
  bool write(std::string_view octets) noexcept override {
    octets_ += octets;
    return true;
  }
  std::string& octets() noexcept { return octets_; }

private:
  std::string octets_;
};

}  // namespace

class standalone_sessions::session {
public:
  session(const channel& first, std::unique_ptr<memory_sink> sink)
      : octets(sink->octets()), out(first, std::move(sink), [this](const origin& about, const finding& f) {
          if (to != nullptr) to->report(about, f);
        }) {}

  receiver* to = nullptr;  // of who it is lent to; while nobody is there, what it says when it is closed concerns no document
  std::string& octets;     // in the sink
  channel out;
};

standalone_sessions::standalone_sessions() = default;
standalone_sessions::~standalone_sessions() = default;

std::unique_ptr<standalone_sessions::session> standalone_sessions::lend(receiver& to) {
  std::unique_ptr<session> found;
  {
    const std::lock_guard lock(mutex_);
    if (const auto mine = expecting_.find(std::this_thread::get_id()); mine != expecting_.end()) {
      found = std::move(mine->second);
    } else if (!idle_.empty()) {
      found = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (found) {
    found->to = &to;
    return found;
  }
  found = std::make_unique<session>(*first_.load(), std::make_unique<memory_sink>());
  found->to = &to;
  found->out.open();  // reported when it cannot
  return found;
}

void standalone_sessions::give_back(std::unique_ptr<session> used) {
  used->octets.clear();
  used->to = nullptr;
  const std::lock_guard lock(mutex_);
  const auto mine = expecting_.find(std::this_thread::get_id());
  if (mine != expecting_.end() && !mine->second) mine->second = std::move(used);
  else idle_.push_back(std::move(used));
}

class standalone_sessions::expectation {
public:
  expectation(standalone_sessions& owner, std::unique_ptr<session> asked) : owner_(owner) {
    const std::lock_guard lock(owner_.mutex_);
    owner_.expecting_[std::this_thread::get_id()] = std::move(asked);
  }
  expectation(const expectation&) = delete;
  expectation& operator=(const expectation&) = delete;
  ~expectation() {
    std::unique_ptr<session> asked;
    {
      const std::lock_guard lock(owner_.mutex_);
      const auto mine = owner_.expecting_.find(std::this_thread::get_id());
      asked = std::move(mine->second);
      owner_.expecting_.erase(mine);
    }
    if (!asked) return;  // it is over
    asked->out.expect({});
    const std::lock_guard lock(owner_.mutex_);
    owner_.idle_.push_back(std::move(asked));
  }

private:
  standalone_sessions& owner_;
};

std::shared_ptr<void> standalone_sessions::expect(const std::vector<const document_reader::step*>& next) {
  std::unique_ptr<session> asked;
  {
    const std::lock_guard lock(mutex_);
    if (next.size() < 2 || idle_.empty()) return nullptr;  // the first session begins with its first document
    asked = std::move(idle_.back());
    idle_.pop_back();
  }
  asked->out.expect(next);
  return std::make_shared<expectation>(*this, std::move(asked));
}

standalone_writer::standalone_writer(standalone_sessions& sessions, receiver& to) : sessions_(sessions), to_(to) {}

standalone_writer::~standalone_writer() {
  if (session_ && !is_over_) sessions_.give_back(std::move(session_));
}

void standalone_writer::write(const document_reader::step& s) {
  if (!session_) session_ = sessions_.lend(to_);
  if (session_->out.write(s)) ++made_.documents;
  else to_.failed({s.from, "write", session_->out.reason()});
  made_.from = s.from;
  is_over_ = !session_->out.is_usable();
  if (is_over_ || session_->octets.size() >= enough) hand_on();
}

void standalone_writer::hand_on() {
  if (!made_.from) return;
  made_.octets = session_->octets;  // of the size that is needed, and made in one go
  session_->octets.clear();
  if (is_over_) made_.problem = session_->out.reason();
  to_.written(std::exchange(made_, {}));
}

}  // namespace dragoman::hosting

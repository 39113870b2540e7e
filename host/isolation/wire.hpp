// What the host and a worker say to each other: messages, each an operation, a length, and octets. The host believes
// nothing of it: whatever is not as it should be is nonsense and ends the worker.
//
// The host asks and the worker answers, in the order of the questions; the host may ask again before it has the answer. Before
// its answer a worker may ask the host for something that the host lends to sessions, and then it waits.
#pragma once
#include "plugins/registry.hpp"

#include <dragoman/node.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace dragoman::hosting {

enum class op : std::uint8_t {
  // From the host.
  hello = 1,  // limits and plugin files; answered by ready
  input,      // octets that read, cut and probe are about
  probe,      // -> scored for each format, done
  cut,        // how many octets whole documents take -> done
  read,       // opens a reader session and reads -> opened, events, done..., pause
  more,       // reads on -> events, done..., pause
  close,      // ends the session -> closed
  begin,      // opens a writer session -> opened
  write,      // a document -> octets, done
  failed,     // a failure -> octets, done
  finish,     // -> octets, done, closed
  number,     // -> octets, done
  answer,     // to what the worker asked for
  // From the worker.
  ready = 64,
  scored,
  opened,  // status, and whether there is a session
  done,    // status of one call of the contract
  pause,   // whether it waits for more, or close; if not it has closed, since the question came ahead of need
  closed,
  octets,  // of the output
  report,
  bad_report,
  fact,
  // Events; those with _slice name a part of the octets of the input in place of a text.
  open,
  attr,
  text,
  text_slice,
  bytes,
  bytes_slice,
  close_node,
  span,
  null_text,
  // What it asks for, and waits.
  ask_octets,  // of the input, the origin or the volume
  nested_format,
  nested_open_reader,
  nested_next,
  nested_close_reader,
  nested_open_writer,
  nested_write,
  nested_finish,
  nested_close_writer
};

constexpr std::size_t longest_message = std::size_t{1} << 30;
constexpr std::size_t flush_at = std::size_t{1} << 16;  // octets that a worker holds back before it sends them

struct nonsense : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Appends messages to `out`.
class packer {
public:
  explicit packer(std::string& out) noexcept : out_(out) {}
  // With numbers that come first, at one time: events are many and small.
  template <class... Number>
  packer& begin(op o, Number... numbers) {
    constexpr std::size_t before = 5;
    char head[before + sizeof...(numbers) * sizeof(std::uint64_t)] = {static_cast<char>(o)};
    [[maybe_unused]] char* at = head + before;
    [[maybe_unused]] const auto put = [&](std::uint64_t n) {
      std::memcpy(at, &n, sizeof n);
      at += sizeof n;
    };
    (put(numbers), ...);
    start_ = out_.size() + before;
    out_.append(head, sizeof head);
    return *this;
  }
  packer& number(std::uint64_t n) {
    char octets[sizeof n];
    std::memcpy(octets, &n, sizeof n);
    out_.append(octets, sizeof octets);
    return *this;
  }
  packer& text(std::string_view s) {
    number(s.size());
    out_.append(s);
    return *this;
  }
  packer& rest(std::string_view s) {
    out_.append(s);
    return *this;
  }
  // Whole messages that were packed before.
  void raw(std::string_view messages) { out_.append(messages); }
  // Throws std::length_error when the message is longer than one may be.
  void end() {
    const std::size_t size = out_.size() - start_;
    if (size > longest_message) throw std::length_error("a message to or from a worker is too long");
    const auto length = static_cast<std::uint32_t>(size);
    std::memcpy(out_.data() + start_ - sizeof length, &length, sizeof length);
  }

private:
  std::string& out_;
  std::size_t start_ = 0;
};

struct message {
  op what{};
  std::string_view payload;
};

// Takes a payload apart; throws nonsense where it is too short.
class unpacker {
public:
  explicit unpacker(std::string_view payload) noexcept : rest_(payload) {}
  std::uint64_t number() {
    std::uint64_t n = 0;
    std::memcpy(&n, take(sizeof n).data(), sizeof n);
    return n;
  }
  std::int64_t signed_number() { return static_cast<std::int64_t>(number()); }
  dgm_status status() {
    const auto n = signed_number();
    if (n < INT32_MIN || n > INT32_MAX) throw nonsense("a status is no status");
    return static_cast<dgm_status>(n);
  }
  bool flag() { return number() != 0; }
  std::string_view text() { return take(number()); }
  std::string_view rest() noexcept { return std::exchange(rest_, {}); }
  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) throw nonsense("a message is too short");
    const auto out = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(static_cast<std::size_t>(size));
    return out;
  }

private:
  std::string_view rest_;
};

// The next message of `stream` from `at` on, which it moves. False when not all of it is there.
inline bool next_message(std::string_view stream, std::size_t& at, message& out) {
  constexpr std::size_t head = 5;
  if (stream.size() - at < head) return false;
  std::uint32_t length = 0;
  std::memcpy(&length, stream.data() + at + 1, sizeof length);
  if (length > longest_message) throw nonsense("a message is longer than one may be");
  if (stream.size() - at - head < length) return false;
  out = {static_cast<op>(stream[at]), stream.substr(at + head, length)};
  at += head + length;
  return true;
}

// Octets that were received and not taken yet.
class inbox {
public:
  std::string_view octets() const noexcept { return {data_.get() + begin_, end_ - begin_}; }
  void skip(std::size_t n) noexcept { begin_ += n; }
  // Takes the next message, if all of it is there. Its payload is valid until room is asked for.
  bool next(message& out) {
    std::size_t at = 0;
    if (!next_message(octets(), at, out)) return false;
    skip(at);
    return true;
  }
  // Room for more, at least `size` octets; how many there are then.
  char* room(std::size_t& size) {
    if (begin_ > 0) std::memmove(data_.get(), data_.get() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
    if (capacity_ - end_ < size) {
      const std::size_t capacity = std::max(end_ + size, 2 * capacity_);
      auto bigger = std::make_unique_for_overwrite<char[]>(capacity);
      if (end_ > 0) std::memcpy(bigger.get(), data_.get(), end_);
      data_ = std::move(bigger);
      capacity_ = capacity;
    }
    size = capacity_ - end_;
    return data_.get() + end_;
  }
  void took(std::size_t size) noexcept { end_ += size; }

private:
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
};

// Turns what is told to its sink into messages.
class event_packer {
public:
  explicit event_packer(std::string& out);
  event_packer(const event_packer&) = delete;
  event_packer& operator=(const event_packer&) = delete;

  const dgm_sink* sink() const noexcept { return &sink_; }
  // Texts that lie in these octets are told by their place.
  void refer_to(std::string_view octets) noexcept { octets_ = octets; }
  // From now on event `number` (from 0) and those after it are answered with `status`.
  void fail_at(std::uint64_t number, dgm_status status) noexcept {
    events_ = 0;
    fail_at_ = number;
    fail_status_ = status;
  }
  void on_event(std::function<void()> f) { on_event_ = std::move(f); }

private:
  template <class F>
  static dgm_status told(void* ctx, F&& f) noexcept;
  void put(op inline_op, op slice_op, dgm_str s);

  std::string& out_;
  std::string_view octets_;
  std::uint64_t events_ = 0, fail_at_ = UINT64_MAX;
  dgm_status fail_status_ = DGM_OK;
  std::function<void()> on_event_;
  const dgm_sink sink_;
};

// Tells an event to `sink`; DGM_OK, and `is_event` false, for any other message.
dgm_status tell(const message& m, std::string_view octets, const dgm_sink& sink, bool& is_event);

// The pages that both see.
struct shared_page {
  std::atomic<std::uint32_t> cancel;   // by the host: somebody asked to stop
  std::atomic<std::uint64_t> beats;    // by the worker: signs of life
  std::atomic<std::uint32_t> probing;  // number of the format whose probe runs; 0: none
  std::atomic<std::uint32_t> out_of_memory;
  std::atomic<std::uint64_t> message;  // by the worker: how many of the host's it has taken, answers not counted
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace dragoman::hosting

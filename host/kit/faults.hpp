// Inputs, sinks and outputs that fail when they are told to, for the conformance kit.
#pragma once
#include <dragoman/plugin.h>
#include <dragoman/document.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace dragoman::hosting {

constexpr std::uint64_t never = static_cast<std::uint64_t>(-1);

// How octets are lent.
struct lending {
  std::size_t piece = std::size_t{1} << 16;  // the most that one read gives
  bool in_memory = true;                     // whether `contents` answers
  bool seeks = true;                         // whether there is a read_at
  std::uint64_t fails_at = never;            // reading octet k, and all behind it, fails
};

class lent_input {
public:
  // Both must outlive it.
  lent_input(std::string_view octets, std::string_view name, lending how = {}) : octets_(octets), how_(how) {
    table_.size = sizeof(dgm_input);
    table_.ctx = this;
    table_.read = read;
    if (how.seeks) table_.read_at = read_at;
    table_.contents = contents;
    table_.length = how.seeks ? static_cast<std::int64_t>(octets.size()) : -1;
    table_.name = {name.data(), name.size()};
  }
  lent_input(const lent_input&) = delete;
  lent_input& operator=(const lent_input&) = delete;
  const dgm_input* table() const noexcept { return &table_; }
  bool has_failed() const noexcept { return failed_; }

private:
  static std::int64_t DGM_CALL read(void* ctx, void* buffer, std::size_t capacity) noexcept {
    auto& self = *static_cast<lent_input*>(ctx);
    const auto n = read_at(ctx, self.at_, buffer, capacity);
    if (n > 0) self.at_ += static_cast<std::uint64_t>(n);
    return n;
  }
  static std::int64_t DGM_CALL read_at(void* ctx, std::uint64_t offset, void* buffer, std::size_t capacity) noexcept {
    auto& self = *static_cast<lent_input*>(ctx);
    const std::uint64_t end = std::min<std::uint64_t>(self.octets_.size(), self.how_.fails_at);
    if (capacity == 0 || offset >= self.octets_.size()) return 0;
    if (offset >= end) {
      self.failed_ = true;
      return DGM_IO;
    }
    const auto n = std::min<std::uint64_t>({capacity, self.how_.piece, end - offset});
    std::memcpy(buffer, self.octets_.data() + offset, static_cast<std::size_t>(n));
    return static_cast<std::int64_t>(n);
  }
  static std::int32_t DGM_CALL contents(void* ctx, dgm_str* out) noexcept {
    const auto& self = *static_cast<lent_input*>(ctx);
    if (!self.how_.in_memory || self.how_.fails_at != never) return 0;
    *out = {self.octets_.data(), self.octets_.size()};
    return 1;
  }
  std::string_view octets_;
  const lending how_;
  std::uint64_t at_ = 0;
  bool failed_ = false;
  dgm_input table_{};
};

// Passes events on to a builder, and answers call `fails_at` (from 0) with a status of its own.
class watched_sink {
public:
  explicit watched_sink(document_builder& builder, std::uint64_t fails_at = never, dgm_status status = DGM_CANCEL)
      : to_(*builder.sink()), fails_at_(fails_at), status_(status) {}
  watched_sink(const watched_sink&) = delete;
  watched_sink& operator=(const watched_sink&) = delete;
  const dgm_sink* table() const noexcept { return &table_; }
  std::uint64_t calls() const noexcept { return calls_; }
  bool has_failed() const noexcept { return calls_ > fails_at_; }
  std::uint64_t calls_after() const noexcept { return has_failed() ? calls_ - fails_at_ - 1 : 0; }

private:
  template <class F>
  static dgm_status on(void* ctx, F&& call) noexcept {
    auto& self = *static_cast<watched_sink*>(ctx);
    const auto index = self.calls_++;
    return index >= self.fails_at_ ? self.status_ : call(self.to_);
  }
  const dgm_sink to_;
  const std::uint64_t fails_at_;
  const dgm_status status_;
  std::uint64_t calls_ = 0;
  const dgm_sink table_{
      sizeof(dgm_sink),
      this,
      [](void* c, std::int32_t type, dgm_str name) noexcept -> dgm_status {
        return on(c, [&](const dgm_sink& t) { return t.open(t.ctx, type, name); });
      },
      [](void* c, dgm_str name, dgm_str value) noexcept -> dgm_status {
        return on(c, [&](const dgm_sink& t) { return t.attr(t.ctx, name, value); });
      },
      [](void* c, dgm_str text) noexcept -> dgm_status { return on(c, [&](const dgm_sink& t) { return t.text(t.ctx, text); }); },
      [](void* c, const void* octets, std::size_t n) noexcept -> dgm_status {
        return on(c, [&](const dgm_sink& t) { return t.bytes(t.ctx, octets, n); });
      },
      [](void* c) noexcept -> dgm_status { return on(c, [&](const dgm_sink& t) { return t.close(t.ctx); }); },
      [](void* c, std::uint64_t begin, std::uint64_t end) noexcept -> dgm_status {
        return on(c, [&](const dgm_sink& t) { return t.span(t.ctx, begin, end); });
      }};
};

// Keeps what is written; takes `capacity` octets and fails from there on.
class kept_output {
public:
  explicit kept_output(std::uint64_t capacity = never) : capacity_(capacity) {}
  kept_output(const kept_output&) = delete;
  kept_output& operator=(const kept_output&) = delete;
  const dgm_output* table() const noexcept { return &table_; }
  std::string octets;
  bool has_failed() const noexcept { return failed_; }
  std::uint64_t calls_after() const noexcept { return calls_after_; }

private:
  static dgm_status DGM_CALL write(void* ctx, const void* octets, std::size_t length) noexcept {
    auto& self = *static_cast<kept_output*>(ctx);
    if (self.failed_) ++self.calls_after_;
    if (self.failed_ || length > self.capacity_ - self.octets.size()) {
      self.failed_ = true;
      return DGM_IO;
    }
    self.octets.append(static_cast<const char*>(octets), length);
    return DGM_OK;
  }
  const std::uint64_t capacity_;
  bool failed_ = false;
  std::uint64_t calls_after_ = 0;
  const dgm_output table_{sizeof(dgm_output), this, write, {nullptr, 0}};
};

}  // namespace dragoman::hosting

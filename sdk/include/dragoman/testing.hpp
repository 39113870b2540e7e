// dragoman/testing.hpp - a harness that feeds one format and collects what comes out, without the host program.
//
// For unit tests of formats and plugins; needs libcrypto (digest.hpp). Everything runs in the calling thread.
#pragma once
#include <dragoman/digest.hpp>
#include <dragoman/document.hpp>
#include <dragoman/plugin.hpp>

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::testing {

struct diagnostic {
  severity level;
  std::string code, text;
  place where;
};

// A host that records diagnostics and answers options: those given, else the defaults of the format.
class recording_host {
public:
  using option_values = std::map<std::string, std::string, std::less<>>;
  explicit recording_host(const dgm_format* format = nullptr, option_values given = {}) : options_(std::move(given)) {
    if (format == nullptr) return;
    for (std::size_t i = 0; i < format->option_count; ++i)
      options_.try_emplace(format->options[i].name, format->options[i].fallback ? format->options[i].fallback : "");
  }
  recording_host(const recording_host&) = delete;
  recording_host& operator=(const recording_host&) = delete;

  const dgm_host* table() noexcept { return &table_; }
  std::vector<diagnostic> diagnostics;
  std::map<std::string, const void*, std::less<>> extensions;

  bool has(std::string_view code) const {
    return std::any_of(diagnostics.begin(), diagnostics.end(), [&](const auto& d) { return d.code == code; });
  }

private:
  static void DGM_CALL report(void* ctx, const dgm_diag* d) noexcept {
    static_cast<recording_host*>(ctx)->diagnostics.push_back({static_cast<severity>(d->severity),
                                                              std::string(view(d->code)),
                                                              std::string(view(d->text)),
                                                              {d->offset, d->length, d->line, d->column}});
  }
  static std::int32_t DGM_CALL option(void* ctx, dgm_str name, dgm_str* out) noexcept {
    auto& options = static_cast<recording_host*>(ctx)->options_;
    const auto it = options.find(view(name));
    if (it == options.end()) return 0;
    *out = span(it->second);
    return 1;
  }
  static std::int32_t DGM_CALL cancelled(void*) noexcept { return 0; }
  static const void* DGM_CALL extension(void* ctx, dgm_str id) noexcept {
    auto& all = static_cast<recording_host*>(ctx)->extensions;
    const auto it = all.find(view(id));
    return it == all.end() ? nullptr : it->second;
  }
  option_values options_;
  const dgm_host table_{sizeof(dgm_host), this, report, option, cancelled, extension};
};

// Octets as an input; `piece` bounds what one read gives, and `in_memory` whether contents answers.
class memory_input {
public:
  explicit memory_input(std::string_view octets, std::string_view name = "test", std::size_t piece = 1 << 16,
                        bool in_memory = true)
      : octets_(octets), piece_(piece), in_memory_(in_memory) {
    table_.name = span(name);
    table_.length = static_cast<std::int64_t>(octets.size());
  }
  memory_input(const memory_input&) = delete;
  memory_input& operator=(const memory_input&) = delete;
  const dgm_input* table() const noexcept { return &table_; }

private:
  static std::int64_t DGM_CALL read(void* ctx, void* buffer, std::size_t capacity) noexcept {
    auto& self = *static_cast<memory_input*>(ctx);
    const auto n = read_at(ctx, self.at_, buffer, std::min(capacity, self.piece_));
    self.at_ += static_cast<std::uint64_t>(n);
    return n;
  }
  static std::int64_t DGM_CALL read_at(void* ctx, std::uint64_t offset, void* buffer, std::size_t capacity) noexcept {
    auto& self = *static_cast<memory_input*>(ctx);
    if (offset >= self.octets_.size()) return 0;
    const std::size_t n = std::min(capacity, self.octets_.size() - static_cast<std::size_t>(offset));
    if (n) std::memcpy(buffer, self.octets_.data() + offset, n);
    return static_cast<std::int64_t>(n);
  }
  static std::int32_t DGM_CALL contents(void* ctx, dgm_str* out) noexcept {
    auto& self = *static_cast<memory_input*>(ctx);
    if (!self.in_memory_) return 0;
    *out = span(self.octets_);
    return 1;
  }
  std::string_view octets_;
  std::uint64_t at_ = 0;
  std::size_t piece_;
  bool in_memory_;
  dgm_input table_{sizeof(dgm_input), this, read, read_at, contents, 0, {nullptr, 0}};
};

// Collects what a writer writes; fails with DGM_IO once more than `capacity` octets came.
class memory_output {
public:
  explicit memory_output(std::size_t capacity = static_cast<std::size_t>(-1)) : capacity_(capacity) {}
  memory_output(const memory_output&) = delete;
  memory_output& operator=(const memory_output&) = delete;
  const dgm_output* table() const noexcept { return &table_; }
  std::string octets;

private:
  static dgm_status DGM_CALL write(void* ctx, const void* octets, std::size_t length) noexcept {
    auto& self = *static_cast<memory_output*>(ctx);
    if (length > self.capacity_ - self.octets.size()) return DGM_IO;
    self.octets.append(static_cast<const char*>(octets), length);
    return DGM_OK;
  }
  std::size_t capacity_;
  dgm_output table_{sizeof(dgm_output), this, write, {nullptr, 0}};
};

struct read_result {
  std::vector<document> documents;   // frames among them
  std::vector<dgm_status> statuses;  // of each call of next
  std::vector<diagnostic> diagnostics;
  std::string problem;  // of the builder: a wrong event of the reader
  bool has(std::string_view code) const {
    return std::any_of(diagnostics.begin(), diagnostics.end(), [&](const auto& d) { return d.code == code; });
  }
};

// Reads everything in `octets`.
inline read_result read(const dgm_format& format, std::string_view octets, recording_host::option_values options = {},
                        std::string_view name = "test", std::size_t piece = 1 << 16, bool in_memory = true) {
  read_result result;
  recording_host services(&format, std::move(options));
  memory_input in(octets, name, piece, in_memory);
  void* session = nullptr;
  dgm_status status = format.reader->open(services.table(), in.table(), &session);
  if (status < 0) {
    result.statuses.push_back(status);
  } else {
    document_builder builder(sha256);
    do {
      builder.reset();
      status = format.reader->next(session, builder.sink());
      result.statuses.push_back(status);
      if (result.problem.empty()) result.problem = builder.problem();
      if (status == DGM_OK && builder.is_complete()) result.documents.push_back(builder.finish());
      else if (status == DGM_OK && result.problem.empty()) result.problem = "next returned DGM_OK without a whole document";
    } while (status == DGM_OK || status == DGM_SKIP);
    format.reader->close(session);
  }
  result.diagnostics = std::move(services.diagnostics);
  return result;
}

// The document below `root` as if nobody had kept its source: it can only be written anew. The result owns all it holds.
inline document without_source(node root) {
  document_builder store(sha256);
  store.drop_source(true);
  builder(store.sink()).copy(root);
  return store.finish();
}

struct write_result {
  std::string octets;
  std::vector<dgm_status> statuses;
  std::vector<diagnostic> diagnostics;
  bool has(std::string_view code) const {
    return std::any_of(diagnostics.begin(), diagnostics.end(), [&](const auto& d) { return d.code == code; });
  }
};

// A document as a writer is lent it.
inline dgm_document lend(const document& d, const dgm_origin* origin = nullptr) {
  const node root = d.root();
  return {sizeof(dgm_document),
          d.flags() & document_pristine ? std::uint32_t{DGM_PRISTINE} : 0u,
          root.table(),
          root.raw(),
          origin,
          nullptr,
          0};
}

inline write_result write(const dgm_format& format, const std::vector<const document*>& documents,
                          recording_host::option_values options = {}) {
  write_result result;
  recording_host services(&format, std::move(options));
  memory_output out;
  void* session = nullptr;
  result.statuses.push_back(format.writer->open(services.table(), out.table(), &session));
  if (result.statuses.back() >= 0) {
    for (const document* d : documents) {
      const dgm_document lent = lend(*d);
      result.statuses.push_back(format.writer->write(session, &lent));
    }
    result.statuses.push_back(format.writer->finish(session));
    format.writer->close(session);
  }
  result.octets = std::move(out.octets);
  result.diagnostics = std::move(services.diagnostics);
  return result;
}

}  // namespace dragoman::testing

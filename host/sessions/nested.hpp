// The extension DGM_EXT_NESTED: reading and writing inside a session, for archives.
#pragma once
#include <dragoman/plugin.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

struct environment;
struct failure;
struct finding;
struct origin;
class nested_reader;
class nested_writer;
using nested_listener = std::function<void(const origin&, const finding&)>;

constexpr unsigned deepest_nesting = 4;  // archives in archives in archives in archives

// Told of what nested readers do while its own session is asked for a document.
class nested_parent {
public:
  // A whole document was told to the sink, from this place.
  virtual void nested_told(std::shared_ptr<const origin> from) = 0;
  virtual void nested_failed(failure f) = 0;
  // A fact about the document that is being told, by its own reader (DGM_EXT_FACTS).
  virtual void fact(std::string_view name, std::string_view value) = 0;
  // What is wrong with the events that went to `sink`, when that is known; empty when nothing is.
  virtual std::string problem_of(const dgm_sink* sink) = 0;
  // True when nothing was told to `sink` yet and it can be made so again by start_again.
  virtual bool is_untouched(const dgm_sink* sink) = 0;
  virtual void start_again(const dgm_sink* sink) = 0;

protected:
  ~nested_parent() = default;
};

// The dgm_nested of one session.
class nested_host {
public:
  nested_host(environment& env, nested_listener to, unsigned depth, nested_parent* above);
  nested_host(const nested_host&) = delete;
  nested_host& operator=(const nested_host&) = delete;
  ~nested_host();

  const dgm_nested* table() const noexcept { return &table_; }
  // What the session around is about; the names of nested inputs begin with its name.
  void about(std::shared_ptr<const origin> outer);
  void close_all() noexcept;

private:
  friend class nested_reader;
  friend class nested_writer;
  dgm_status open_reader(const dgm_input& input, dgm_str format, void** session);
  dgm_status open_writer(const dgm_output& output, dgm_str format, void** session);
  std::int32_t facts(dgm_str id, dgm_format_facts& out) const;
  dgm_status refuse(const std::shared_ptr<const origin>& where, const char* stage, finding reason);
  void drop(const nested_reader* session) noexcept;
  void drop(const nested_writer* session) noexcept;

  environment& env_;
  const nested_listener to_;
  const unsigned depth_;
  nested_parent* const above_;
  std::shared_ptr<const origin> outer_;
  std::vector<std::unique_ptr<nested_reader>> readers_;
  std::vector<std::unique_ptr<nested_writer>> writers_;
  const dgm_nested table_;
};

}  // namespace dragoman::hosting

// Is an input valid as what it claims to be? By the verifier of its format, or, for a format without one, by reading all of
// it (docs/guide.md "Verify").
#pragma once
#include "display/diagnostics.hpp"
#include "inputs/walk.hpp"
#include "sessions/session.hpp"

#include <functional>
#include <memory>
#include <string>

namespace dragoman::hosting {

struct verification_rules {
  std::int32_t level = DGM_VERIFY_FULL;
  bool lenient = false, strict = false;
  unsigned threads = 1;
  std::string schema;                            // path of the schema that the user named; empty: none
  std::shared_ptr<const octets> schema_content;  // of it
};

// One finding, with the facts that only some have.
struct verdict_line {
  finding what;
  std::string path, algorithm, expected, found;
};

enum class verdict_state { valid, not_valid, unreadable, unknown };  // unknown: no format was recognised
const char* name_of(verdict_state s) noexcept;

struct verified {
  verdict_state state = verdict_state::unreadable;
  std::string format;  // empty when none was recognised
  std::size_t errors = 0, warnings = 0;
};

using take_line = std::function<void(const origin& about, const verdict_line& line)>;

// Judges a file or standard input. What is of no known format is not valid when somebody named it (`is_named`), else a note.
verified verify_input(environment& env, const found_input& found, bool is_named, const verification_rules& rules,
                      const take_line& take);

// The format that is surest of a folder of the disk, with how sure it is; null and 0 when none is.
struct folder_answer {
  const format_entry* format = nullptr;
  int score = 0;
};
folder_answer identify_folder(const registry& formats, const dgm_folder& folder);
// Judges a folder as that format.
verified verify_folder(environment& env, const std::string& path, const format_entry& format, const class disk_folder& folder,
                       const verification_rules& rules, const take_line& take);

}  // namespace dragoman::hosting

// Options of formats: what -O says, checked against what the plugins declare.
#pragma once
#include "plugins/registry.hpp"

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace dragoman::hosting {

// What a user asked for makes no sense; exit 2.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class option_set {
public:
  // Takes "format.option=value"; a later one wins over an earlier one. Throws usage_error, with the nearest name, for
  // what no installed format declares, and for a value that the option does not take.
  void set(const registry& formats, std::string_view text);

  // The value of an option of a format in its normal form: as set, else its default. Null when it is not declared.
  // The pointer stays good until the next set.
  const std::string* value(const format_entry& format, std::string_view name) const;

  // Does the format keep the frame of a collection, and is asked to write each document of one by itself (DGM_FRAME)?
  bool splits(const format_entry& format) const;

  // Fills in the defaults of all formats. To be called once, after all set.
  void complete(const registry& formats);

  // What was set, as compact JSON sorted by name: {"json.indent":"2"}.
  std::string as_json(const std::map<std::string, std::string>& further = {}) const;

private:
  std::map<std::string, std::string, std::less<>> given_;  // by "format.option"
  std::map<const dgm_option*, std::string> values_;
};

}  // namespace dragoman::hosting

// Is a plugin's table what the contract asks for? And the rules of the values that options take.
#pragma once
#include <dragoman/plugin.h>

#include <string>
#include <string_view>

namespace dragoman::hosting {

// Why a plugin with this table is refused, or nothing. Follows every pointer that the host will follow later, but for the
// texts of terms: why_not_a_term looks at those of one.
std::string why_not_a_plugin(const dgm_plugin* plugin);

std::string why_not_a_term(const dgm_term& term);

// The normal form of `value` for this option (booleans as true and false), in `normal`. Returns what the option takes
// instead, e.g. "a whole number from 1 to 8", or nothing when the value is right.
std::string check_option_value(const dgm_option& option, std::string_view value, std::string& normal);

// What the option takes, for people: "true or false", "a whole number from 1 to 8", "one of a, b".
std::string option_values(const dgm_option& option);

}  // namespace dragoman::hosting

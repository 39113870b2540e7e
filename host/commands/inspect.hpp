// dragoman inspect: what its three forms share.
#pragma once
#include "../document_reader.hpp"
#include "../opening.hpp"
#include "../program.hpp"

namespace dragoman::hosting {

// Each reads the input to its end and prints; returns the exit code.
int inspect_for_people(program& p, environment& env, const opened_input& input);
int inspect_as_json(environment& env, const opened_input& input);
int inspect_events(environment& env, const opened_input& input);

}  // namespace dragoman::hosting

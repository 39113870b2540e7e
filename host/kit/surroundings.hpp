// Another place, time and language for this process: what no output may depend on.
#pragma once

namespace dragoman::hosting {

// Changes working folder, locale, time zone and environment, and lets the clock go on by more than a second. Not to be
// undone: for child processes.
void change_surroundings();

}  // namespace dragoman::hosting

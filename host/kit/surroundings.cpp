#include "kit/surroundings.hpp"

#include <unistd.h>

#include <chrono>
#include <clocale>
#include <cstdlib>
#include <ctime>
#include <locale>
#include <thread>

namespace dragoman::hosting {

void change_surroundings() {
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  if (::chdir("/") != 0) return;
  for (const char* name : {"tr_TR.UTF-8", "de_DE.UTF-8", "C"}) {  // the first that this system has
    ::setenv("LC_ALL", name, 1);
    ::setenv("LANG", name, 1);
    if (std::setlocale(LC_ALL, name) == nullptr) continue;
    std::locale::global(std::locale(name));
    break;
  }
  ::setenv("TZ", "Pacific/Chatham", 1);
  ::tzset();
  for (const char* name : {"HOME", "USER", "TMPDIR", "SOURCE_DATE_EPOCH", "XDG_DATA_HOME"}) ::unsetenv(name);
}

}  // namespace dragoman::hosting

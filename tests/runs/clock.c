/* A clock that is wrong, to be loaded before a program: it begins at CLOCK_BEGIN (seconds since 1970) and jumps a day ahead or
 * back at each reading. Clocks that only ever go on, for waiting, are left alone. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t wrong_time(void) {
  static int readings = 0;
  const char *begin = getenv("CLOCK_BEGIN");
  const int day = 24 * 60 * 60;
  const int reading = __atomic_fetch_add(&readings, 1, __ATOMIC_RELAXED);
  return (begin != NULL ? atol(begin) : 0) + (reading % 2 == 0 ? 0 : (reading % 4 == 1 ? day : -day));
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  if (clock != CLOCK_REALTIME) return (int)syscall(SYS_clock_gettime, clock, now);
  now->tv_sec = wrong_time();
  now->tv_nsec = 0;
  return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  (void)zone;
  now->tv_sec = wrong_time();
  now->tv_usec = 0;
  return 0;
}

time_t time(time_t *to) {
  const time_t now = wrong_time();
  if (to != NULL) *to = now;
  return now;
}

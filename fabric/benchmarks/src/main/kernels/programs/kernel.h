// A kernel of `kog bench vm`: one function `work`, built for the host and for the guest.
#include <stdint.h>

static uint64_t work(void);

#ifdef __wasm__
__attribute__((import_module("bench"), import_name("result"))) void result(uint64_t);
int main(void) {
  result(work());
  return 0;
}
#else
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

// Prints the result, then the nanoseconds of each of as many runs as asked for.
int main(int argc, char **argv) {
  int runs = argc > 1 ? atoi(argv[1]) : 1;
  printf("%llu\n", (unsigned long long)work());
  for (int i = 0; i < runs; i++) {
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    uint64_t found = work();
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%lld %llu\n",
           (end.tv_sec - begin.tv_sec) * 1000000000LL + end.tv_nsec - begin.tv_nsec,
           (unsigned long long)found);
  }
  return 0;
}
#endif

// Numbers that are the same everywhere.
static uint32_t next_random(uint32_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

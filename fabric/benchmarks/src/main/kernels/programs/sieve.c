// Primes below four million.
#include "kernel.h"

#define LIMIT 4000000

static uint8_t composite[LIMIT];

static uint64_t work(void) {
  __builtin_memset(composite, 0, sizeof composite);
  uint64_t sum = 0;
  for (uint32_t i = 2; i < LIMIT; i++) {
    if (composite[i]) continue;
    sum += i;
    for (uint64_t j = (uint64_t)i * i; j < LIMIT; j += i) composite[j] = 1;
  }
  return sum;
}

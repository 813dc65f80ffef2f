// The 32nd number of Fibonacci, by definition.
#include "kernel.h"

__attribute__((noinline)) static uint32_t fibonacci(uint32_t n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static volatile uint32_t n = 32;

static uint64_t work(void) { return fibonacci(n); }

// Sorts 400,000 numbers.
#include "kernel.h"

#define COUNT 400000

static int32_t numbers[COUNT];

static void sort(int32_t *low, int32_t *high) {
  while (high - low > 16) {
    int32_t pivot = low[(high - low) / 2];
    int32_t *i = low, *j = high - 1;
    while (i <= j) {
      while (*i < pivot) i++;
      while (*j > pivot) j--;
      if (i <= j) {
        int32_t t = *i;
        *i++ = *j;
        *j-- = t;
      }
    }
    sort(low, j + 1);
    low = i;
  }
  for (int32_t *i = low + 1; i < high; i++) {
    int32_t t = *i, *j = i;
    for (; j > low && j[-1] > t; j--) *j = j[-1];
    *j = t;
  }
}

static uint64_t work(void) {
  uint32_t state = 7;
  for (int i = 0; i < COUNT; i++) numbers[i] = next_random(&state);
  sort(numbers, numbers + COUNT);
  uint64_t sum = 0;
  for (int i = 0; i < COUNT; i++) sum = sum * 31 + (uint32_t)numbers[i];
  return sum;
}

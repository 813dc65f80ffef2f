// Finds repetitions in two megabytes of made-up text, and writes the text again from them.
#include "kernel.h"

#define LENGTH (2 << 20)

static uint8_t text[LENGTH], packed[LENGTH * 2], again[LENGTH];
static uint32_t recent[1 << 15];

static uint32_t pack(void) {
  uint32_t out = 0, at = 0;
  __builtin_memset(recent, 0, sizeof recent);
  while (at + 8 < LENGTH) {
    uint32_t word;
    __builtin_memcpy(&word, text + at, 4);
    uint32_t slot = word * 2654435761u >> 17, before = recent[slot];
    recent[slot] = at;
    uint32_t length = 0;
    if (before < at && at - before < 65536)
      while (length < 255 && at + length < LENGTH && text[before + length] == text[at + length])
        length++;
    if (length >= 4) {
      uint32_t distance = at - before;
      packed[out++] = length;
      packed[out++] = distance;
      packed[out++] = distance >> 8;
      at += length;
    } else {
      packed[out++] = 0;
      packed[out++] = text[at++];
    }
  }
  return out;
}

static uint32_t unpack(uint32_t length) {
  uint32_t out = 0;
  for (uint32_t i = 0; i < length;) {
    uint32_t count = packed[i++];
    if (count == 0) {
      again[out++] = packed[i++];
      continue;
    }
    uint32_t from = out - (packed[i] | packed[i + 1] << 8);
    i += 2;
    while (count-- > 0) again[out++] = again[from++];
  }
  return out;
}

static uint64_t work(void) {
  uint32_t state = 3;
  static const char words[] = "the quick brown fox jumps over a lazy dog while seven wizards boil ";
  for (uint32_t i = 0; i < LENGTH;) {
    uint32_t r = next_random(&state), from = r % 60, length = 3 + (r >> 8) % 9;
    for (uint32_t j = 0; j < length && i < LENGTH; j++) text[i++] = words[(from + j) % 67];
  }
  uint32_t length = pack(), restored = unpack(length);
  uint64_t sum = length;
  for (uint32_t i = 0; i < restored; i++) sum = sum * 31 + again[i];
  return sum;
}

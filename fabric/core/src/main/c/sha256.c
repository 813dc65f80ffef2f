/* SHA-256 (FIPS 180-4) of up to three streams at once, with the SHA extensions of x86-64.
 *
 * A round waits for the one before it, and the unit is idle meanwhile: streams that have nothing to do
 * with each other fill the gaps. States are eight words each, in the order of the standard.
 */
#include <stddef.h>
#include <stdint.h>

#include "sha256.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define TARGET __attribute__((target("sha,ssse3,sse4.1")))
#define LANES_MAX 3
#define BLOCK_BYTES 64

/* The state as the instructions want it: words A B E F in one register, C D G H in the other. */
struct state {
  __m128i abef;
  __m128i cdgh;
};

TARGET static inline struct state load(const uint32_t *words) {
  __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)words), 0xB1);
  __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(words + 4)), 0x1B);
  return (struct state){_mm_alignr_epi8(badc, hgfe, 8), _mm_blend_epi16(hgfe, badc, 0xF0)};
}

TARGET static inline void store(struct state state, uint32_t *words) {
  __m128i feba = _mm_shuffle_epi32(state.abef, 0x1B);
  __m128i dchg = _mm_shuffle_epi32(state.cdgh, 0xB1);
  _mm_storeu_si128((__m128i *)words, _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128((__m128i *)(words + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/* Words 4r to 4r+3 of the message schedule from the sixteen before them; `w` is a ring of four. */
TARGET static inline void schedule(__m128i w[4], int r) {
  __m128i newest = w[(r + 3) & 3];
  __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[r & 3], w[(r + 1) & 3]),
                              _mm_alignr_epi8(newest, w[(r + 2) & 3], 4));
  w[r & 3] = _mm_sha256msg2_epu32(sum, newest);
}

TARGET static inline void four_rounds(struct state *state, __m128i words, __m128i constants) {
  __m128i sum = _mm_add_epi32(words, constants);
  state->cdgh = _mm_sha256rnds2_epu32(state->cdgh, state->abef, sum);
  state->abef = _mm_sha256rnds2_epu32(state->abef, state->cdgh, _mm_shuffle_epi32(sum, 0x0E));
}

/* Inlined for each number of lanes, so that all of them live in registers. */
TARGET static inline __attribute__((always_inline)) void compress(
    int lanes, uint32_t *const words[], const uint8_t *const bytes[], size_t blocks) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  struct state state[LANES_MAX];
  for (int lane = 0; lane < lanes; lane++) state[lane] = load(words[lane]);
  for (size_t at = 0; at < blocks * BLOCK_BYTES; at += BLOCK_BYTES) {
    struct state before[LANES_MAX];
    __m128i w[LANES_MAX][4];
    for (int lane = 0; lane < lanes; lane++) {
      before[lane] = state[lane];
      for (int i = 0; i < 4; i++) {
        const uint8_t *from = bytes[lane] + at + 16 * (size_t)i;
        w[lane][i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)from), big_endian);
      }
    }
#pragma GCC unroll 16
    for (int r = 0; r < 16; r++) {
      __m128i constants = _mm_loadu_si128((const __m128i *)(KOG_SHA256_ROUND + 4 * r));
#pragma GCC unroll 3
      for (int lane = 0; lane < lanes; lane++) {
        four_rounds(&state[lane], w[lane][r & 3], constants);
        if (r < 12) schedule(w[lane], r);
      }
    }
    for (int lane = 0; lane < lanes; lane++) {
      state[lane].abef = _mm_add_epi32(state[lane].abef, before[lane].abef);
      state[lane].cdgh = _mm_add_epi32(state[lane].cdgh, before[lane].cdgh);
    }
  }
  for (int lane = 0; lane < lanes; lane++) store(state[lane], words[lane]);
}

/* 1 when this processor has what the functions below are made of. */
EXPORT int kog_sha256_usable(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & (1u << 29))) return 0;
  return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSSE3) && (c & bit_SSE4_1);
}

TARGET EXPORT void kog_sha256_one(uint32_t *state, const uint8_t *bytes, size_t blocks) {
  compress(1, (uint32_t *[]){state}, (const uint8_t *[]){bytes}, blocks);
}

/* As many blocks of each stream. */
TARGET EXPORT void kog_sha256_two(uint32_t *state0, const uint8_t *bytes0, uint32_t *state1,
                                  const uint8_t *bytes1, size_t blocks) {
  compress(2, (uint32_t *[]){state0, state1}, (const uint8_t *[]){bytes0, bytes1}, blocks);
}

TARGET EXPORT void kog_sha256_three(uint32_t *state0, const uint8_t *bytes0, uint32_t *state1,
                                    const uint8_t *bytes1, uint32_t *state2,
                                    const uint8_t *bytes2, size_t blocks) {
  compress(3, (uint32_t *[]){state0, state1, state2},
           (const uint8_t *[]){bytes0, bytes1, bytes2}, blocks);
}

#else

EXPORT int kog_sha256_usable(void) {
  return 0;
}

#endif

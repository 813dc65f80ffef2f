/* SHA-256 (FIPS 180-4) of sixteen streams at once, with AVX-512: a stream for each 32-bit lane.
 *
 * The instructions of sha256.c do a round of one stream; here each instruction does its part of a round
 * of all sixteen. That is twice as fast where the processor works on 512 bits at once.
 */
#include <stddef.h>
#include <stdint.h>

#include "sha256.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

/* The order of the additions below is meant; by default, the compiler would choose another. */
#ifndef __clang__
#pragma GCC optimize("O3,no-tree-reassoc")
#endif

#define TARGET __attribute__((target("avx512f,avx512bw")))
#define LANES 16
#define BLOCK_BYTES 64

/* Truth tables, with the first operand as the highest bit of the index. */
#define CHOOSE 0xCA
#define MAJORITY 0xE8
#define XOR 0x96

TARGET static inline __m512i add(__m512i a, __m512i b) {
  return _mm512_add_epi32(a, b);
}

TARGET static inline __m512i xor3(__m512i a, __m512i b, __m512i c) {
  return _mm512_ternarylogic_epi32(a, b, c, XOR);
}

#define ROTATED(x, a, b, c) \
  xor3(_mm512_ror_epi32(x, a), _mm512_ror_epi32(x, b), _mm512_ror_epi32(x, c))
#define SHIFTED(x, a, b, c) \
  xor3(_mm512_ror_epi32(x, a), _mm512_ror_epi32(x, b), _mm512_srli_epi32(x, c))

/* Row i, column k becomes row k, column i; for words of 32 bits. */
TARGET static inline void transpose(__m512i rows[LANES]) {
  __m512i pairs[LANES], quads[LANES];
  for (int i = 0; i < LANES; i += 2) {
    pairs[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
  }
  for (int i = 0; i < LANES; i += 4) {
    quads[i] = _mm512_unpacklo_epi64(pairs[i], pairs[i + 2]);
    quads[i + 1] = _mm512_unpackhi_epi64(pairs[i], pairs[i + 2]);
    quads[i + 2] = _mm512_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
    quads[i + 3] = _mm512_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
  }
  /* Now quads[4g + k] has the columns k, k + 4, k + 8, k + 12 of the rows 4g to 4g + 3. */
  for (int k = 0; k < 4; k++) {
    __m512i low01 = _mm512_shuffle_i32x4(quads[k], quads[4 + k], 0x88);
    __m512i high01 = _mm512_shuffle_i32x4(quads[k], quads[4 + k], 0xDD);
    __m512i low23 = _mm512_shuffle_i32x4(quads[8 + k], quads[12 + k], 0x88);
    __m512i high23 = _mm512_shuffle_i32x4(quads[8 + k], quads[12 + k], 0xDD);
    rows[k] = _mm512_shuffle_i32x4(low01, low23, 0x88);
    rows[4 + k] = _mm512_shuffle_i32x4(high01, high23, 0x88);
    rows[8 + k] = _mm512_shuffle_i32x4(low01, low23, 0xDD);
    rows[12 + k] = _mm512_shuffle_i32x4(high01, high23, 0xDD);
  }
}

TARGET static inline void load(__m512i w[LANES], const uint8_t *bytes, size_t stride) {
  const __m512i big_endian = _mm512_broadcast_i32x4(
      _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL));
  for (int lane = 0; lane < LANES; lane++) {
    w[lane] = _mm512_shuffle_epi8(_mm512_loadu_si512(bytes + (size_t)lane * stride), big_endian);
  }
  transpose(w);
}

TARGET static inline void compress(__m512i state[8], __m512i w[LANES]) {
  __m512i a = state[0], b = state[1], c = state[2], d = state[3];
  __m512i e = state[4], f = state[5], g = state[6], h = state[7];
#pragma GCC unroll 64
  for (int r = 0; r < 64; r++) {
    __m512i word = w[r & 15];
    /* Grouped so that what depends on the round before has the shortest way. */
    __m512i ready = add(add(h, word), _mm512_set1_epi32((int)KOG_SHA256_ROUND[r]));
    __m512i first = add(ROTATED(e, 6, 11, 25), _mm512_ternarylogic_epi32(e, f, g, CHOOSE));
    __m512i second = add(ROTATED(a, 2, 13, 22), _mm512_ternarylogic_epi32(a, b, c, MAJORITY));
    h = g;
    g = f;
    f = e;
    e = add(add(d, ready), first);
    d = c;
    c = b;
    b = a;
    a = add(add(ready, first), second);
    if (r < 48) {
      w[r & 15] = add(add(word, SHIFTED(w[(r + 1) & 15], 7, 18, 3)),
                      add(w[(r + 9) & 15], SHIFTED(w[(r + 14) & 15], 17, 19, 10)));
    }
  }
  state[0] = add(state[0], a);
  state[1] = add(state[1], b);
  state[2] = add(state[2], c);
  state[3] = add(state[3], d);
  state[4] = add(state[4], e);
  state[5] = add(state[5], f);
  state[6] = add(state[6], g);
  state[7] = add(state[7], h);
}

static uint64_t enabled_states(void) {
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

/* 1 when this processor has the instructions, and the system keeps their registers. */
EXPORT int kog_sha256_wide_usable(void) {
  const uint64_t registers = 0xE6; /* SSE, AVX, masks, upper halves, upper sixteen */
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) return 0;
  if ((enabled_states() & registers) != registers) return 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_AVX512F) && (b & bit_AVX512BW);
}

/* As many blocks of sixteen streams. States: word 0 of all of them, then word 1, and so on. The
 * bytes of stream i begin at i * stride. */
TARGET EXPORT void kog_sha256_wide(uint32_t *states, const uint8_t *bytes, size_t stride,
                                   size_t blocks) {
  __m512i state[8], w[LANES];
  for (int i = 0; i < 8; i++) state[i] = _mm512_loadu_si512(states + LANES * i);
  for (size_t at = 0; at < blocks * BLOCK_BYTES; at += BLOCK_BYTES) {
    load(w, bytes + at, stride);
    compress(state, w);
  }
  for (int i = 0; i < 8; i++) _mm512_storeu_si512(states + LANES * i, state[i]);
}

#else

EXPORT int kog_sha256_wide_usable(void) {
  return 0;
}

#endif

/* lines.h: finding and sorting the lines of a text in memory.
 *
 * The sort is most-significant-digit radix sort with cached keys (McIlroy, Bostic and McIlroy,
 * "Engineering Radix Sort", Computing Systems 1993; caching after Ng and Kakehi, "Cache Efficient
 * Radix Sort for String Sorting", 2007): each line's entry holds eight of its bytes, and only lines
 * that agree in them look at their next eight. Bytes that all lines of a group share are skipped at
 * once. It is stable, so lines that came in order stay so, and a group that is in order is left
 * alone: logs and other texts that are partly sorted cost one comparison a line.
 */
#ifndef LINES_H
#define LINES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes that may be read behind the last line; they must be zero, but for the first. */
enum { LINE_PADDING = 9, INSERTION_MAX = 16 };

/* A line, without its newline. */
struct line {
  uint64_t key; /* eight of its bytes, big endian, zeros behind its end */
  uint32_t start;
  uint32_t length;
};

/* Hot functions stay functions: a host may run only small ones at full speed. */
#define LINES_NOINLINE __attribute__((noinline))

/* The order of two texts, eight bytes at a time: the C library for WebAssembly takes one. */
static LINES_NOINLINE int bytes_compare(const uint8_t *a, size_t a_length, const uint8_t *b,
                                        size_t b_length) {
  size_t shared = a_length < b_length ? a_length : b_length, at = 0;
  for (; at + 8 <= shared; at += 8) {
    uint64_t left, right;
    memcpy(&left, a + at, 8);
    memcpy(&right, b + at, 8);
    if (left != right) {
      int shift = __builtin_ctzll(left ^ right) & ~7;
      return (int)(left >> shift & 0xff) - (int)(right >> shift & 0xff);
    }
  }
  for (; at < shared; at++) {
    if (a[at] != b[at]) return (int)a[at] - (int)b[at];
  }
  return (a_length > b_length) - (a_length < b_length);
}

/* The eight bytes of a line from `depth` on. */
static inline uint64_t line_key(const uint8_t *text, const struct line *line, uint32_t depth) {
  if (line->length <= depth) return 0;
  uint64_t word;
  memcpy(&word, text + line->start + depth, 8);
  word = __builtin_bswap64(word);
  uint32_t rest = line->length - depth;
  return rest >= 8 ? word : word & ~(UINT64_MAX >> (8 * rest));
}

/* Marks the newlines among eight bytes with their top bits: exact for the lowest of them. */
static inline uint64_t newlines_in(uint64_t word) {
  word ^= 0x0a0a0a0a0a0a0a0au;
  return (word - 0x0101010101010101u) & ~word & 0x8080808080808080u;
}

/* The first newline in [from, end), or `end`. Up to eight bytes behind `end` are read. */
static LINES_NOINLINE const uint8_t *find_newline(const uint8_t *from, const uint8_t *end) {
  for (; from < end; from += 8) {
    uint64_t word;
    memcpy(&word, from, 8);
    uint64_t marks = newlines_in(word);
    if (marks != 0) {
      from += __builtin_ctzll(marks) >> 3;
      return from < end ? from : end;
    }
  }
  return end;
}

static LINES_NOINLINE size_t lines_count(const uint8_t *text, size_t length) {
  size_t count = 0, at = 0;
  for (; at + 8 <= length; at += 8) {
    uint64_t word;
    memcpy(&word, text + at, 8);
    word ^= 0x0a0a0a0a0a0a0a0au;
    uint64_t low = (word & 0x7f7f7f7f7f7f7f7fu) + 0x7f7f7f7f7f7f7f7fu;
    count += __builtin_popcountll(~(low | word) & 0x8080808080808080u);
  }
  for (; at < length; at++) count += text[at] == '\n';
  return count;
}

/* Fills `lines`; the text ends with a newline or is empty. */
static LINES_NOINLINE void lines_find(const uint8_t *text, size_t length, struct line *lines) {
  const uint8_t *start = text, *end = text + length;
  for (; start < end; lines++) {
    const uint8_t *newline = find_newline(start, end);
    lines->start = (uint32_t)(start - text);
    lines->length = (uint32_t)(newline - start);
    start = newline + 1;
  }
}

/* The order of two lines whose bytes before `depth` are the same. */
static inline int lines_compare(const uint8_t *text, const struct line *a, const struct line *b,
                                uint32_t depth) {
  if (a->key != b->key) return a->key < b->key ? -1 : 1;
  uint32_t from = depth + 8;
  if (a->length <= from || b->length <= from) {
    return (a->length > b->length) - (a->length < b->length);
  }
  return bytes_compare(text + a->start + from, a->length - from, text + b->start + from,
                       b->length - from);
}

static LINES_NOINLINE void lines_insertion_sort(const uint8_t *text, struct line *lines, size_t count,
                                 uint32_t depth) {
  for (size_t i = 1; i < count; i++) {
    struct line moved = lines[i];
    size_t at = i;
    for (; at > 0 && lines_compare(text, &moved, &lines[at - 1], depth) < 0; at--) {
      lines[at] = lines[at - 1];
    }
    lines[at] = moved;
  }
}

/* Brings lines that end within the current key to the front, shortest first; they are then in
 * their places, since they are beginnings of all the others. The rest keeps its order. Returns how
 * many have ended. */
static LINES_NOINLINE size_t settle_ended(struct line *lines, struct line *scratch, size_t count,
                                          uint32_t depth) {
  size_t settled = 0;
  for (uint32_t length = depth; length <= depth + 8; length++) {
    for (size_t i = 0; i < count; i++) {
      if (lines[i].length == length) scratch[settled++] = lines[i];
    }
  }
  if (settled == 0) return 0;
  size_t kept = settled;
  for (size_t i = 0; i < count; i++) {
    if (lines[i].length > depth + 8) scratch[kept++] = lines[i];
  }
  memcpy(lines, scratch, count * sizeof *lines);
  return settled;
}

/* Whether some line ends within the current key. */
static LINES_NOINLINE int any_ended(const struct line *lines, size_t count, uint32_t depth) {
  for (size_t i = 0; i < count; i++) {
    if (lines[i].length <= depth + 8) return 1;
  }
  return 0;
}

static LINES_NOINLINE int lines_in_order(const uint8_t *text, const struct line *lines,
                                         size_t count, uint32_t depth) {
  for (size_t i = 1; i < count; i++) {
    if (lines[i - 1].key > lines[i].key) return 0;
    if (lines[i - 1].key == lines[i].key &&
        lines_compare(text, &lines[i - 1], &lines[i], depth) > 0) {
      return 0;
    }
  }
  return 1;
}

/* The bits in which some keys differ. */
static LINES_NOINLINE uint64_t key_differences(const struct line *lines, size_t count) {
  uint64_t first = lines->key, differences = 0;
  for (size_t i = 1; i < count; i++) differences |= lines[i].key ^ first;
  return differences;
}

/* Distributes lines by one byte of their keys, keeping their order within each; `ends` gets where
 * each byte's lines end. */
static LINES_NOINLINE void distribute(struct line *lines, struct line *scratch, size_t count,
                                      unsigned shift, uint32_t *ends) {
  memset(ends, 0, 256 * sizeof *ends);
  for (size_t i = 0; i < count; i++) ends[lines[i].key >> shift & 0xff]++;
  uint32_t start = 0;
  for (unsigned byte = 0; byte < 256; byte++) {
    uint32_t size = ends[byte];
    ends[byte] = start;
    start += size;
  }
  for (size_t i = 0; i < count; i++) scratch[ends[lines[i].key >> shift & 0xff]++] = lines[i];
  memcpy(lines, scratch, count * sizeof *lines);
}

/* Sorts lines that agree before `depth` and have their keys at it. All groups but the largest are
 * sorted by recursion and the largest by the loop, so the nesting is logarithmic. */
static LINES_NOINLINE void lines_sort_at(const uint8_t *text, struct line *lines,
                                         struct line *scratch, size_t count, uint32_t depth) {
  while (count > INSERTION_MAX) {
    if (lines_in_order(text, lines, count, depth)) return;
    uint64_t differences = key_differences(lines, count);
    if (differences == 0) {
      size_t ended =
          any_ended(lines, count, depth) ? settle_ended(lines, scratch, count, depth) : 0;
      lines += ended, count -= ended, depth += 8;
      for (size_t i = 0; i < count; i++) lines[i].key = line_key(text, &lines[i], depth);
      continue;
    }
    uint32_t ends[256], largest = 0, largest_size = 0;
    distribute(lines, scratch, count, 56 - (__builtin_clzll(differences) & ~7), ends);
    for (uint32_t byte = 0, start = 0; byte < 256; start = ends[byte++]) {
      if (ends[byte] - start > largest_size) largest = byte, largest_size = ends[byte] - start;
    }
    for (uint32_t byte = 0, start = 0; byte < 256; start = ends[byte++]) {
      if (byte != largest && ends[byte] - start > 1) {
        lines_sort_at(text, lines + start, scratch, ends[byte] - start, depth);
      }
    }
    lines += ends[largest] - largest_size, count = largest_size;
  }
  lines_insertion_sort(text, lines, count, depth);
}

/* Sorts lines; `scratch` is as long as they are. */
static void lines_sort(const uint8_t *text, struct line *lines, struct line *scratch,
                       size_t count) {
  for (size_t i = 0; i < count; i++) lines[i].key = line_key(text, &lines[i], 0);
  lines_sort_at(text, lines, scratch, count, 0);
}

#endif

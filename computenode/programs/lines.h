/* lines.h: finding and sorting the lines of a text in memory.
 *
 * The sort is multikey quicksort with cached keys (Bentley and Sedgewick, "Fast Algorithms for
 * Sorting and Searching Strings", SODA 1997; caching after Rantala's and Kärkkäinen's string sort
 * collections): lines are compared by eight bytes at a time, kept in the entry itself, and only
 * lines that agree in them look at their next eight. Texts whose lines begin alike, such as logs,
 * therefore pay for a common beginning once a line and not once a comparison.
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

static inline void lines_swap(struct line *a, struct line *b) {
  struct line moved = *a;
  *a = *b;
  *b = moved;
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

static inline uint64_t median_of(uint64_t a, uint64_t b, uint64_t c) {
  if (a > b) {
    uint64_t moved = a;
    a = b;
    b = moved;
  }
  return c < a ? a : c > b ? b : c;
}

static LINES_NOINLINE uint64_t choose_pivot(const struct line *lines, size_t count) {
  size_t step = count / 8;
  const struct line *middle = lines + count / 2, *last = lines + count - 1;
  if (count < 128) return median_of(lines->key, middle->key, last->key);
  return median_of(median_of(lines->key, lines[step].key, lines[2 * step].key),
                   median_of(middle[-step].key, middle->key, middle[step].key),
                   median_of(last[-2 * (ptrdiff_t)step].key, last[-(ptrdiff_t)step].key, last->key));
}

/* Brings lines that end within the current key to the front, shortest first; they are then in
 * their places, since they are beginnings of all the others. Returns how many there are. */
static LINES_NOINLINE size_t settle_ended(struct line *lines, size_t count, uint32_t depth) {
  size_t ended = 0;
  for (size_t i = 0; i < count; i++) {
    if (lines[i].length <= depth + 8) lines_swap(&lines[i], &lines[ended++]);
  }
  /* At most nine different lengths: counting by repeated sweeps is linear. */
  size_t settled = 0;
  for (uint32_t length = depth; settled < ended && length <= depth + 8; length++) {
    for (size_t i = settled; i < ended; i++) {
      if (lines[i].length == length) lines_swap(&lines[i], &lines[settled++]);
    }
  }
  return ended;
}

/* Sorts lines that agree before `depth` and have their keys at it. The two smaller of the three
 * groups are sorted by recursion and the largest by the loop, so the nesting is logarithmic. */
static LINES_NOINLINE void lines_sort_at(const uint8_t *text, struct line *lines, size_t count, uint32_t depth) {
  while (count > INSERTION_MAX) {
    uint64_t pivot = choose_pivot(lines, count);
    size_t less = 0, at = 0, more = count;
    while (at < more) {
      if (lines[at].key < pivot) {
        lines_swap(&lines[less++], &lines[at++]);
      } else if (lines[at].key > pivot) {
        lines_swap(&lines[at], &lines[--more]);
      } else {
        at++;
      }
    }
    size_t ended = settle_ended(lines + less, more - less, depth);
    struct line *same = lines + less + ended, *above = lines + more;
    size_t same_count = more - less - ended, above_count = count - more;
    for (size_t i = 0; i < same_count; i++) same[i].key = line_key(text, &same[i], depth + 8);
    if (same_count >= less && same_count >= above_count) {
      lines_sort_at(text, lines, less, depth);
      lines_sort_at(text, above, above_count, depth);
      lines = same, count = same_count, depth += 8;
    } else if (less >= above_count) {
      lines_sort_at(text, same, same_count, depth + 8);
      lines_sort_at(text, above, above_count, depth);
      count = less;
    } else {
      lines_sort_at(text, same, same_count, depth + 8);
      lines_sort_at(text, lines, less, depth);
      lines = above, count = above_count;
    }
  }
  lines_insertion_sort(text, lines, count, depth);
}

static LINES_NOINLINE void lines_sort(const uint8_t *text, struct line *lines, size_t count) {
  for (size_t i = 0; i < count; i++) lines[i].key = line_key(text, &lines[i], 0);
  lines_sort_at(text, lines, count, 0);
}

#endif

/* sort FILE: writes the lines of FILE to the output, in the order of their bytes.
 *
 * The order is that of `LC_ALL=C sort`. A last line without a newline gets one. A line must fit
 * in memory, the file need not.
 *
 * A file of more than one chunk is sorted by many transactions:
 *
 *   /tmp/xaa         a part of the file: a chunk as it is, so nothing is read or copied for it
 *   /tmp/xaa.scout   do /bin/sort --scout /part: how it begins and ends, and a sample of its lines
 *   /tmp/bounds      the lines at which the key space is cut into ranges, from the samples
 *   /tmp/xaa.sorted  do /bin/sort --part /part /bounds /tail: a directory with one sorted file a
 *                    range; the tail is what the next part has of the last line
 *   /tmp/r00         do /bin/merge /runs: range 00 of all parts
 *   /tmp/sorted      the ranges one after another, appended without reading them
 *
 * All of these run in parallel, and none but the scouts and the sorted parts reads the file. When
 * one record changes, the part that holds it is sorted again
 * and the ranges that it left and joined are merged again; all else is as before. So the choice of
 * bounds must not change either: it is made from the sampled lines whose hashes are lowest, which a
 * changed record is seldom among.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kog.h"
#include "lines.h"

enum {
  PARTS_MAX = 674,        /* xaa to xzz, and two to spare: if there are more chunks, they share */
  RANGES_MAX = 64,        /* every part is cut into as many files */
  RANGE_BYTES = 4 << 20,  /* about how long a range should be */
  SAMPLE_BYTES = 32 << 10, /* read from the start of each part, behind its first line */
  SAMPLES_PER_RANGE = 8,
  BOUND_BYTES_MAX = 64 /* a bound is at most so long: a prefix cuts as well as the whole line */
};

static void fail(const char *what, const char *which, int64_t error) {
  fprintf(stderr, "sort: %s %s: error %lld\n", what, which, (long long)-error);
  exit(1);
}

static void *need(void *memory) {
  if (memory == NULL) {
    fprintf(stderr, "sort: out of memory: a part of the input, or one line, is too long\n");
    exit(1);
  }
  return memory;
}

static void write_all(int fd, const uint8_t *bytes, size_t length, const char *name) {
  while (length > 0) {
    ssize_t written = write(fd, bytes, length < (1 << 20) ? length : (1 << 20));
    if (written < 0) fail("cannot write", name, -errno);
    bytes += written;
    length -= written;
  }
}

static void write_file(const char *path, const uint8_t *bytes, size_t length) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (fd < 0) fail("cannot create", path, -errno);
  write_all(fd, bytes, length, path);
  close(fd);
}

/* ---- one part -------------------------------------------------------------------------------- */

static int32_t need_view(const char *path) {
  int32_t view = kog_open(path);
  if (view < 0) fail("cannot open", path, view);
  return view;
}

/* Reads `length` bytes and closes the view. */
static void read_all(int32_t view, const char *path, uint8_t *target, size_t length) {
  int64_t got = kog_read(view, 0, target, length);
  if (got != (int64_t)length) fail("cannot read", path, got);
  kog_close(view);
}

/* Reads a whole part, and then its tail unless that is null; `*length` gets how much it is. */
static LINES_NOINLINE uint8_t *load(const char *path, const char *tail_path, size_t *length) {
  int32_t view = need_view(path), tail = tail_path == NULL ? -1 : need_view(tail_path);
  size_t size = (size_t)kog_size(view), tail_size = tail < 0 ? 0 : (size_t)kog_size(tail);
  uint8_t *bytes = need(malloc(size + tail_size + LINE_PADDING));
  read_all(view, path, bytes, size);
  if (tail >= 0) read_all(tail, tail_path, bytes + size, tail_size);
  *length = size + tail_size;
  return bytes;
}

/* Sorts lines; `*size` is how long the text is, and then how long with a last newline. There is
 * room for padding behind it. */
static LINES_NOINLINE size_t sort_text(uint8_t *text, size_t *size, struct line **lines) {
  size_t length = *size;
  if (length > 0 && text[length - 1] != '\n') text[length++] = '\n';
  memset(text + length, 0, LINE_PADDING - 1);
  size_t count = lines_count(text, length);
  *lines = need(malloc((count + 1) * sizeof(struct line)));
  lines_find(text, length, *lines);
  struct line *scratch = need(malloc((count + 1) * sizeof(struct line)));
  lines_sort(text, *lines, scratch, count);
  free(scratch);
  *size = length;
  return count;
}

/* Copies lines [from, to) out in order. */
static LINES_NOINLINE size_t gather(const uint8_t *text, const struct line *lines, size_t from, size_t to,
                     uint8_t *target) {
  uint8_t *end = target;
  for (size_t i = from; i < to; i++) {
    memcpy(end, text + lines[i].start, lines[i].length + 1);
    end += lines[i].length + 1;
  }
  return end - target;
}

static LINES_NOINLINE void sort_whole(const char *path) {
  struct line *lines;
  size_t length;
  uint8_t *text = load(path, NULL, &length);
  size_t count = sort_text(text, &length, &lines);
  uint8_t *sorted = need(malloc(length + 1));
  write_all(STDOUT_FILENO, sorted, gather(text, lines, 0, count, sorted), "the output");
}

/* The first of the lines that is not below a bound. */
static LINES_NOINLINE size_t lower_end(const uint8_t *text, const struct line *lines, size_t count,
                        const uint8_t *bound, size_t bound_length) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const struct line *line = &lines[middle];
    if (bytes_compare(text + line->start, line->length, bound, bound_length) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

static void range_name(char *target, unsigned range) {
  target[0] = '0' + range / 10;
  target[1] = '0' + range % 10;
  target[2] = 0;
}

static LINES_NOINLINE void write_range(unsigned range, const uint8_t *bytes, size_t length) {
  char path[] = "/tmp/o/00";
  range_name(path + 7, range);
  write_file(path, bytes, length);
}

/* Where the first line of a part begins that no part before it has: 0, unless the part begins
 * within a line. */
static size_t first_line(const uint8_t *text, size_t size, bool begins_within) {
  if (!begins_within) return 0;
  const uint8_t *newline = memchr(text, '\n', size);
  return newline == NULL ? size : (size_t)(newline - text) + 1;
}

/* Writes a directory with one file for each range between the bounds. */
static LINES_NOINLINE void sort_part(const char *path, const char *bounds_path,
                                     const char *tail_path, bool begins_within) {
  uint8_t bounds[RANGES_MAX * (1 + BOUND_BYTES_MAX)];
  int32_t view = need_view(bounds_path);
  int64_t bounds_length = kog_read(view, 0, bounds, sizeof bounds);
  if (bounds_length < 0) fail("cannot read", bounds_path, bounds_length);
  struct line *lines;
  size_t length;
  uint8_t *text = load(path, tail_path, &length);
  size_t skipped = first_line(text, length, begins_within);
  text += skipped, length -= skipped;
  size_t count = sort_text(text, &length, &lines);
  uint8_t *sorted = need(malloc(length + 1));
  if (mkdir("/tmp/o", 0777) != 0) fail("cannot create", "/tmp/o", -errno);
  size_t from = 0;
  unsigned range = 0;
  for (int64_t at = 0; at < bounds_length; at += 1 + bounds[at]) {
    size_t to = lower_end(text, lines, count, bounds + at + 1, bounds[at]);
    write_range(range++, sorted, gather(text, lines, from, to, sorted));
    from = to;
  }
  write_range(range, sorted, gather(text, lines, from, count, sorted));
  int32_t error = kog_output("/tmp/o");
  if (error < 0) fail("cannot name the output", "/tmp/o", error);
}

/* ---- looking at a part ----------------------------------------------------------------------- */

enum { HAS_NEWLINE = 1, ENDS_A_LINE = 2 }; /* the first byte of what a scout says */

/* Writes a directory: `head` has the part up to its first newline, or all of it; `says` has a byte
 * of flags and what follows the head, up to SAMPLE_BYTES. */
static LINES_NOINLINE void scout(const char *path) {
  static uint8_t says[1 + SAMPLE_BYTES];
  int32_t view = need_view(path);
  uint64_t size = (uint64_t)kog_size(view);
  uint64_t newline = (uint64_t)kog_find(view, 0, size, '\n');
  size_t head_length = (size_t)(newline < size ? newline + 1 : size);
  if (newline < size) says[0] |= HAS_NEWLINE;
  if (size > 0 && kog_load8(view, size - 1) == '\n') says[0] |= ENDS_A_LINE;
  uint8_t *head = need(malloc(head_length + 1));
  if (kog_read(view, 0, head, head_length) < 0) fail("cannot read", path, -EIO);
  int64_t sampled = kog_read(view, head_length, says + 1, SAMPLE_BYTES);
  if (sampled < 0) fail("cannot read", path, sampled);
  if (mkdir("/tmp/o", 0777) != 0) fail("cannot create", "/tmp/o", -errno);
  write_file("/tmp/o/head", head, head_length);
  write_file("/tmp/o/says", says, 1 + (size_t)sampled);
  int32_t error = kog_output("/tmp/o");
  if (error < 0) fail("cannot name the output", "/tmp/o", error);
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* A sampled line, cut to what a bound may hold. */
struct sample {
  uint64_t hash;
  uint8_t length;
  uint8_t bytes[BOUND_BYTES_MAX];
};

/* The samples with the lowest hashes: a heap, highest first, without repetitions of a hash. */
static struct sample samples[RANGES_MAX * SAMPLES_PER_RANGE];
static unsigned sample_count, sample_limit;

static uint64_t hash_of(const uint8_t *bytes, size_t length) {
  uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a, then the finaliser of MurmurHash3 */
  for (size_t i = 0; i < length; i++) hash = (hash ^ bytes[i]) * 0x100000001b3u;
  hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdu;
  return hash ^ hash >> 33;
}

static void sift_down(unsigned at) {
  for (;;) {
    unsigned largest = at, left = 2 * at + 1, right = left + 1;
    if (left < sample_count && samples[left].hash > samples[largest].hash) largest = left;
    if (right < sample_count && samples[right].hash > samples[largest].hash) largest = right;
    if (largest == at) return;
    struct sample moved = samples[at];
    samples[at] = samples[largest];
    samples[largest] = moved;
    at = largest;
  }
}

static void sift_up(unsigned at) {
  while (at > 0 && samples[(at - 1) / 2].hash < samples[at].hash) {
    struct sample moved = samples[at];
    samples[at] = samples[(at - 1) / 2];
    samples[(at - 1) / 2] = moved;
    at = (at - 1) / 2;
  }
}

static LINES_NOINLINE void offer_sample(const uint8_t *line, size_t length) {
  struct sample sample = {.hash = hash_of(line, length)};
  sample.length = length < BOUND_BYTES_MAX ? length : BOUND_BYTES_MAX;
  memcpy(sample.bytes, line, sample.length);
  bool full = sample_count == sample_limit;
  if (full && sample.hash >= samples[0].hash) return;
  for (unsigned i = 0; i < sample_count; i++) {
    if (samples[i].hash == sample.hash) return;
  }
  if (full) {
    samples[0] = sample;
    sift_down(0);
  } else {
    samples[sample_count++] = sample;
    sift_up(sample_count - 1);
  }
}

static int compare_samples(const void *left, const void *right) {
  const struct sample *a = left, *b = right;
  return bytes_compare(a->bytes, a->length, b->bytes, b->length);
}

static void part_name(char *target, unsigned part) {
  sprintf(target, "/tmp/x%c%c", 'a' + part / 26, 'a' + part % 26);
}

/* Offers the lines that scouts have sampled; `flags` gets what they say of each part. */
static LINES_NOINLINE void take_samples(uint8_t *flags, unsigned parts) {
  static uint8_t says[1 + SAMPLE_BYTES];
  for (unsigned part = 0; part < parts; part++) {
    char name[32];
    part_name(name, part);
    strcat(name, ".scout/says");
    int32_t view = need_view(name);
    int64_t got = kog_read(view, 0, says, sizeof says);
    if (got < 1) fail("cannot read", name, got);
    kog_close(view);
    flags[part] = says[0];
    for (size_t start = 1, at = 1; at < (size_t)got; at++) {
      if (says[at] == '\n') {
        offer_sample(says + start, at - start);
        start = at + 1;
      }
    }
  }
}

/* Writes the bounds, each as its length and its bytes; returns how many ranges they make. */
static LINES_NOINLINE unsigned write_bounds(unsigned ranges) {
  int fd = open("/tmp/bounds", O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (fd < 0) fail("cannot create", "/tmp/bounds", -errno);
  qsort(samples, sample_count, sizeof samples[0], compare_samples);
  unsigned made = 1;
  const struct sample *previous = NULL;
  for (unsigned range = 1; range < ranges; range++) {
    unsigned at = (unsigned)((uint64_t)range * sample_count / ranges);
    if (at >= sample_count) break;
    if (previous != NULL && compare_samples(previous, &samples[at]) >= 0) continue;
    previous = &samples[at];
    write_all(fd, &previous->length, 1 + previous->length, "/tmp/bounds");
    made++;
  }
  close(fd);
  return made;
}

/* Where the parts begin: with a chunk. */
static LINES_NOINLINE unsigned find_cuts(int32_t view, uint64_t size, uint64_t *cuts) {
  uint64_t step = size / PARTS_MAX;
  unsigned parts = 0;
  cuts[0] = 0;
  while (cuts[parts] < size) {
    uint64_t probe = cuts[parts] + step;
    cuts[parts + 1] = probe < size ? (uint64_t)kog_chunk_end(view, probe) : size;
    parts++;
  }
  return parts;
}

static void bind(const char *path, const char *argv, size_t argv_length, const char *inputs,
                 size_t inputs_length) {
  int32_t error = kog_bind(path, argv, argv_length, inputs, inputs_length);
  if (error < 0) fail("cannot bind", path, error);
}

static void bind_scout(const char *file, unsigned part, const uint64_t *cuts) {
  static const char argv[] = "/bin/sort\0--scout\0/part";
  char name[16], scout[32], inputs[64];
  part_name(name, part);
  int32_t error = kog_slice(name, file, cuts[part], cuts[part + 1] - cuts[part]);
  if (error < 0) fail("cannot slice", name, error);
  sprintf(scout, "%s.scout", name);
  int length = sprintf(inputs, "/bin/sort%c/part=%s", 0, name) + 1;
  bind(scout, argv, sizeof argv, inputs, length);
}

/* Finds what the parts behind a part have of its last line: `tail` gets where that is. */
static LINES_NOINLINE void find_tail(unsigned part, const uint8_t *flags, unsigned parts,
                                     char *tail) {
  char name[16];
  if (part + 1 == parts || (flags[part] & ENDS_A_LINE)) {
    strcpy(tail, "/tmp/none");
    return;
  }
  part_name(name, part + 1);
  sprintf(tail, "%s.scout/head", name);
  if (flags[part + 1] & HAS_NEWLINE) return;
  char joined[32];
  part_name(name, part);
  sprintf(joined, "%s.tail", name);
  for (unsigned next = part + 1; next < parts; next++) {
    part_name(name, next);
    sprintf(tail, "%s.scout/head", name);
    int32_t error = kog_append(joined, tail);
    if (error < 0) fail("cannot join", tail, error);
    if (flags[next] & HAS_NEWLINE) break;
  }
  strcpy(tail, joined);
}

static LINES_NOINLINE void bind_part(unsigned part, const uint8_t *flags, unsigned parts) {
  static const char whole[] = "/bin/sort\0--part\0/part\0/bounds\0/tail";
  static const char rest[] = "/bin/sort\0--rest\0/part\0/bounds\0/tail";
  bool begins_within = part > 0 && !(flags[part - 1] & ENDS_A_LINE);
  char name[16], sorted[32], tail[32] = "/tmp/none", inputs[192];
  part_name(name, part);
  /* One that is all within a line has none of its own. */
  if (!begins_within || (flags[part] & HAS_NEWLINE)) find_tail(part, flags, parts, tail);
  sprintf(sorted, "%s.sorted", name);
  int length = sprintf(inputs, "/bin/sort%c/part=%s%c/bounds=/tmp/bounds%c/tail=%s", 0, name, 0, 0,
                       tail) + 1;
  bind(sorted, begins_within ? rest : whole, sizeof whole, inputs, length);
}

static LINES_NOINLINE void bind_range(unsigned range, unsigned parts) {
  static const char argv[] = "/bin/merge\0/runs";
  static char inputs[64 + 64 * (PARTS_MAX + 2)];
  char name[] = "/tmp/r00", suffix[3];
  range_name(suffix, range);
  memcpy(name + 6, suffix, 2);
  char *end = inputs + sprintf(inputs, "/bin/merge") + 1;
  for (unsigned part = 0; part < parts; part++) {
    char source[16];
    part_name(source, part);
    end += sprintf(end, "/runs/%s=%s.sorted/%s", source + 5, source, suffix) + 1;
  }
  bind(name, argv, sizeof argv, inputs, end - inputs);
}

static LINES_NOINLINE void sort_in_parts(const char *file, int32_t view, uint64_t size) {
  static uint64_t cuts[PARTS_MAX + 2];
  static uint8_t flags[PARTS_MAX + 2];
  unsigned parts = find_cuts(view, size, cuts);
  for (unsigned part = 0; part < parts; part++) bind_scout(file, part, cuts);
  uint64_t wanted = size / RANGE_BYTES;
  unsigned ranges = 2;
  while (ranges < RANGES_MAX && ranges < wanted) ranges *= 2;
  sample_limit = ranges * SAMPLES_PER_RANGE;
  take_samples(flags, parts);
  ranges = write_bounds(ranges);
  write_file("/tmp/none", flags, 0);
  for (unsigned part = 0; part < parts; part++) bind_part(part, flags, parts);
  for (unsigned range = 0; range < ranges; range++) bind_range(range, parts);
  for (unsigned range = 0; range < ranges; range++) {
    char name[] = "/tmp/r00";
    range_name(name + 6, range);
    int32_t error = kog_append("/tmp/sorted", name);
    if (error < 0) fail("cannot merge", name, error);
  }
  int32_t error = kog_output("/tmp/sorted");
  if (error < 0) fail("cannot name the output", "/tmp/sorted", error);
}

int main(int argc, char **argv) {
  if (argc == 5 && (strcmp(argv[1], "--part") == 0 || strcmp(argv[1], "--rest") == 0)) {
    sort_part(argv[2], argv[3], argv[4], strcmp(argv[1], "--rest") == 0);
    return 0;
  }
  if (argc == 3 && strcmp(argv[1], "--scout") == 0) {
    scout(argv[2]);
    return 0;
  }
  if (argc != 2) {
    fprintf(stderr, "usage: sort FILE\n");
    return 2;
  }
  int32_t view = kog_open(argv[1]);
  if (view < 0) fail("cannot open", argv[1], view);
  uint64_t size = (uint64_t)kog_size(view);
  if (size == 0 || (uint64_t)kog_chunk_end(view, 0) >= size) {
    sort_whole(argv[1]);
  } else {
    sort_in_parts(argv[1], view, size);
  }
  return 0;
}

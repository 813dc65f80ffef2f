/* merge DIRECTORY: merges the sorted files in a directory into the output, in the order of bytes.
 *
 * A tournament tree of losers (Knuth, The Art of Computer Programming, vol. 3, section 5.4.1) picks
 * the lowest of the runs' current lines. Lines are compared by eight cached bytes first, taken
 * behind the beginning that all lines have in common. Each run is read through a window, so memory
 * does not grow with the length of the runs, only with the longest line.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kog.h"
#include "lines.h"

enum {
  WINDOWS_BYTES = 32 << 20, /* of all runs together */
  WINDOW_BYTES_MIN = 64 << 10,
  OUTPUT_BYTES = 1 << 20,
  TAIL_BYTES = 4 << 10 /* read to find a run's last line; longer ones only cost speed */
};

struct run {
  uint64_t key;        /* eight bytes of the current line, behind the common beginning */
  const uint8_t *line; /* the current line, in the window; null when the run has ended */
  uint32_t length;
  int32_t view;
  uint64_t offset; /* of the byte after the window, in the run */
  uint64_t size;
  uint8_t *window;
  uint32_t capacity;
  uint32_t end;  /* bytes in the window */
  uint32_t next; /* where the line after the current one begins in the window */
};

static struct run *runs;
static unsigned run_count;
static uint32_t common; /* bytes that all lines begin with */

static uint8_t output[OUTPUT_BYTES];
static uint32_t output_length;

static void fail(const char *what, const char *which, int64_t error) {
  fprintf(stderr, "merge: %s %s: error %lld\n", what, which, (long long)-error);
  exit(1);
}

static void *need(void *memory) {
  if (memory == NULL) {
    fprintf(stderr, "merge: out of memory: a line is too long, or there are too many runs\n");
    exit(1);
  }
  return memory;
}

/* ---- output ---------------------------------------------------------------------------------- */

static void write_out(const uint8_t *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(STDOUT_FILENO, bytes, length);
    if (written < 0) fail("cannot write", "the output", -errno);
    bytes += written;
    length -= written;
  }
}

static LINES_NOINLINE void emit(const struct run *run) {
  if (run->length >= OUTPUT_BYTES - output_length) {
    write_out(output, output_length);
    output_length = 0;
  }
  if (run->length >= OUTPUT_BYTES) {
    write_out(run->line, run->length);
  } else {
    memcpy(output + output_length, run->line, run->length);
    output_length += run->length;
  }
  output[output_length++] = '\n';
}

/* ---- runs ------------------------------------------------------------------------------------ */

/* Moves the unfinished line to the front of the window and reads on behind it. */
static LINES_NOINLINE void refill(struct run *run) {
  uint32_t kept = run->end - run->next;
  if (kept + (kept >> 1) >= run->capacity) {
    if (run->capacity > UINT32_MAX / 4) need(NULL);
    run->capacity *= 2;
    run->window = need(realloc(run->window, run->capacity + LINE_PADDING));
  }
  memmove(run->window, run->window + run->next, kept);
  int64_t got = kog_read(run->view, run->offset, run->window + kept, run->capacity - kept);
  if (got < 0) fail("cannot read", "a run", got);
  run->offset += (uint64_t)got;
  run->end = kept + (uint32_t)got;
  run->next = 0;
}

static void set_line(struct run *run, uint32_t length) {
  run->line = run->window + run->next;
  run->length = length;
  run->next += length + 1;
  if (run->next > run->end) run->next = run->end; /* a last line without its newline */
  struct line line = {.start = (uint32_t)(run->line - run->window), .length = length};
  run->key = line_key(run->window, &line, common);
}

/* Goes to the next line of a run, or to its end. */
static LINES_NOINLINE void advance(struct run *run) {
  for (;;) {
    const uint8_t *from = run->window + run->next;
    uint32_t rest = run->end - run->next;
    const uint8_t *newline = find_newline(from, from + rest);
    if (newline != from + rest) {
      set_line(run, (uint32_t)(newline - from));
      return;
    }
    if (run->offset == run->size) {
      if (rest > 0) {
        set_line(run, rest);
      } else {
        run->line = NULL;
      }
      return;
    }
    refill(run);
  }
}

static void open_run(const char *directory, const char *name, struct run *run) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  run->view = kog_open(path);
  if (run->view < 0) fail("cannot open", path, run->view);
  run->size = (uint64_t)kog_size(run->view);
}

static LINES_NOINLINE void open_runs(const char *directory) {
  unsigned capacity = 64;
  runs = need(malloc(capacity * sizeof *runs));
  DIR *entries = opendir(directory);
  if (entries == NULL) fail("cannot open", directory, -errno);
  for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (run_count == capacity) runs = need(realloc(runs, (capacity *= 2) * sizeof *runs));
    memset(&runs[run_count], 0, sizeof *runs);
    open_run(directory, entry->d_name, &runs[run_count]);
    if (runs[run_count].size == 0) {
      kog_close(runs[run_count].view);
    } else {
      run_count++;
    }
  }
  closedir(entries);
}

static LINES_NOINLINE void open_windows(void) {
  uint32_t share = run_count == 0 ? 0 : WINDOWS_BYTES / run_count;
  if (share < WINDOW_BYTES_MIN) share = WINDOW_BYTES_MIN;
  for (unsigned i = 0; i < run_count; i++) {
    struct run *run = &runs[i];
    run->capacity = run->size < share ? (uint32_t)run->size : share;
    run->window = need(malloc(run->capacity + LINE_PADDING));
    refill(run);
    advance(run);
  }
}

/* ---- the common beginning -------------------------------------------------------------------- */

static uint32_t common_with(const uint8_t *a, uint32_t a_length, const uint8_t *b,
                            uint32_t b_length) {
  uint32_t limit = a_length < b_length ? a_length : b_length, at = 0;
  while (at < limit && a[at] == b[at]) at++;
  return at;
}

/* What the first and the last line of every run share with `first`, all lines share. */
static LINES_NOINLINE void find_common(void) {
  static uint8_t tail[TAIL_BYTES];
  if (run_count == 0) return;
  uint32_t shared = runs[0].length;
  for (unsigned i = 0; i < run_count && shared > 0; i++) {
    struct run *run = &runs[i];
    shared = common_with(runs[0].line, shared, run->line, run->length);
    uint32_t length = run->size < TAIL_BYTES ? (uint32_t)run->size : TAIL_BYTES;
    if (kog_read(run->view, run->size - length, tail, length) != length) shared = 0;
    if (length > 0 && tail[length - 1] == '\n') length--;
    uint32_t start = length;
    while (start > 0 && tail[start - 1] != '\n') start--;
    bool whole = start > 0 || run->size <= TAIL_BYTES;
    shared = whole ? common_with(runs[0].line, shared, tail + start, length - start) : 0;
  }
  common = shared;
  for (unsigned i = 0; i < run_count; i++) {
    struct run *run = &runs[i];
    struct line line = {.start = (uint32_t)(run->line - run->window), .length = run->length};
    run->key = line_key(run->window, &line, common);
  }
}

/* ---- the tournament -------------------------------------------------------------------------- */

/* Whether the current line of run `a` comes before that of `b`; ended runs come last. */
static bool before(unsigned a, unsigned b) {
  const struct run *left = &runs[a], *right = &runs[b];
  if (left->line == NULL || right->line == NULL) return left->line != NULL;
  if (left->key != right->key) return left->key < right->key;
  uint32_t from = common + 8;
  if (left->length <= from || right->length <= from) return left->length < right->length;
  return bytes_compare(left->line + from, left->length - from, right->line + from,
                       right->length - from) < 0;
}

/* Plays the tournament among `count` runs from node `at` down; returns the winner. */
static LINES_NOINLINE unsigned play(unsigned *losers, unsigned at) {
  if (at >= run_count) return at - run_count;
  unsigned left = play(losers, 2 * at), right = play(losers, 2 * at + 1);
  bool left_wins = before(left, right);
  losers[at] = left_wins ? right : left;
  return left_wins ? left : right;
}

/* Replays the matches of a run whose line has changed; returns the new winner. */
static LINES_NOINLINE unsigned replay(unsigned *losers, unsigned changed) {
  unsigned winner = changed;
  for (unsigned at = (changed + run_count) / 2; at > 0; at /= 2) {
    if (before(losers[at], winner)) {
      unsigned moved = losers[at];
      losers[at] = winner;
      winner = moved;
    }
  }
  return winner;
}

/* The best of those that the winner has beaten: the only one it can lose to next. */
static LINES_NOINLINE unsigned runner_up(const unsigned *losers, unsigned winner) {
  unsigned best = losers[(winner + run_count) / 2];
  for (unsigned at = (winner + run_count) / 4; at > 0; at /= 2) {
    if (before(losers[at], best)) best = losers[at];
  }
  return best;
}

/* A run that wins twice in a row is expected to go on: it is held against the runner-up alone until
 * it loses. So runs that hardly overlap, such as days, cost one comparison a line. */
static LINES_NOINLINE void merge_runs(void) {
  unsigned *losers = need(malloc((run_count + 1) * sizeof *losers));
  unsigned winner = run_count == 1 ? 0 : play(losers, 1), previous = run_count;
  while (runs[winner].line != NULL) {
    unsigned rival = run_count > 1 && winner == previous ? runner_up(losers, winner) : run_count;
    previous = winner;
    do {
      emit(&runs[winner]);
      advance(&runs[winner]);
    } while (run_count == 1 ? runs[winner].line != NULL
                            : rival != run_count && before(winner, rival));
    if (run_count > 1) winner = replay(losers, winner);
  }
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: merge DIRECTORY\n");
    return 2;
  }
  open_runs(argv[1]);
  open_windows();
  find_common();
  if (run_count > 0) merge_runs();
  write_out(output, output_length);
  return 0;
}

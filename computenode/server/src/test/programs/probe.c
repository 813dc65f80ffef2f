/* Does what its arguments say, one after another: a test in the form of a command line.
 *
 * What goes wrong is printed as "WORD PATH: errno N", and the next word is tried.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "kog.h"

static char **word;

static void say(const char *text) { write(1, text, strlen(text)); }

static void say_number(int64_t number) {
  char digits[24];
  char *at = digits + sizeof digits;
  uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
  *--at = 0;
  do {
    *--at = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest);
  if (number < 0) *--at = '-';
  say(at);
}

static void complain(const char *what, const char *path, int error) {
  say(what);
  say(" ");
  say(path);
  say(": errno ");
  say_number(error);
  say("\n");
}

static void check(const char *what, const char *path, int result) {
  if (result < 0) complain(what, path, result == -1 ? errno : -result);
}

static void copy_out(int file) {
  static char buffer[65536];
  ssize_t n;
  while ((n = read(file, buffer, sizeof buffer)) > 0) write(1, buffer, (size_t)n);
}

static void cat(void) {
  const char *path = *word++;
  int file = open(path, O_RDONLY);
  if (file < 0) {
    complain("cat", path, errno);
    return;
  }
  copy_out(file);
  close(file);
}

static void ls(void) {
  const char *path = *word++;
  DIR *dir = opendir(path);
  if (!dir) {
    complain("ls", path, errno);
    return;
  }
  for (struct dirent *entry; (entry = readdir(dir));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    say(entry->d_name);
    say(entry->d_type == DT_DIR ? "/\n" : entry->d_type == DT_REG ? "\n" : "?\n");
  }
  closedir(dir);
}

static void stat_path(void) {
  const char *path = *word++;
  struct stat info;
  if (stat(path, &info) < 0) {
    complain("stat", path, errno);
    return;
  }
  say(S_ISDIR(info.st_mode) ? "directory " : "file ");
  say_number(info.st_size);
  say(info.st_mtime == 0 && info.st_ino != 0 ? "\n" : " strange\n");
}

static void put(int flags) {
  const char *path = *word++;
  const char *text = *word++;
  int file = open(path, O_WRONLY | O_CREAT | flags, 0666);
  if (file < 0) {
    complain("put", path, errno);
    return;
  }
  write(file, text, strlen(text));
  close(file);
}

/* rewrite PATH OFFSET TEXT */
static void rewrite(void) {
  const char *path = *word++;
  off_t offset = atoll(*word++);
  const char *text = *word++;
  int file = open(path, O_RDWR);
  if (file < 0) {
    complain("rewrite", path, errno);
    return;
  }
  if (pwrite(file, text, strlen(text), offset) < 0) complain("rewrite", path, errno);
  close(file);
}

/* fill PATH BYTES SEED: lines of letters that differ. */
static void fill(void) {
  static char buffer[65536];
  const char *path = *word++;
  int64_t left = atoll(*word++);
  uint64_t state = (uint64_t)atoll(*word++) * 2862933555777941757u + 3037000493u;
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  while (left > 0) {
    int64_t n = left < (int64_t)sizeof buffer ? left : (int64_t)sizeof buffer;
    for (int64_t i = 0; i < n; i++) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      buffer[i] = i % 64 == 63 ? '\n' : (char)('a' + (state >> 33) % 26);
    }
    write(file, buffer, (size_t)n);
    left -= n;
  }
  close(file);
}

/* Takes a number and that many words, joins them with NULs. */
static size_t strings(char *target) {
  size_t used = 0;
  for (int n = atoi(*word++); n > 0; n--) {
    size_t length = strlen(*word) + 1;
    memcpy(target + used, *word++, length);
    used += length;
  }
  return used;
}

/* bind PATH N ARGV…, need PATH N INPUTS… N ARGV… */
static void bind_path(int narrowed) {
  static char inputs[4096], argv[4096];
  const char *path = *word++;
  size_t inputs_length = narrowed ? strings(inputs) : 0;
  size_t argv_length = strings(argv);
  check("bind", path,
        kog_bind(path, argv, argv_length, narrowed ? inputs : NULL, inputs_length));
}

/* dive PROGRAM: binds and reads a thunk that does the same, in a namespace that has grown. */
static void dive(void) {
  char argv[64] = "/bin/probe\0dive";
  const char *program = *word++;
  int grown = open("/tmp/depth", O_WRONLY | O_CREAT | O_APPEND, 0666);
  write(grown, "x", 1);
  close(grown);
  memcpy(argv + 16, program, strlen(program) + 1);
  check("dive", "/tmp/deeper", kog_bind("/tmp/deeper", argv, 17 + strlen(program), NULL, 0));
  int file = open("/tmp/deeper", O_RDONLY);
  if (file < 0) complain("dive", "/tmp/deeper", errno);
}

/* again READ: binds a thunk that is this transaction, and reads it or not. */
static void again(void) {
  char argv[] = "/bin/probe\0again\0?";
  argv[17] = **word;
  check("again", "/tmp/again", kog_bind("/tmp/again", argv, sizeof argv, "/bin/probe", 11));
  if (**word++ == '1' && open("/tmp/again", O_RDONLY) < 0) complain("again", "/tmp/again", errno);
  say("done\n");
}

static void view(void) {
  const char *path = *word++;
  int32_t open_view = kog_open(path);
  if (open_view < 0) {
    complain("view", path, -open_view);
    return;
  }
  int64_t size = kog_size(open_view);
  int64_t lines = 0, chunks = 0, sum = 0;
  for (int64_t at = 0; at < size; lines++) at = kog_find(open_view, at, size, '\n') + 1;
  for (int64_t at = 0; at < size; chunks++) at = kog_chunk_end(open_view, at);
  for (int64_t at = 0; at + 8 <= size; at += 4099)
    sum += kog_load8(open_view, at) + kog_load32(open_view, at) + kog_load64(open_view, at);
  char last[4] = "";
  int64_t got = kog_read(open_view, size > 3 ? size - 3 : 0, last, 3);
  say_number(size);
  say(" bytes ");
  say_number(lines);
  say(" lines ");
  say_number(chunks);
  say(" chunks sum ");
  say_number(sum);
  say(" last ");
  write(1, last, (size_t)got);
  say("\n");
  check("close", path, kog_close(open_view));
}

static void *volatile keep;

__attribute__((noinline)) static int deep(int n) {
  volatile int here = n;
  return n == 0 ? 0 : deep(n - 1) + here;
}

/* Spends time without touching anything: spin N */
static void spin(void) {
  volatile uint32_t state = 1;
  for (int64_t n = atoll(*word++); n > 0; n--) state = state * 1664525u + 1013904223u;
}

static void act(const char *what);

/* do PATH: does what the lines of a file say. */
static void do_file(void) {
  static char text[4096], *lines[256], nothing[] = "";
  const char *path = *word++;
  char **rest = word;
  int file = open(path, O_RDONLY);
  if (file < 0) {
    complain("do", path, errno);
    return;
  }
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  int count = 0;
  for (char *at = text; at < text + length && count < 200; count++) {
    lines[count] = at;
    while (at < text + length && *at != '\n') at++;
    *at++ = 0;
  }
  /* What the last word lacks, it finds empty. */
  for (int i = count; i < 256; i++) lines[i] = nothing;
  for (word = lines; word < lines + count;) act(*word++);
  word = rest;
}

static void act(const char *what) {
  if (!strcmp(what, "cat")) cat();
  else if (!strcmp(what, "ls")) ls();
  else if (!strcmp(what, "stat")) stat_path();
  else if (!strcmp(what, "say")) say(*word++), say("\n");
  else if (!strcmp(what, "err")) write(2, *word, strlen(*word)), word++;
  else if (!strcmp(what, "put")) put(O_TRUNC);
  else if (!strcmp(what, "add")) put(O_APPEND);
  else if (!strcmp(what, "new")) put(O_EXCL);
  else if (!strcmp(what, "do")) do_file();
  else if (!strcmp(what, "rewrite")) rewrite();
  else if (!strcmp(what, "fill")) fill();
  else if (!strcmp(what, "mkdir")) check("mkdir", *word, mkdir(*word, 0777)), word++;
  else if (!strcmp(what, "rm")) check("rm", *word, unlink(*word)), word++;
  else if (!strcmp(what, "rmdir")) check("rmdir", *word, rmdir(*word)), word++;
  else if (!strcmp(what, "mv")) check("mv", *word, rename(word[0], word[1])), word += 2;
  else if (!strcmp(what, "cut")) check("cut", *word, truncate(word[0], atoll(word[1]))), word += 2;
  else if (!strcmp(what, "bind")) bind_path(0);
  else if (!strcmp(what, "need")) bind_path(1);
  else if (!strcmp(what, "slice"))
    check("slice", *word, kog_slice(word[0], word[1], atoll(word[2]), atoll(word[3]))), word += 4;
  else if (!strcmp(what, "join")) check("join", *word, kog_append(word[0], word[1])), word += 2;
  else if (!strcmp(what, "out")) check("out", *word, kog_output(*word)), word++;
  else if (!strcmp(what, "view")) view();
  else if (!strcmp(what, "dive")) dive();
  else if (!strcmp(what, "again")) again();
  else if (!strcmp(what, "chunk")) {
    int32_t opened = kog_open(*word++);
    say_number(kog_chunk_end(opened, 0));
    say("\n");
  } else if (!strcmp(what, "random")) {
    uint32_t numbers[2];
    getentropy(numbers, sizeof numbers);
    say_number(numbers[0]);
    say(" ");
    say_number(numbers[1]);
    say("\n");
  } else if (!strcmp(what, "time")) say_number(time(NULL)), say("\n");
  else if (!strcmp(what, "spin")) spin();
  else if (!strcmp(what, "forever"))
    for (volatile int i = 0;; i++) {}
  else if (!strcmp(what, "deep")) deep(atoi(*word++));
  else if (!strcmp(what, "grow"))
    do keep = malloc(1 << 20);
    while (keep);
  else if (!strcmp(what, "crash")) __builtin_trap();
  else if (!strcmp(what, "beyond")) kog_load8(kog_open(*word++), UINT64_C(1) << 40);
  else if (!strcmp(what, "pointer")) kog_import_open((const char *)0xfffffff0, 8);
  else if (!strcmp(what, "exit")) exit(atoi(*word++));
  else complain("word", what, 0);
}

int main(int count, char **arguments) {
  for (word = arguments + 1; word < arguments + count;) act(*word++);
  return 0;
}

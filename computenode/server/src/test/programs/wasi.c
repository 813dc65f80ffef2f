/* Checks what WASI's functions answer, one topic for each argument. Says what is not as expected,
 * and how many checks there were. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wasi.h"

static int checks;

static void check(const char *what, int64_t expected, int64_t found) {
  checks++;
  if (expected != found)
    printf("%s: expected %lld, found %lld\n", what, (long long)expected, (long long)found);
}
#define IS(expected, call) check(#call, expected, call)

static uint32_t fd, done;
static uint64_t position;
static struct filestat stat_;
static struct fdstat fdstat_;

static int open_at(uint32_t from, const char *path, int how, uint64_t rights) {
  return wasi_path_open(from, 0, path, strlen(path), how, rights, ALL_RIGHTS, 0, &fd);
}
static int opens(const char *path, int how, uint64_t rights) {
  return open_at(3, path, how, rights);
}
static int stats(const char *path) {
  return wasi_path_filestat_get(3, 0, path, strlen(path), &stat_);
}
static int makes(const char *path) { return wasi_path_create_directory(3, path, strlen(path)); }
static int unlinks(const char *path) { return wasi_path_unlink_file(3, path, strlen(path)); }
static int removes(const char *path) { return wasi_path_remove_directory(3, path, strlen(path)); }
static int moves(const char *from, const char *to) {
  return wasi_path_rename(3, from, strlen(from), 3, to, strlen(to));
}
static int reads(uint32_t from, void *target, uint32_t length) {
  struct vector v = {target, length};
  return wasi_fd_read(from, &v, 1, &done);
}
static int writes(uint32_t to, const char *text) {
  struct vector v = {(void *)text, strlen(text)};
  return wasi_fd_write(to, &v, 1, &done);
}
static uint32_t file(const char *path) {
  check(path, OK, opens(path, CREATE | TRUNCATE, READ | WRITE | SEEK | TELL));
  return fd;
}

static void paths(void) {
  IS(OK, stats("data/a"));
  IS(4, stat_.type);
  IS(5, stat_.size);
  IS(OK, stats("data"));
  IS(3, stat_.type);
  IS(OK, stats("data/"));
  IS(OK, stats("./data/./sub///b"));
  IS(OK, stats("data/sub/../a"));
  IS(OK, stats("data/sub/.."));
  IS(OK, stats("data/sub/../../data/a"));
  IS(OK, stats("."));
  IS(NOTDIR, stats("data/a/"));
  IS(NOTDIR, stats("data/a/."));
  IS(NOTDIR, stats("data/a/.."));
  IS(NOTDIR, stats("data/a/../a"));
  IS(NOTDIR, stats("data/a/b"));
  IS(NOENT, stats("data/none/../a"));
  IS(NOENT, stats("none"));
  IS(NOENT, stats("none/"));
  IS(NOENT, stats(""));
  IS(PERM, stats("/data/a"));
  IS(PERM, stats(".."));
  IS(PERM, stats("data/../.."));
  IS(PERM, stats("../data"));
  IS(ILSEQ, stats("data/\xff"));
  IS(INVAL, wasi_path_filestat_get(3, 0, "data\0a", 6, &stat_));
  static char longer[5000];
  memset(longer, 'a', sizeof longer - 1);
  IS(NAMETOOLONG, stats(longer));
  longer[256] = 0;
  IS(NAMETOOLONG, stats(longer));
  longer[255] = 0;
  IS(NOENT, stats(longer));
  for (int i = 0; i < 600; i++) longer[i] = i % 2 ? '/' : 'd';
  longer[600] = 0;
  IS(NAMETOOLONG, stats(longer));
  IS(BADF, wasi_path_filestat_get(99, 0, "data", 4, &stat_));
  IS(NOTDIR, wasi_path_filestat_get(0, 0, "data", 4, &stat_));
  /* A directory's descriptor is a place that paths do not leave. */
  IS(OK, opens("data/sub", DIRECTORY, READDIR));
  uint32_t sub = fd;
  IS(OK, open_at(sub, "b", 0, READ));
  IS(PERM, open_at(sub, "../a", 0, READ));
  IS(OK, open_at(sub, "./b", 0, READ));
  IS(NOTDIR, opens("data/a", DIRECTORY, READ));
  IS(NOTDIR, opens("data/a/", 0, READ));
  IS(OK, opens("data/sub/", 0, READ));
  IS(INVAL, wasi_path_readlink(3, "data/a", 6, longer, sizeof longer, &done));
  IS(NOENT, wasi_path_readlink(3, "data/z", 6, longer, sizeof longer, &done));
  IS(NOTSUP, wasi_path_symlink("a", 1, 3, "tmp/l", 5));
  IS(NOTSUP, wasi_path_link(3, 0, "data/a", 6, 3, "tmp/l", 5));
}

static void changes(void) {
  IS(OK, makes("tmp/d"));
  IS(OK, makes("tmp/e/"));
  IS(EXIST, makes("tmp/d"));
  IS(EXIST, makes("tmp"));
  IS(EXIST, makes("."));
  IS(NOENT, makes("tmp/x/y"));
  IS(ACCES, makes("data/new"));
  wasi_fd_close(file("tmp/f"));
  IS(EXIST, makes("tmp/f"));
  IS(NOTDIR, makes("tmp/f/g"));
  IS(EXIST, opens("tmp/f", CREATE | EXCLUSIVE, WRITE));
  IS(ISDIR, opens("tmp/d", CREATE, WRITE));
  IS(ISDIR, opens("tmp/d/", CREATE, WRITE));
  IS(NOTDIR, opens("tmp/f/", CREATE, WRITE));
  IS(NOENT, opens("tmp/new/", CREATE, WRITE));
  IS(INVAL, opens("tmp/d", CREATE | DIRECTORY, 0));
  IS(INVAL, opens("tmp/d", 16, 0));
  IS(INVAL, wasi_path_open(3, 0, "tmp/f", 5, 0, READ, 0, 32, &fd));
  IS(NOENT, opens("tmp/none", 0, WRITE));
  IS(ACCES, opens("data/a", 0, WRITE));
  IS(ACCES, opens("data/a", TRUNCATE, 0));
  IS(ACCES, opens("new", CREATE, WRITE));
  IS(NOTDIR, moves("tmp/f/", "tmp/g"));
  IS(NOTDIR, moves("tmp/f", "tmp/g/"));
  IS(NOTDIR, moves("tmp/d", "tmp/f"));
  IS(ISDIR, moves("tmp/f", "tmp/d"));
  IS(INVAL, moves("tmp/d", "tmp/d/in"));
  IS(INVAL, moves("tmp/d/.", "tmp/h"));
  IS(ACCES, moves("data/a", "tmp/a"));
  IS(ACCES, moves("tmp/f", "data/f"));
  IS(NOENT, moves("tmp/none", "tmp/g"));
  IS(OK, moves("tmp/f", "tmp/f"));
  IS(OK, moves("tmp/f", "tmp/d/f"));
  IS(NOTEMPTY, moves("tmp/e", "tmp/d"));
  IS(NOTEMPTY, removes("tmp/d"));
  IS(OK, moves("tmp/d/", "tmp/e/"));
  IS(OK, stats("tmp/e/f"));
  IS(NOENT, stats("tmp/d"));
  IS(NOTDIR, unlinks("tmp/e/f/"));
  IS(ISDIR, unlinks("tmp/e"));
  IS(ISDIR, unlinks("tmp/e/"));
  IS(NOTDIR, removes("tmp/e/f"));
  IS(OK, unlinks("tmp/e/f"));
  IS(NOENT, unlinks("tmp/e/f"));
  IS(INVAL, removes("tmp/e/."));
  IS(OK, makes("tmp/e/n"));
  /* Open directories follow their names. */
  IS(OK, opens("tmp/e/n", DIRECTORY, READDIR));
  uint32_t n = fd;
  IS(OK, moves("tmp/e", "tmp/m"));
  IS(OK, open_at(n, "file", CREATE, WRITE));
  IS(OK, stats("tmp/m/n/file"));
  IS(OK, unlinks("tmp/m/n/file"));
  IS(OK, removes("tmp/m/n/"));
  IS(OK, makes("tmp/m/n"));
  IS(NOENT, open_at(n, "file", CREATE, WRITE));
  IS(ACCES, removes("data"));
  IS(ACCES, unlinks("data/a"));
  IS(ACCES, removes("tmp"));
  IS(OK, wasi_path_filestat_set_times(3, 0, "tmp/m", 5, 1, 1, 5));
  IS(INVAL, wasi_path_filestat_set_times(3, 0, "tmp/m", 5, 1, 1, 3));
  IS(INVAL, wasi_path_filestat_set_times(3, 0, "tmp/m", 5, 1, 1, 16));
  IS(ACCES, wasi_path_filestat_set_times(3, 0, "data/a", 6, 1, 1, 5));
  IS(NOENT, wasi_path_filestat_set_times(3, 0, "tmp/z", 5, 1, 1, 5));
}

static void files(void) {
  char buffer[16] = "", other[4] = "";
  uint32_t f = file("tmp/f");
  struct vector some[] = {{"abc", 3}, {"", 0}, {"defg", 4}};
  IS(OK, wasi_fd_write(f, some, 3, &done));
  IS(7, done);
  IS(OK, wasi_fd_tell(f, &position));
  IS(7, position);
  IS(OK, wasi_fd_seek(f, -2, 2, &position));
  IS(5, position);
  IS(OK, reads(f, buffer, sizeof buffer));
  IS(2, done);
  IS(OK, wasi_fd_seek(f, -100, 1, &position) == INVAL ? OK : -1);
  IS(INVAL, wasi_fd_seek(f, 0, 3, &position));
  IS(INVAL, wasi_fd_seek(f, INT64_MAX, 2, &position));
  IS(OK, wasi_fd_seek(f, 1, 0, &position));
  struct vector two[] = {{buffer, 2}, {other, 3}};
  IS(OK, wasi_fd_pread(f, two, 2, 3, &done));
  IS(4, done);
  IS(0, memcmp(buffer, "de", 2) | memcmp(other, "fg", 2));
  IS(OK, wasi_fd_tell(f, &position));
  IS(1, position);
  IS(INVAL, wasi_fd_pread(f, two, 2, UINT64_C(1) << 63, &done));
  IS(OK, wasi_fd_pread(f, two, 2, UINT64_C(1) << 62, &done));
  IS(0, done);
  IS(OK, wasi_fd_pwrite(f, some, 1, 9, &done));
  IS(OK, wasi_fd_filestat_get(f, &stat_));
  IS(12, stat_.size);
  IS(1, stat_.links);
  IS(0, stat_.mtim | stat_.atim | stat_.ctim | stat_.device);
  uint64_t inode = stat_.inode;
  IS(OK, stats("tmp/f"));
  IS(inode, stat_.inode);
  IS(OK, moves("tmp/f", "tmp/g"));
  IS(OK, stats("tmp/g"));
  IS(inode, stat_.inode);
  uint32_t again = file("tmp/f");
  IS(OK, wasi_fd_filestat_get(again, &stat_));
  IS(1, stat_.inode != inode);
  /* A file lives on without its name. */
  IS(OK, unlinks("tmp/g"));
  IS(OK, wasi_fd_pread(f, two, 1, 0, &done));
  IS(0, memcmp(buffer, "ab", 2));
  IS(OK, wasi_fd_filestat_set_size(f, 1));
  IS(OK, wasi_fd_filestat_set_size(f, 4));
  IS(OK, wasi_fd_pread(f, &(struct vector){buffer, 16}, 1, 0, &done));
  IS(4, done);
  IS(0, memcmp(buffer, "a\0\0\0", 4));
  IS(INVAL, wasi_fd_filestat_set_size(f, -1));
  IS(OK, wasi_fd_allocate(f, 2, 8));
  IS(OK, wasi_fd_filestat_get(f, &stat_));
  IS(10, stat_.size);
  IS(OK, wasi_fd_allocate(f, 0, 1));
  IS(INVAL, wasi_fd_allocate(f, 0, 0));
  IS(INVAL, wasi_fd_allocate(f, INT64_MAX, 2));
  IS(OK, wasi_fd_fdstat_set_flags(f, 1));
  IS(OK, wasi_fd_fdstat_get(f, &fdstat_));
  IS(1, fdstat_.flags);
  IS(4, fdstat_.type);
  IS(OK, wasi_fd_seek(f, 0, 0, &position));
  IS(OK, writes(f, "z"));
  IS(OK, wasi_fd_tell(f, &position));
  IS(11, position);
  IS(INVAL, wasi_fd_fdstat_set_flags(f, 64));
  IS(OK, wasi_fd_advise(f, 0, 0, 5));
  IS(INVAL, wasi_fd_advise(f, 0, 0, 6));
  IS(INVAL, wasi_fd_advise(f, -1, 0, 0));
  IS(OK, wasi_fd_sync(f));
  IS(OK, wasi_fd_datasync(f));
  IS(OK, wasi_fd_filestat_set_times(f, 0, 0, 10));
  IS(INVAL, wasi_fd_filestat_set_times(f, 0, 0, 12));
  IS(BADF, wasi_fd_sync(77));
  IS(BADF, wasi_fd_close(77));
  IS(BADF, wasi_fd_close(-1));
  IS(OK, wasi_fd_close(f));
  IS(BADF, wasi_fd_close(f));
  /* What was opened for one thing does not do the other. */
  IS(OK, opens("data/a", 0, READ));
  IS(BADF, writes(fd, "x"));
  IS(BADF, wasi_fd_filestat_set_size(fd, 0));
  IS(BADF, wasi_fd_allocate(fd, 0, 1));
  IS(ACCES, wasi_fd_filestat_set_times(fd, 0, 0, 10));
  IS(OK, opens("tmp/f", 0, WRITE));
  IS(BADF, reads(fd, buffer, 1));
  /* Standard streams. */
  IS(OK, reads(0, buffer, 1));
  IS(0, done);
  IS(BADF, writes(0, "x"));
  IS(BADF, reads(1, buffer, 1));
  IS(BADF, reads(2, buffer, 1));
  IS(SPIPE, wasi_fd_seek(2, 0, 0, &position));
  IS(SPIPE, wasi_fd_tell(2, &position));
  IS(SPIPE, wasi_fd_pwrite(2, some, 1, 0, &done));
  IS(OK, wasi_fd_fdstat_get(2, &fdstat_));
  IS(0, fdstat_.type);
  IS(OK, wasi_fd_filestat_get(2, &stat_));
  IS(ISDIR, reads(3, buffer, 1));
  IS(ISDIR, writes(3, "x"));
  IS(ISDIR, wasi_fd_seek(3, 0, 0, &position));
  /* The list of pieces is read before they are written to. */
  struct vector self[] = {{self, 8}, {buffer, 2}};
  IS(OK, opens("data/long", 0, READ));
  IS(OK, wasi_fd_read(fd, self, 2, &done));
  IS(10, done);
  IS(0, memcmp(buffer, "89", 2));
  static struct vector many[1025];
  IS(INVAL, wasi_fd_read(fd, many, 1025, &done));
  IS(OK, wasi_fd_read(fd, many, 1024, &done));
  IS(INVAL, wasi_fd_read(fd, many, -1, &done));
  __builtin_wasm_memory_grow(0, 64);
  for (int i = 0; i < 1024; i++) many[i] = (struct vector){0, 4 << 20};
  IS(INVAL, wasi_fd_read(fd, many, 1024, &done));
}

static void descriptors(void) {
  IS(OK, wasi_fd_prestat_get(3, &position));
  IS(INT64_C(1) << 32, position);
  char name[4] = "xyz";
  IS(NAMETOOLONG, wasi_fd_prestat_dir_name(3, name, 0));
  IS(OK, wasi_fd_prestat_dir_name(3, name, 1));
  IS(0, memcmp(name, "/yz", 3));
  IS(BADF, wasi_fd_prestat_get(4, &position));
  IS(BADF, wasi_fd_prestat_get(2, &position));
  IS(OK, opens("data", DIRECTORY, 0));
  uint32_t data = fd;
  IS(BADF, wasi_fd_prestat_get(data, &position));
  uint32_t f = file("tmp/f"), g = file("tmp/g");
  IS(OK, writes(f, "f"));
  IS(OK, wasi_fd_renumber(f, g));
  IS(BADF, writes(f, "f"));
  IS(OK, wasi_fd_filestat_get(g, &stat_));
  IS(1, stat_.size);
  IS(OK, wasi_fd_renumber(g, g));
  IS(BADF, wasi_fd_renumber(g, 99));
  IS(BADF, wasi_fd_renumber(99, g));
  IS(OK, wasi_fd_renumber(3, data));
  IS(OK, wasi_fd_prestat_get(data, &position));
  IS(OK, open_at(data, "data/a", 0, READ));
  IS(3, fd);
  IS(BADF, wasi_fd_prestat_get(3, &position));
  /* Rights can be given up, and that is that. */
  IS(OK, wasi_fd_fdstat_get(g, &fdstat_));
  IS(READ | WRITE | SEEK | TELL, fdstat_.rights & (READ | WRITE | SEEK | TELL));
  IS(NOTCAPABLE, wasi_fd_fdstat_set_rights(g, fdstat_.rights | 1 << 9, 0));
  IS(OK, wasi_fd_fdstat_set_rights(g, READ | TELL, 0));
  IS(OK, reads(g, name, 1));
  IS(NOTCAPABLE, writes(g, "x"));
  IS(OK, wasi_fd_seek(g, 0, 1, &position));
  IS(NOTCAPABLE, wasi_fd_seek(g, 0, 0, &position));
  IS(NOTCAPABLE, wasi_fd_filestat_get(g, &stat_));
  IS(NOTCAPABLE, wasi_fd_fdstat_set_rights(g, READ | WRITE, 0));
  IS(OK, open_at(data, "data", DIRECTORY, 0));
  IS(OK, wasi_fd_fdstat_set_rights(fd, ALL_RIGHTS & ~READDIR, READ));
  IS(NOTCAPABLE, wasi_fd_readdir(fd, name, 1, 0, &done));
  uint32_t poor = fd;
  IS(NOTCAPABLE,
     wasi_path_open(poor, 0, "a", 1, 0, WRITE, 0, 0, &fd));
  IS(OK, wasi_path_open(poor, 0, "a", 1, 0, READ, 0, 0, &fd));
  IS(OK, reads(fd, name, 1));
  IS(NOTCAPABLE, wasi_path_open(poor, 0, "a", 1, 0, READ, WRITE, 0, &fd));
  IS(OK, open_at(data, "data/a", 0, 0));
  IS(BADF, reads(fd, name, 1));
  int error = OK;
  for (int i = 0; i < 1100 && error == OK; i++) error = open_at(data, "data/a", 0, READ);
  IS(MFILE, error);
  IS(1023, fd);
}

static uint64_t entry_next(const unsigned char *at) {
  uint64_t value;
  memcpy(&value, at, 8);
  return value;
}

static void directories(void) {
  static unsigned char buffer[512], piece[24 + 255];
  IS(OK, opens("data", DIRECTORY, READDIR));
  uint32_t data = fd;
  IS(OK, wasi_fd_readdir(data, buffer, sizeof buffer, 0, &done));
  const char *names[] = {".", "..", "a", "long", "sub"};
  const int types[] = {3, 3, 4, 4, 3};
  uint32_t at = 0;
  for (int i = 0; i < 5; i++) {
    uint32_t length;
    memcpy(&length, buffer + at + 16, 4);
    check("cookie", i + 1, entry_next(buffer + at));
    check("length", strlen(names[i]), length);
    check("type", types[i], buffer[at + 20]);
    check(names[i], 0, memcmp(buffer + at + 24, names[i], length));
    /* From each cookie on, cut everywhere: always the same bytes. */
    for (uint32_t cut = 0; cut <= 24 + length; cut++) {
      uint32_t got;
      wasi_fd_readdir(data, piece, cut, i, &got);
      check("cut", cut, got);
      check("same", 0, memcmp(piece, buffer + at, cut));
    }
    at += 24 + length;
  }
  IS(at, done);
  IS(OK, wasi_fd_readdir(data, buffer, sizeof buffer, 5, &done));
  IS(0, done);
  IS(OK, wasi_fd_readdir(data, buffer, sizeof buffer, 1 << 20, &done));
  IS(0, done);
  IS(OK, wasi_fd_readdir(data, buffer, sizeof buffer, -1, &done));
  IS(0, done);
  IS(NOTDIR, wasi_fd_readdir(0, buffer, sizeof buffer, 0, &done));
  IS(BADF, wasi_fd_readdir(99, buffer, sizeof buffer, 0, &done));
  /* Names as they were when reading began; inodes as stat has them. */
  IS(OK, makes("tmp/d"));
  wasi_fd_close(file("tmp/d/one"));
  IS(OK, opens("tmp/d", DIRECTORY, READDIR));
  uint32_t d = fd;
  IS(OK, wasi_fd_readdir(d, buffer, sizeof buffer, 0, &done));
  IS(25 + 26 + 27, done);
  IS(OK, stats("tmp/d/one"));
  check("inode", stat_.inode, entry_next(buffer + 25 + 26 + 8));
  IS(OK, stats("tmp/d"));
  check("inode of .", stat_.inode, stat_.inode);
  wasi_fd_close(file("tmp/d/two"));
  IS(OK, unlinks("tmp/d/one"));
  IS(OK, wasi_fd_readdir(d, buffer, sizeof buffer, 2, &done));
  IS(27, done);
  IS(OK, wasi_fd_readdir(d, buffer, sizeof buffer, 0, &done));
  IS(25 + 26 + 27, done);
  check("two", 0, memcmp(buffer + 25 + 26 + 24, "two", 3));
}

struct subscription {
  uint64_t user;
  uint8_t type;
  union {
    struct {
      uint32_t clock;
      uint64_t time, precision;
      uint16_t flags;
    };
    uint32_t fd;
  };
};
struct event {
  uint64_t user;
  uint16_t error;
  uint8_t type;
  uint64_t bytes;
  uint16_t flags;
};

static uint64_t now(uint32_t clock) {
  check("clock_time_get", OK, wasi_clock_time_get(clock, 0, &position));
  return position;
}

static void polls(void) {
  struct event events[4];
  struct subscription one = {.user = 7, .type = 0, .clock = 1, .time = 1000};
  IS(0, now(0));
  IS(OK, wasi_poll_oneoff(&one, events, 1, &done));
  IS(1, done);
  IS(7, events[0].user);
  IS(0, events[0].error | events[0].type);
  IS(1000, now(1));
  IS(1000, now(0));
  IS(0, now(2) | now(3));
  struct subscription some[4] = {
      {.user = 1, .clock = 0, .time = 5000},
      {.user = 2, .clock = 1, .time = 3000, .flags = 1},
      {.user = 3, .clock = 1, .time = 2000},
      {.user = 4, .clock = 1, .time = 3001, .flags = 1},
  };
  IS(OK, wasi_poll_oneoff(some, events, 4, &done));
  IS(2, done);
  IS(2, events[0].user);
  IS(3, events[1].user);
  IS(3000, now(1));
  /* What is ready is not waited for. */
  some[0] = (struct subscription){.user = 5, .type = 1, .fd = 0};
  some[1] = (struct subscription){.user = 6, .type = 2, .fd = 1};
  some[2] = (struct subscription){.user = 7, .type = 1, .fd = 55};
  IS(OK, wasi_poll_oneoff(some, events, 4, &done));
  IS(3, done);
  IS(5, events[0].user);
  IS(1, events[0].type);
  IS(0, events[0].error);
  IS(0, events[0].bytes);
  IS(1, events[0].flags);
  IS(2, events[1].type);
  IS(BADF, events[2].error);
  IS(3000, now(1));
  IS(OK, opens("data/a", 0, READ));
  some[0].fd = fd;
  IS(OK, wasi_poll_oneoff(some, events, 1, &done));
  IS(5, events[0].bytes);
  IS(0, events[0].flags);
  some[0].type = 2;
  IS(OK, wasi_poll_oneoff(some, events, 1, &done));
  IS(BADF, events[0].error);
  some[0] = (struct subscription){.clock = 2, .time = 1};
  some[1] = (struct subscription){.clock = 9, .time = 1};
  IS(OK, wasi_poll_oneoff(some, events, 2, &done));
  IS(NOTSUP, events[0].error);
  IS(INVAL, events[1].error);
  some[0] = (struct subscription){.clock = 1, .time = -1};
  IS(OK, wasi_poll_oneoff(some, events, 1, &done));
  IS(-1, now(1));
  IS(INVAL, wasi_poll_oneoff(some, events, 0, &done));
  IS(INVAL, wasi_poll_oneoff(some, events, 100000, &done));
  some[0].type = 3;
  IS(INVAL, wasi_poll_oneoff(some, events, 1, &done));
}

static void process(void) {
  uint32_t count, bytes;
  IS(OK, wasi_args_sizes_get(&count, &bytes));
  IS(2, count);
  IS(sizeof "/bin/wasi" + sizeof "process", bytes);
  char *argv[2], text[64];
  IS(OK, wasi_args_get(argv, text));
  IS(0, strcmp(argv[0], "/bin/wasi") | strcmp(argv[1], "process"));
  IS(OK, wasi_environ_sizes_get(&count, &bytes));
  IS(0, count | bytes);
  IS(OK, wasi_environ_get(argv, text));
  IS(OK, wasi_clock_res_get(3, &position));
  IS(1, position);
  IS(INVAL, wasi_clock_res_get(4, &position));
  IS(INVAL, wasi_clock_time_get(-1, 0, &position));
  IS(OK, wasi_sched_yield());
  IS(OK, wasi_proc_raise(0));
  IS(NOTSUP, wasi_proc_raise(9));
  IS(INVAL, wasi_proc_raise(31));
  IS(OK, wasi_random_get(text, 0));
  /* However it is asked for, the stream is one. */
  static unsigned char stream[200000];
  IS(OK, wasi_random_get(stream, sizeof stream));
  int zeros = 0;
  for (size_t i = 0; i < sizeof stream; i++) zeros += stream[i] == 0;
  IS(1, zeros > 500 && zeros < 1100);
  IS(NOTSOCK, wasi_sock_recv(0, 0, 0, 0, &done, &count));
  IS(NOTSOCK, wasi_sock_send(1, 0, 0, 0, &done));
  IS(NOTSOCK, wasi_sock_shutdown(3, 3));
  IS(NOTSOCK, wasi_sock_accept(3, 0, &fd));
  IS(BADF, wasi_sock_shutdown(30, 3));
}

/* nest: a directory inside another, again and again, cannot go on. */
static void nest(void) {
  int error = makes("tmp/d"), depth = 0;
  for (; depth < 1000 && error == OK; depth++) {
    makes("tmp/n");
    error = moves("tmp/d", "tmp/n/d");
    if (error == OK) moves("tmp/n", "tmp/d");
  }
  IS(NAMETOOLONG, error);
  IS(1, depth < 256);
}

int main(int count, char **words) {
  const char *topic = count > 1 ? words[1] : "";
  if (!strcmp(topic, "paths")) paths();
  if (!strcmp(topic, "changes")) changes();
  if (!strcmp(topic, "files")) files();
  if (!strcmp(topic, "descriptors")) descriptors();
  if (!strcmp(topic, "directories")) directories();
  if (!strcmp(topic, "polls")) polls();
  if (!strcmp(topic, "process")) process();
  if (!strcmp(topic, "nest")) nest();
  printf("%d checks\n", checks);
  return 0;
}

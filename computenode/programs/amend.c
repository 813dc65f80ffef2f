/* amend FILE OFFSET LINE: FILE with one line replaced, the one that holds the byte at OFFSET.
 *
 * Only the chunk of FILE in which the line begins is written anew; the chunks before and after it
 * are shared with FILE.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kog.h"

static void check(int64_t result, const char *what) {
  if (result < 0) {
    fprintf(stderr, "amend: cannot %s: error %lld\n", what, (long long)-result);
    exit(1);
  }
}

/* Appends bytes [from, to) of the file, whole chunks without reading them. */
static void append_part(const char *file, uint64_t from, uint64_t to) {
  if (from == to) return;
  check(kog_slice("/tmp/part", file, from, to - from), "slice the file");
  check(kog_append("/tmp/amended", "/tmp/part"), "append to the output");
}

/* Appends the chunk around the line: what is before it, the new line, what is after it. */
static void append_changed(int32_t view, uint64_t from, uint64_t line, uint64_t line_end,
                           uint64_t to, const char *replacement) {
  size_t length = strlen(replacement);
  size_t size = (size_t)(line - from + length + (to - line_end));
  char *bytes = malloc(size + 1);
  if (bytes == NULL) check(-KOG_EINVAL, "hold the changed chunk in memory");
  check(kog_read(view, from, bytes, (size_t)(line - from)), "read the file");
  memcpy(bytes + (line - from), replacement, length);
  check(kog_read(view, line_end, bytes + (line - from) + length, (size_t)(to - line_end)),
        "read the file");
  int fd = open("/tmp/changed", O_WRONLY | O_CREAT | O_TRUNC, 0666);
  check(fd < 0 ? -errno : 0, "create /tmp/changed");
  for (size_t at = 0; at < size;) {
    ssize_t written = write(fd, bytes + at, size - at);
    check(written < 0 ? -errno : written, "write /tmp/changed");
    at += written;
  }
  close(fd);
  check(kog_append("/tmp/amended", "/tmp/changed"), "append to the output");
}

static uint64_t line_start(int32_t view, uint64_t offset) {
  while (offset > 0 && kog_load8(view, offset - 1) != '\n') offset--;
  return offset;
}

int main(int argc, char **argv) {
  char *rest = "";
  uint64_t offset = argc == 4 ? strtoull(argv[2], &rest, 10) : 0;
  if (argc != 4 || *rest != 0) {
    fprintf(stderr, "usage: amend FILE OFFSET LINE\n");
    return 2;
  }
  const char *file = argv[1];
  int32_t view = kog_open(file);
  check(view, "open the file");
  uint64_t size = (uint64_t)kog_size(view);
  if (offset >= size) {
    fprintf(stderr, "amend: offset %llu is not in %s, which has %llu bytes\n",
            (unsigned long long)offset, file, (unsigned long long)size);
    return 1;
  }
  uint64_t line = line_start(view, offset);
  uint64_t line_end = (uint64_t)kog_find(view, offset, size, '\n');
  uint64_t from = 0, to = (uint64_t)kog_chunk_end(view, 0);
  while (to <= line) {
    from = to;
    to = (uint64_t)kog_chunk_end(view, from);
  }
  if (to < line_end) to = line_end;
  append_part(file, 0, from);
  append_changed(view, from, line, line_end, to, argv[3]);
  append_part(file, to, size);
  check(kog_output("/tmp/amended"), "name the output");
  return 0;
}

/* hostile SEED CALLS: calls WASI's functions with arguments that mean no good.
 *
 * Most pointers are inside this program's memory, so that not every run ends with the first call;
 * how many are not is a matter of the seed. Nothing that comes out is looked at but for a sum.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kog.h"
#include "wasi.h"

static uint64_t state;
static uint32_t wild;

static uint32_t draw(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33) ^ (uint32_t)(state >> 17);
}
static uint32_t below(uint32_t n) { return draw() % n; }

static unsigned char arena[1 << 16];

static const char *const texts[] = {
    "data/a", "data", "tmp", "tmp/x", "tmp/d/y", "..", ".", "", "tmp/d", "/tmp/x", "tmp//d/../x",
    "tmp/d/", "data/long", "tmp/e", "tmp/e/f", "data/sub/..", "tmp/\xff", "later", "tmp/d/../../tmp/d/z",
};
static const uint64_t numbers[] = {
    0, 1, 2, 3, 5, 64, 4096, 1 << 20, 0x7fffffff, 0x80000000u, 0xffffffffu, UINT64_C(1) << 40,
    INT64_MAX, UINT64_C(1) << 63, UINT64_MAX, UINT64_MAX - 7,
};

static uint64_t number(void) {
  return below(3) ? below(300) : numbers[below(sizeof numbers / sizeof *numbers)];
}
static void *pointer(void) {
  if (wild && below(wild) == 0) return (void *)(uintptr_t)(number() * 65521 + draw());
  return arena + below(sizeof arena - 16384);
}
static uint32_t length(void) {
  if (wild && below(wild) == 0) return (uint32_t)number();
  return below(below(8) ? 64 : 8192);
}
static uint32_t descriptor(void) { return below(6) ? below(12) : (uint32_t)number(); }
static void *vectors(uint32_t count) {
  struct vector *list = pointer();
  if ((unsigned char *)list < arena || (unsigned char *)list >= arena + sizeof arena - 16384)
    return list;
  for (uint32_t i = 0; i < count && i < 1024; i++)
    list[i] = (struct vector){pointer(), length()};
  return list;
}
static const char *text(uint32_t *size) {
  if (below(8) == 0) {
    *size = length();
    return pointer();
  }
  const char *chosen = texts[below(sizeof texts / sizeof *texts)];
  *size = strlen(chosen);
  return chosen;
}

static int32_t call(void) {
  uint32_t size, other_size, n = below(12) ? below(5) : (uint32_t)number();
  const char *path = text(&size), *other = text(&other_size);
  uint32_t fd = below(3) ? 3 : descriptor();
  switch (below(52)) {
    case 0: return wasi_args_get(pointer(), pointer());
    case 1: return wasi_args_sizes_get(pointer(), pointer());
    case 2: return wasi_environ_get(pointer(), pointer());
    case 3: return wasi_environ_sizes_get(pointer(), pointer());
    case 4: return wasi_clock_res_get(number(), pointer());
    case 5: return wasi_clock_time_get(number(), number(), pointer());
    case 6: return wasi_fd_advise(descriptor(), number(), number(), below(8));
    case 7: return wasi_fd_allocate(descriptor(), number(), number() & 0xfffff);
    case 8: return wasi_fd_close(below(4) ? 4 + below(8) : descriptor());
    case 9: return wasi_fd_datasync(descriptor());
    case 10: return wasi_fd_fdstat_get(descriptor(), pointer());
    case 11: return wasi_fd_fdstat_set_flags(descriptor(), number());
    case 12: return wasi_fd_fdstat_set_rights(4 + below(8), number(), number());
    case 13: return wasi_fd_filestat_get(descriptor(), pointer());
    case 14: return wasi_fd_filestat_set_size(descriptor(), number() & 0xfffff);
    case 15: return wasi_fd_filestat_set_times(descriptor(), number(), number(), number());
    case 16: case 17: return wasi_fd_pread(descriptor(), vectors(n), n, number(), pointer());
    case 18: return wasi_fd_prestat_get(descriptor(), pointer());
    case 19: return wasi_fd_prestat_dir_name(descriptor(), pointer(), length());
    case 20: case 21:
      return wasi_fd_pwrite(descriptor(), vectors(n), n, number() & 0xfffff, pointer());
    case 22: case 23: return wasi_fd_read(descriptor(), vectors(n), n, pointer());
    case 24: case 25: return wasi_fd_readdir(fd, pointer(), length(), number(), pointer());
    case 26: return wasi_fd_renumber(descriptor(), descriptor());
    case 27: return wasi_fd_seek(descriptor(), number(), below(4), pointer());
    case 28: return wasi_fd_sync(descriptor());
    case 29: return wasi_fd_tell(descriptor(), pointer());
    case 30: case 31: return wasi_fd_write(descriptor(), vectors(n), n, pointer());
    case 32: return wasi_path_create_directory(fd, path, size);
    case 33: return wasi_path_filestat_get(fd, number(), path, size, pointer());
    case 34: return wasi_path_filestat_set_times(fd, 0, path, size, number(), 0, number());
    case 35: return wasi_path_link(fd, 0, path, size, fd, other, other_size);
    case 36: case 37: case 38: case 39:
      return wasi_path_open(fd, number(), path, size, below(2) ? below(2) : number(),
                            below(4) ? ALL_RIGHTS : number(), below(4) ? ALL_RIGHTS : number(),
                            below(8) ? 0 : number(), pointer());
    case 40: return wasi_path_readlink(fd, path, size, pointer(), length(), pointer());
    case 41: return wasi_path_remove_directory(fd, path, size);
    case 42: return wasi_path_rename(fd, path, size, fd, other, other_size);
    case 43: return wasi_path_symlink(path, size, fd, other, other_size);
    case 44: return wasi_path_unlink_file(fd, path, size);
    case 45: return wasi_poll_oneoff(pointer(), pointer(), n, pointer());
    case 46: return wasi_proc_raise(number());
    case 47: return wasi_random_get(pointer(), length());
    case 48: return wasi_sched_yield() + wasi_sock_shutdown(descriptor(), number());
    case 49: return wasi_sock_recv(descriptor(), pointer(), n, 0, pointer(), pointer());
    case 50:
      return kog_import_open(path, size) + kog_import_slice(path, size, other, other_size,
                                                            number(), number());
    default:
      return kog_import_append(path, size, other, other_size) +
             (int32_t)kog_read(below(6), number(), pointer(), length()) +
             kog_import_bind(path, size, pointer(), length(), pointer(), length(), below(2));
  }
}

int main(int count, char **words) {
  state = count > 1 ? strtoull(words[1], 0, 10) * 2862933555777941757u + 3037000493u : 1;
  int calls = count > 2 ? atoi(words[2]) : 100;
  const uint32_t wildness[] = {0, 0, 2000, 300};
  wild = wildness[below(4)];
  uint32_t sum = 0;
  for (int i = 0; i < calls; i++) sum = sum * 31 + (uint32_t)call();
  for (size_t i = 0; i < sizeof arena; i++) sum = sum * 31 + arena[i];
  memset(arena, 0, 16);
  struct vector out = {arena, (uint32_t)snprintf((char *)arena, 64, "sum %u\n", sum)};
  uint32_t done;
  wasi_fd_write(2, &out, 1, &done);
  return 0;
}

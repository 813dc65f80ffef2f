/* WASI's functions as they are: pointers and lengths, no library between. */
#ifndef WASI_H
#define WASI_H
#include <stddef.h>
#include <stdint.h>

#ifndef WASI_MODULE
#define WASI_MODULE "wasi_snapshot_preview1"
#endif
#define W(name) __attribute__((import_module(WASI_MODULE), import_name(#name))) int32_t wasi_##name

typedef const void *in;
typedef void *out;

W(args_get)(out argv, out buffer);
W(args_sizes_get)(out count, out bytes);
W(environ_get)(out environ, out buffer);
W(environ_sizes_get)(out count, out bytes);
W(clock_res_get)(uint32_t clock, out time);
W(clock_time_get)(uint32_t clock, uint64_t precision, out time);
W(fd_advise)(uint32_t fd, uint64_t offset, uint64_t length, uint32_t advice);
W(fd_allocate)(uint32_t fd, uint64_t offset, uint64_t length);
W(fd_close)(uint32_t fd);
W(fd_datasync)(uint32_t fd);
W(fd_fdstat_get)(uint32_t fd, out stat);
W(fd_fdstat_set_flags)(uint32_t fd, uint32_t flags);
W(fd_fdstat_set_rights)(uint32_t fd, uint64_t base, uint64_t inheriting);
W(fd_filestat_get)(uint32_t fd, out stat);
W(fd_filestat_set_size)(uint32_t fd, uint64_t size);
W(fd_filestat_set_times)(uint32_t fd, uint64_t atim, uint64_t mtim, uint32_t flags);
W(fd_pread)(uint32_t fd, in vectors, uint32_t count, uint64_t offset, out done);
W(fd_prestat_get)(uint32_t fd, out stat);
W(fd_prestat_dir_name)(uint32_t fd, out name, uint32_t length);
W(fd_pwrite)(uint32_t fd, in vectors, uint32_t count, uint64_t offset, out done);
W(fd_read)(uint32_t fd, in vectors, uint32_t count, out done);
W(fd_readdir)(uint32_t fd, out buffer, uint32_t length, uint64_t cookie, out used);
W(fd_renumber)(uint32_t from, uint32_t to);
W(fd_seek)(uint32_t fd, int64_t offset, uint32_t whence, out position);
W(fd_sync)(uint32_t fd);
W(fd_tell)(uint32_t fd, out position);
W(fd_write)(uint32_t fd, in vectors, uint32_t count, out done);
W(path_create_directory)(uint32_t fd, in path, uint32_t length);
W(path_filestat_get)(uint32_t fd, uint32_t follow, in path, uint32_t length, out stat);
W(path_filestat_set_times)
(uint32_t fd, uint32_t follow, in path, uint32_t length, uint64_t atim, uint64_t mtim,
 uint32_t flags);
W(path_link)
(uint32_t fd, uint32_t follow, in path, uint32_t length, uint32_t new_fd, in new_path,
 uint32_t new_length);
W(path_open)
(uint32_t fd, uint32_t follow, in path, uint32_t length, uint32_t how, uint64_t base,
 uint64_t inheriting, uint32_t flags, out opened);
W(path_readlink)
(uint32_t fd, in path, uint32_t length, out buffer, uint32_t buffer_length, out used);
W(path_remove_directory)(uint32_t fd, in path, uint32_t length);
W(path_rename)
(uint32_t fd, in path, uint32_t length, uint32_t new_fd, in new_path, uint32_t new_length);
W(path_symlink)(in target, uint32_t target_length, uint32_t fd, in path, uint32_t length);
W(path_unlink_file)(uint32_t fd, in path, uint32_t length);
W(poll_oneoff)(in subscriptions, out events, uint32_t count, out done);
W(proc_raise)(uint32_t signal);
W(random_get)(out buffer, uint32_t length);
W(sched_yield)(void);
W(sock_recv)(uint32_t fd, in vectors, uint32_t count, uint32_t flags, out done, out out_flags);
W(sock_send)(uint32_t fd, in vectors, uint32_t count, uint32_t flags, out done);
W(sock_shutdown)(uint32_t fd, uint32_t how);
#ifndef WASI_WITHOUT_ACCEPT
W(sock_accept)(uint32_t fd, uint32_t flags, out opened);
#endif

enum {
  OK = 0, ACCES = 2, BADF = 8, EXIST = 20, ILSEQ = 25, INVAL = 28, ISDIR = 31, MFILE = 33,
  NAMETOOLONG = 37, NOENT = 44, NOTDIR = 54, NOTEMPTY = 55, NOTSOCK = 57, NOTSUP = 58, PERM = 63,
  SPIPE = 70, NOTCAPABLE = 76
};
enum { CREATE = 1, DIRECTORY = 2, EXCLUSIVE = 4, TRUNCATE = 8 };
enum { READ = 1 << 1, SEEK = 1 << 2, TELL = 1 << 5, WRITE = 1 << 6, READDIR = 1 << 14 };
#define ALL_RIGHTS ((UINT64_C(1) << 30) - 1)

struct vector {
  void *start;
  uint32_t length;
};
struct fdstat {
  uint8_t type;
  uint16_t flags;
  uint64_t rights, inheriting;
};
struct filestat {
  uint64_t device, inode;
  uint8_t type;
  uint64_t links, size, atim, mtim, ctim;
};
#endif

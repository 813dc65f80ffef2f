/* kog.h: what a transaction may ask of the fabric, besides WASI preview 1.
 *
 * A program sees its namespace as ordinary files: open, read, stat and readdir work through
 * wasi-libc. It may write below /tmp, which is its own and holds at the start what the namespace
 * has there, mostly nothing, and to standard output. It can make 262,144 names. Its output is what
 * it names with kog_output, or else /tmp/output if it makes that, or else what it wrote to standard
 * output. Standard error is kept as its diagnostics. There is no clock, no randomness and no
 * network: time begins at 0 and passes only when the program waits for it, and random bytes are a
 * function of its arguments and limits. fabric/docs/PROGRAMS.md has the details.
 *
 * Paths are absolute, or relative to "/". Functions return 0 or a positive count on success and a
 * negative WASI errno on failure: -KOG_ENOENT when nothing is there, -KOG_EIO when a thunk on
 * the way could not be computed (its diagnostics are in the trace), -KOG_EINVAL for a path or a
 * range that cannot be, -KOG_EACCES for a path that is not below /tmp, -KOG_EISDIR,
 * -KOG_ENOTDIR, -KOG_EBADF for a view that is not open, -KOG_EMFILE when 1,024 views are, or when
 * 65,536 paths have been bound. A pointer outside the program's memory is a trap (BAD_HOST_CALL).
 *
 * Every call costs fuel: 1,000 for the call and 1 for each 16 bytes that it moves or searches; a
 * load in place costs 16.
 */
#ifndef KOG_H
#define KOG_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define KOG_EACCES 2
#define KOG_EBADF 8
#define KOG_EINVAL 28
#define KOG_EIO 29
#define KOG_EISDIR 31
#define KOG_EMFILE 33
#define KOG_ENOENT 44
#define KOG_ENOTDIR 54

#define KOG_IMPORT(name) __attribute__((import_module("kog"), import_name(name)))

/* The imports proper: strings are pointer and length, lists of strings are the strings one after
 * another, each ended by a NUL. Use the functions below them. */

KOG_IMPORT("bind")
int32_t kog_import_bind(const char *path, size_t path_len, const char *argv, size_t argv_len,
                        const char *inputs, size_t inputs_len, int32_t narrowed);
KOG_IMPORT("slice")
int32_t kog_import_slice(const char *path, size_t path_len, const char *source, size_t source_len,
                         uint64_t offset, uint64_t length);
KOG_IMPORT("append")
int32_t kog_import_append(const char *path, size_t path_len, const char *source,
                          size_t source_len);
KOG_IMPORT("output")
int32_t kog_import_output(const char *path, size_t path_len);
KOG_IMPORT("open")
int32_t kog_import_open(const char *path, size_t path_len);

/* Bytes of the content behind a view. Negative errno for a view that is not open. */
KOG_IMPORT("size")
int64_t kog_size(int32_t view);

/* Copies up to `length` bytes from `offset` on into `target`: one copy, from where the fabric
 * holds the bytes. Returns how many there were; fewer than asked for only at the end. */
KOG_IMPORT("read")
int64_t kog_read(int32_t view, uint64_t offset, void *target, size_t length);

/* Reads one byte, or four or eight little-endian ones, in place: nothing is copied into the
 * program's memory. Beyond the end is a trap (OUT_OF_BOUNDS). */
KOG_IMPORT("load8")
uint32_t kog_load8(int32_t view, uint64_t offset);
KOG_IMPORT("load32")
uint32_t kog_load32(int32_t view, uint64_t offset);
KOG_IMPORT("load64")
uint64_t kog_load64(int32_t view, uint64_t offset);

/* The offset of the first `byte` in [offset, end), or `end`: searched in place. */
KOG_IMPORT("find")
int64_t kog_find(int32_t view, uint64_t offset, uint64_t end, uint32_t byte);

/* Where the stored chunk that holds `offset` ends. A slice between two such ends is made of whole
 * chunks and costs nothing. */
KOG_IMPORT("chunk_end")
int64_t kog_chunk_end(int32_t view, uint64_t offset);

/* The fuel that is left after this call, the same at the same place of every run: fuel is a part of
 * a transaction's key, so a program that stops when little is left is a function of its input and
 * its fuel. */
KOG_IMPORT("fuel")
int64_t kog_fuel(void);

/* Closes a view. */
KOG_IMPORT("close")
int32_t kog_close(int32_t view);

/* Opens the content at `path` for kog_read and its like, computing it first if it is a thunk.
 * Returns a view, or a negative errno. */
static inline int32_t kog_open(const char *path) { return kog_import_open(path, strlen(path)); }

/* Binds `path`, below /tmp, to a computation that runs in parallel with this program and is waited
 * for by whoever first reads the path.
 *
 * `argv` is the program's path and its arguments, `inputs` what it sees: strings one after another,
 * each ended by a NUL; the lengths count those NULs. An input is "PATH", or "AS=PATH" for the value
 * at PATH seen under the name AS; both are absolute. Inputs are evaluated first, and the
 * computation's key depends on their names and values alone. With a null `inputs` it sees the whole
 * namespace, as it is now. */
static inline int32_t kog_bind(const char *path, const char *argv, size_t argv_len,
                               const char *inputs, size_t inputs_len) {
  return kog_import_bind(path, strlen(path), argv, argv_len, inputs, inputs_len, inputs != NULL);
}

/* Binds `path`, below /tmp, to `length` bytes of the content at `source`. Whole chunks inside the
 * range are shared, not copied. */
static inline int32_t kog_slice(const char *path, const char *source, uint64_t offset,
                                uint64_t length) {
  return kog_import_slice(path, strlen(path), source, strlen(source), offset, length);
}

/* Appends the content at `source` to the file at `path`, below /tmp, without passing it through
 * this program's memory. Makes the file when there is none. */
static inline int32_t kog_append(const char *path, const char *source) {
  return kog_import_append(path, strlen(path), source, strlen(source));
}

/* Names the file or directory at `path` as the transaction's output. The last call counts. Thunks
 * in it are computed before the transaction ends. */
static inline int32_t kog_output(const char *path) {
  return kog_import_output(path, strlen(path));
}

#endif

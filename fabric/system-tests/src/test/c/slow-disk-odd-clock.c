/*
 * Makes a process's disk slow and its wall clock wrong, while it runs: preloaded into it, told by a
 * file of 24 bytes that is mapped.
 *
 *   bytes 0..7    what fsync, fdatasync and pwrite wait before they act, in microseconds
 *   bytes 8..15   what is added to CLOCK_REALTIME, in nanoseconds; signed
 *   bytes 16..23  how often one of both was done, which is counted here
 *
 * Little-endian. The file is named by KOG_FAULT_DIALS; without it nothing is changed. Monotonic
 * clocks stay as they are. Thread-safe: the dials are only read, and it is counted
 * atomically.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct dials {
  volatile int64_t delay_micros;
  volatile int64_t offset_nanos;
  int64_t obeyed;
};

static struct dials none;
static struct dials *dials = &none;

static int (*next_fsync)(int);
static int (*next_fdatasync)(int);
static ssize_t (*next_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*next_pwrite64)(int, const void *, size_t, off64_t);
static int (*next_clock_gettime)(clockid_t, struct timespec *);

__attribute__((constructor)) static void find(void) {
  next_fsync = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  next_fdatasync = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  next_pwrite = (ssize_t(*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite");
  next_pwrite64 = (ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
  next_clock_gettime =
      (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  const char *path = getenv("KOG_FAULT_DIALS");
  int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file >= 0) {
    void *mapped = mmap(NULL, sizeof(struct dials), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED) {
      dials = mapped;
    }
  }
}

static void obeyed(void) { __atomic_fetch_add(&dials->obeyed, 1, __ATOMIC_RELAXED); }

static void wait_for_the_disk(void) {
  int64_t micros = dials->delay_micros;
  if (micros > 0) {
    struct timespec wait = {micros / 1000000, (micros % 1000000) * 1000};
    nanosleep(&wait, NULL);
    obeyed();
  }
}

int fsync(int file) {
  wait_for_the_disk();
  return next_fsync(file);
}

int fdatasync(int file) {
  wait_for_the_disk();
  return next_fdatasync(file);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
  wait_for_the_disk();
  return next_pwrite(file, bytes, count, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
  wait_for_the_disk();
  return next_pwrite64(file, bytes, count, at);
}

static void shift(struct timespec *time) {
  if (dials->offset_nanos == 0) {
    return;
  }
  obeyed();
  int64_t nanos = time->tv_nsec + dials->offset_nanos % 1000000000;
  time->tv_sec += dials->offset_nanos / 1000000000;
  if (nanos < 0) {
    nanos += 1000000000;
    time->tv_sec--;
  } else if (nanos >= 1000000000) {
    nanos -= 1000000000;
    time->tv_sec++;
  }
  time->tv_nsec = nanos;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = next_clock_gettime(clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    shift(time);
  }
  return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  (void)zone;
  struct timespec now;
  int result = clock_gettime(CLOCK_REALTIME, &now);
  if (result == 0) {
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
  }
  return result;
}

/* Imports WASI as it was in 2019: snapshot 0 has other numbers for a seek and other layouts. */
#include <stdio.h>

#define WASI_MODULE "wasi_unstable"
#define WASI_WITHOUT_ACCEPT
#include "wasi.h"

int main(void) {
  static unsigned char stat[64];
  static unsigned char subscription[56], event[32];
  uint32_t fd, done;
  uint64_t end, back;
  wasi_path_open(3, 0, "data/a", 6, 0, READ | SEEK | TELL, 0, 0, &fd);
  wasi_fd_seek(fd, 0, 1, &end);
  wasi_fd_seek(fd, -1, 0, &back);
  wasi_fd_filestat_get(fd, stat);
  wasi_fd_seek(fd, 3, 2, &back);
  subscription[24] = 1;
  subscription[32] = 2000 & 255;
  subscription[33] = 2000 >> 8;
  wasi_poll_oneoff(subscription, event, 1, &done);
  uint64_t now;
  wasi_clock_time_get(0, 0, &now);
  printf("%d %s %d %d %d\n", (int)end, stat[16] == 4 && stat[20] == 1 ? "file" : "strange",
         (int)*(uint64_t *)(stat + 24), (int)back, (int)now);
  return 0;
}

/* The raw peer of the verbs benchmark over TCP: requests of 32 bytes, answers of the length that they
 * ask for, between two processes that wait in epoll. No framing, no copies but the kernel's.
 *
 *   epoll_peer serve           prints its port, serves one connection, ends with it
 *   epoll_peer connect PORT    prints "ready"; then for each line "OPERATION BYTES TIMES" on its input
 *                              does it and prints the nanoseconds it took:
 *                                pingpong  one request at a time
 *                                stream    16 requests in flight
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST = 32, MAX_ANSWER = 1 << 20, WINDOW = 16 };

static char answer[MAX_ANSWER];
static char received[MAX_ANSWER];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void prepare(int fd, int poller, uint32_t events) {
  int on = 1;
  if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) fail("TCP_NODELAY");
  if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) fail("O_NONBLOCK");
  struct epoll_event event = {.events = events, .data.fd = fd};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

static void await(int poller) {
  struct epoll_event event;
  while (epoll_wait(poller, &event, 1, -1) < 0) {
    if (errno != EINTR) fail("epoll_wait");
  }
}

/* Requests that have been read and not been answered, by what is left to send of each. */
struct queue {
  uint32_t left[WINDOW];
  unsigned first, count;
};

static void serve(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
      listen(listener, 1) != 0 || getsockname(listener, (struct sockaddr *)&address, &length) != 0)
    fail("listen");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  int fd = accept(listener, NULL, NULL);
  if (fd < 0) fail("accept");
  int poller = epoll_create1(0);
  prepare(fd, poller, EPOLLIN);
  struct queue queue = {0};
  char request[REQUEST];
  size_t have = 0;
  uint32_t waits_for = EPOLLIN;
  for (;;) {
    ssize_t got;
    while (queue.count < WINDOW && (got = read(fd, request + have, REQUEST - have)) != -1) {
      if (got == 0) exit(0);
      have += (size_t)got;
      if (have == REQUEST) {
        uint32_t bytes;
        memcpy(&bytes, request, sizeof bytes);
        if (bytes > MAX_ANSWER) exit(2);
        queue.left[(queue.first + queue.count++) % WINDOW] = bytes;
        have = 0;
      }
      if (queue.count > 0 && have == 0) break;
    }
    while (queue.count > 0) {
      uint32_t *left = &queue.left[queue.first];
      ssize_t sent = write(fd, answer, *left);
      if (sent < 0) break;
      *left -= (uint32_t)sent;
      if (*left == 0) {
        queue.first = (queue.first + 1) % WINDOW;
        queue.count--;
      }
    }
    uint32_t wanted = EPOLLIN | (queue.count > 0 ? EPOLLOUT : 0);
    if (queue.count == WINDOW) wanted = EPOLLOUT;
    if (wanted != waits_for) {
      struct epoll_event event = {.events = wanted, .data.fd = fd};
      if (epoll_ctl(poller, EPOLL_CTL_MOD, fd, &event) != 0) fail("epoll_ctl");
      waits_for = wanted;
    }
    await(poller);
  }
}

static void ask(int fd, uint32_t bytes) {
  char request[REQUEST] = {0};
  memcpy(request, &bytes, sizeof bytes);
  /* At most WINDOW requests of 32 bytes are under way: they fit any socket buffer. */
  if (write(fd, request, REQUEST) != REQUEST) fail("write");
}

static void drain(int fd, int poller, uint32_t bytes) {
  uint32_t have = 0;
  while (have < bytes) {
    ssize_t got = read(fd, received + have, bytes - have);
    if (got > 0) {
      have += (uint32_t)got;
    } else if (got < 0 && errno == EAGAIN) {
      await(poller);
    } else {
      fail("read");
    }
  }
}

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void connect_to(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
  int poller = epoll_create1(0);
  prepare(fd, poller, EPOLLIN);
  puts("ready");
  fflush(stdout);
  char operation[16];
  uint32_t bytes;
  int times;
  while (scanf("%15s %u %d", operation, &bytes, &times) == 3) {
    if (bytes > MAX_ANSWER) exit(2);
    int window = strcmp(operation, "stream") == 0 ? WINDOW : 1;
    uint64_t start = now();
    int asked = 0;
    for (int done = 0; done < times; done++) {
      while (asked < times && asked < done + window) {
        ask(fd, bytes);
        asked++;
      }
      drain(fd, poller, bytes);
    }
    printf("%llu\n", (unsigned long long)(now() - start));
    fflush(stdout);
  }
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "serve") == 0) {
    serve();
  } else if (argc == 3 && strcmp(argv[1], "connect") == 0) {
    connect_to(atoi(argv[2]));
  } else {
    fputs("usage: epoll_peer serve | connect PORT\n", stderr);
    return 2;
  }
  return 0;
}

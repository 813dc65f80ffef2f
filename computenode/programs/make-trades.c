/* make-trades COUNT [SEED]: writes COUNT made-up trades of July 2026, one a line, in time order.
 *
 *   KOGL,2026-07-01T09:30:00.012,B,300,101.25,T0042,0000000
 *   symbol, time, side, shares, price, trader, number
 *
 * The same COUNT and SEED give the same bytes.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SYMBOLS = 96, DAYS = 23, OPEN_MILLIS = 34200000, DAY_MILLIS = 23400000, LINE_MAX_BYTES = 96 };

static const char weekdays[DAYS] = {1,  2,  3,  6,  7,  8,  9,  10, 13, 14, 15, 16,
                                    17, 20, 21, 22, 23, 24, 27, 28, 29, 30, 31};

static uint64_t state;

/* splitmix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014). */
static uint64_t next_random(void) {
  uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

static char *put_digits(char *end, uint32_t value, unsigned digits) {
  for (unsigned i = digits; i-- > 0; value /= 10) end[i] = (char)('0' + value % 10);
  return end + digits;
}

static char *put_number(char *end, uint32_t value) {
  unsigned digits = 1;
  for (uint32_t rest = value; rest >= 10; rest /= 10) digits++;
  return put_digits(end, value, digits);
}

static char *put_symbol(char *end, uint32_t symbol) {
  *end++ = (char)('A' + symbol % 24);
  *end++ = (char)('A' + symbol * 7 % 26);
  *end++ = (char)('A' + symbol * 11 % 25);
  *end++ = (char)('A' + symbol / 4 % 24);
  return end;
}

static char *put_time(char *end, uint64_t number, uint64_t count) {
  uint64_t at = (uint64_t)((double)number / (double)count * ((double)DAYS * DAY_MILLIS));
  uint32_t millis = OPEN_MILLIS + (uint32_t)(at % DAY_MILLIS);
  memcpy(end, "2026-07-", 8);
  end = put_digits(end + 8, (uint32_t)weekdays[at / DAY_MILLIS], 2);
  *end++ = 'T';
  end = put_digits(end, millis / 3600000, 2);
  *end++ = ':';
  end = put_digits(end, millis / 60000 % 60, 2);
  *end++ = ':';
  end = put_digits(end, millis / 1000 % 60, 2);
  *end++ = '.';
  return put_digits(end, millis % 1000, 3);
}

static char *put_trade(char *end, uint64_t number, uint64_t count) {
  static uint32_t cents[SYMBOLS];
  uint64_t random = next_random();
  uint32_t symbol = (uint32_t)(random % SYMBOLS);
  if (cents[symbol] == 0) cents[symbol] = 1000 + (uint32_t)(next_random() % 40000);
  int32_t move = (int32_t)(random >> 8 & 15) - 7;
  if ((int32_t)cents[symbol] + move > 100) cents[symbol] += (uint32_t)move;
  end = put_symbol(end, symbol);
  *end++ = ',';
  end = put_time(end, number, count);
  *end++ = ',';
  *end++ = random >> 16 & 1 ? 'B' : 'S';
  *end++ = ',';
  end = put_number(end, 100 * (1 + (uint32_t)(random >> 20 & 31)));
  *end++ = ',';
  end = put_number(end, cents[symbol] / 100);
  *end++ = '.';
  end = put_digits(end, cents[symbol] % 100, 2);
  memcpy(end, ",T", 2);
  end = put_digits(end + 2, (uint32_t)(random >> 32) % 2000, 4);
  *end++ = ',';
  end = put_digits(end, (uint32_t)number, 7);
  *end++ = '\n';
  return end;
}

static void write_all(const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(STDOUT_FILENO, bytes, length);
    if (written < 0) {
      perror("make-trades: cannot write the output");
      exit(1);
    }
    bytes += written;
    length -= written;
  }
}

int main(int argc, char **argv) {
  char *rest = "";
  uint64_t count = argc == 2 || argc == 3 ? strtoull(argv[1], &rest, 10) : 0;
  if (argc == 3 && *rest == 0) state = strtoull(argv[2], &rest, 10);
  if (argc < 2 || argc > 3 || *rest != 0) {
    fprintf(stderr, "usage: make-trades COUNT [SEED]\n");
    return 2;
  }
  static char buffer[1 << 20];
  char *end = buffer;
  for (uint64_t number = 0; number < count; number++) {
    if (end > buffer + sizeof buffer - LINE_MAX_BYTES) {
      write_all(buffer, end - buffer);
      end = buffer;
    }
    end = put_trade(end, number, count);
  }
  write_all(buffer, end - buffer);
  return 0;
}

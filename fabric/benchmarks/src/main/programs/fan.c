/* fan COUNT SALT: has COUNT computations of /bin/nothing made, one after another, each of its own
 * argv, and waits for each. */
#include <stdlib.h>
#include <unistd.h>

#include "kog.h"

static char *append_text(char *end, const char *text) {
  while (*text != 0) *end++ = *text++;
  return end;
}

static char *append_number(char *end, unsigned long number) {
  unsigned long unit = 1;
  while (number / unit >= 10) unit *= 10;
  for (; unit > 0; unit /= 10) *end++ = (char)('0' + number / unit % 10);
  return end;
}

static int compute_one(unsigned long number, const char *salt) {
  static const char inputs[] = "/bin/nothing";
  char path[32], words[128];
  *append_number(append_text(path, "/tmp/"), number) = 0;
  char *end = append_text(words, "/bin/nothing");
  *end++ = 0;
  end = append_text(end, salt);
  *end++ = 0;
  end = append_number(end, number);
  *end++ = 0;
  int32_t view = kog_bind(path, words, (size_t)(end - words), inputs, sizeof inputs);
  if (view == 0) view = kog_open(path);
  return view < 0 ? view : kog_close(view);
}

int main(int argc, char **argv) {
  if (argc != 3 || strlen(argv[2]) > 64) return 2;
  unsigned long count = strtoul(argv[1], NULL, 10);
  for (unsigned long i = 0; i < count; i++) {
    if (compute_one(i, argv[2]) < 0) return 1;
  }
  return 0;
}

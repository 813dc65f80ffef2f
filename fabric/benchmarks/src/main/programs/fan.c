/* fan COUNT SALT: has COUNT computations of /bin/nothing made, one after another, each of its own
 * argv, and waits for each. */
#include <stdio.h>
#include <stdlib.h>

#include "kog.h"

int main(int argc, char **argv) {
  static const char inputs[] = "/bin/nothing";
  long count = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
  for (long i = 0; i < count; i++) {
    char path[32], words[128];
    sprintf(path, "/tmp/%ld", i);
    int length = sprintf(words, "/bin/nothing%c%s%c%ld", 0, argv[2], 0, i) + 1;
    int32_t view = kog_bind(path, words, (size_t)length, inputs, sizeof inputs);
    if (view == 0) view = kog_open(path);
    if (view < 0) {
      fprintf(stderr, "fan: computation %ld failed: error %d\n", i, -view);
      return 1;
    }
    kog_close(view);
  }
  return 0;
}

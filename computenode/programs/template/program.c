/* NAME: counts the lines, words and bytes of files.
 *
 *   /bin/NAME FILE…
 *
 * Two ways to read are shown: with the C library, which copies, and through a view of kog.h, which
 * looks for lines where the fabric holds the bytes.
 */
#include <ctype.h>
#include <stdio.h>

#include "kog.h"

static int64_t lines_of(const char *path) {
  int32_t view = kog_open(path);
  if (view < 0) return view;
  int64_t size = kog_size(view), lines = 0;
  for (int64_t at = 0; at < size; lines++) at = kog_find(view, at, size, '\n') + 1;
  kog_close(view);
  return lines;
}

static int64_t words_of(FILE *file) {
  int64_t words = 0;
  int c, in_word = 0;
  while ((c = getc(file)) != EOF) {
    words += !in_word && !isspace(c);
    in_word = !isspace(c);
  }
  return words;
}

int main(int count, char **argv) {
  for (int i = 1; i < count; i++) {
    FILE *file = fopen(argv[i], "r");
    if (!file) {
      perror(argv[i]);
      return 1;
    }
    int64_t words = words_of(file), bytes = ftell(file);
    fclose(file);
    printf("%lld lines, %lld words, %lld bytes: %s\n", (long long)lines_of(argv[i]),
           (long long)words, (long long)bytes, argv[i]);
  }
  return 0;
}

/* wc FILE...: counts the lines, words and bytes of files, read through the C library alone. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <errno.h>

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    FILE *file = fopen(argv[i], "r");
    if (file == NULL) {
      fprintf(stderr, "wc: cannot open %s: %s\n", argv[i], strerror(errno));
      return 1;
    }
    unsigned long long lines = 0, words = 0, bytes = 0;
    int previous_is_space = 1;
    for (int c; (c = getc(file)) != EOF; bytes++) {
      lines += c == '\n';
      words += previous_is_space && !isspace(c);
      previous_is_space = isspace(c);
    }
    printf("%llu %llu %llu %s\n", lines, words, bytes, argv[i]);
    fclose(file);
  }
  return 0;
}

/* Allocates without end; says when there is no more, and fails. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *volatile kept; /* or the compiler would allocate nothing */

int main(void) {
  for (unsigned long long taken = 0;; taken += 1 << 20) {
    char *block = malloc(1 << 20);
    if (block == NULL) {
      fprintf(stderr, "hog: no memory after %llu MiB\n", taken >> 20);
      return 3;
    }
    memset(block, 1, 1 << 20);
    kept = block;
  }
}

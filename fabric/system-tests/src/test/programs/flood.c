/* Writes without end. */
#include <stdio.h>

int main(void) {
  for (;;) fputs("and again, ", stdout);
}

/* Calls itself without end. */
__attribute__((noinline)) static int deeper(volatile int *depth) {
  ++*depth;
  return deeper(depth) + *depth;
}

int main(void) {
  volatile int depth = 0;
  return deeper(&depth);
}

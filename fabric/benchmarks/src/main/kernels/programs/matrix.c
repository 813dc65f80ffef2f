// The product of two matrices of 300 by 300.
#include "kernel.h"

#define SIZE 300

static double a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

static uint64_t work(void) {
  for (int i = 0; i < SIZE; i++)
    for (int j = 0; j < SIZE; j++) {
      a[i][j] = (i * 7 + j * 3) % 11 - 5.25;
      b[i][j] = (i * 5 + j * 13) % 17 - 7.5;
    }
  for (int i = 0; i < SIZE; i++)
    for (int j = 0; j < SIZE; j++) {
      double sum = 0;
      for (int k = 0; k < SIZE; k++) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
  union {
    double number;
    uint64_t bits;
  } sum = {0};
  for (int i = 0; i < SIZE; i++) sum.number += c[i][(i * 37) % SIZE];
  return sum.bits;
}

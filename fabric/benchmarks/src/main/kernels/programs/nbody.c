// Five bodies, 200,000 steps.
#include "kernel.h"

#define BODIES 5

struct body {
  double x, y, z, vx, vy, vz, mass;
};

static struct body bodies[BODIES];

static void advance(double dt) {
  for (int i = 0; i < BODIES; i++) {
    struct body *a = &bodies[i];
    for (int j = i + 1; j < BODIES; j++) {
      struct body *b = &bodies[j];
      double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
      double square = dx * dx + dy * dy + dz * dz;
      double force = dt / (square * __builtin_sqrt(square));
      a->vx -= dx * b->mass * force;
      a->vy -= dy * b->mass * force;
      a->vz -= dz * b->mass * force;
      b->vx += dx * a->mass * force;
      b->vy += dy * a->mass * force;
      b->vz += dz * a->mass * force;
    }
  }
  for (int i = 0; i < BODIES; i++) {
    bodies[i].x += dt * bodies[i].vx;
    bodies[i].y += dt * bodies[i].vy;
    bodies[i].z += dt * bodies[i].vz;
  }
}

static uint64_t work(void) {
  for (int i = 0; i < BODIES; i++)
    bodies[i] = (struct body){i * 4.1 + 0.3, 1.7 - i * 2.3, 0.1 * i * i, 0.4 - 0.1 * i,
                              0.2 + 0.05 * i, 0.01 * i, i == 0 ? 39.5 : 0.03 / i};
  for (int i = 0; i < 200000; i++) advance(0.001);
  union {
    double number;
    uint64_t bits;
  } sum = {0};
  for (int i = 0; i < BODIES; i++) sum.number += bodies[i].x + bodies[i].vy;
  return sum.bits;
}

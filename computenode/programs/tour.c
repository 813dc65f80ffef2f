/* tour: a short closed way through the points in /data/points, as good as the fuel allows.
 *
 * Each line of /data/points is "X Y". The output has the number of a point on each line, in the order
 * of the tour. A tour in /data/tour, as this program has written it, is where the search begins; else
 * it goes from each point to the nearest that is left.
 *
 * Then it is improved until little fuel is left: by 2-opt, which reverses a part of the tour when that
 * makes it shorter (Croes, "A Method for Solving Traveling-Salesman Problems", 1958), and when that
 * finds nothing any more, by exchanging two parts at random and trying again (Martin, Otto and Felten,
 * "Large-Step Markov Chains for the Traveling Salesman Problem", 1991). The best tour is kept, so more
 * fuel never gives a longer one.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kog.h"

enum { POINTS_MAX = 20000 };

static double xs[POINTS_MAX], ys[POINTS_MAX];
static int tour[POINTS_MAX], best[POINTS_MAX], count;
static uint64_t random_state;

/* Writing takes about so much fuel for each point, and for everything else. */
static const int64_t FUEL_PER_POINT = 2500, FUEL_TO_END = 200000;

static int is_time_left(void) { return kog_fuel() > FUEL_PER_POINT * count + FUEL_TO_END; }

static double distance(int a, int b) {
  double dx = xs[a] - xs[b], dy = ys[a] - ys[b];
  return sqrt(dx * dx + dy * dy);
}

static double length_of(const int *way) {
  double length = 0;
  for (int i = 0; i < count; i++) length += distance(way[i], way[i + 1 < count ? i + 1 : 0]);
  return length;
}

/* xorshift64*, from the shape of the tour it begins with. */
static uint32_t random_below(uint32_t limit) {
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return (uint32_t)(((random_state * 0x2545F4914F6CDD1DULL) >> 32) * limit >> 32);
}

static void fail(const char *reason) {
  fprintf(stderr, "tour: %s\n", reason);
  exit(1);
}

static void read_points(void) {
  FILE *file = fopen("/data/points", "r");
  if (file == NULL) fail("/data/points is not there");
  while (count < POINTS_MAX && fscanf(file, "%lf %lf", &xs[count], &ys[count]) == 2) count++;
  if (!feof(file)) fail("/data/points: expected lines of two numbers, at most 20,000");
  fclose(file);
}

static int read_tour(void) {
  FILE *file = fopen("/data/tour", "r");
  if (file == NULL) return 0;
  char *seen = calloc(count + 1, 1);
  for (int i = 0; i < count; i++) {
    if (fscanf(file, "%d", &tour[i]) != 1 || tour[i] < 0 || tour[i] >= count || seen[tour[i]]++) {
      fail("/data/tour is no tour of these points");
    }
  }
  fclose(file);
  free(seen);
  return 1;
}

static void go_to_the_nearest(void) {
  for (int i = 0; i < count; i++) tour[i] = i;
  for (int i = 0; i + 2 < count; i++) {
    int nearest = i + 1;
    for (int j = i + 2; j < count; j++) {
      if (distance(tour[i], tour[j]) < distance(tour[i], tour[nearest])) nearest = j;
    }
    int moved = tour[i + 1];
    tour[i + 1] = tour[nearest];
    tour[nearest] = moved;
  }
}

static void reverse(int from, int to) {
  for (; from < to; from++, to--) {
    int moved = tour[from];
    tour[from] = tour[to];
    tour[to] = moved;
  }
}

/* One round of 2-opt: whether it has found something. */
static int shorten(void) {
  int found = 0;
  for (int i = 0; i + 2 < count; i++) {
    if (!is_time_left()) return 0;
    for (int j = i + 2; j < count; j++) {
      int next = j + 1 < count ? j + 1 : 0;
      if (next == i) continue;
      double now = distance(tour[i], tour[i + 1]) + distance(tour[j], tour[next]);
      double then = distance(tour[i], tour[j]) + distance(tour[i + 1], tour[next]);
      if (then < now - 1e-9) {
        reverse(i + 1, j);
        found = 1;
      }
    }
  }
  return found;
}

/* Exchanges two neighbouring parts, each of at most 50 points. */
static void exchange(void) {
  int longest = count / 3 < 50 ? count / 3 : 50;
  int first = 1 + random_below(longest), second = 1 + random_below(longest);
  int from = random_below(count - first - second + 1);
  reverse(from, from + first - 1);
  reverse(from + first, from + first + second - 1);
  reverse(from, from + first + second - 1);
}

static void keep_if_shorter(double *shortest) {
  double length = length_of(tour);
  if (length < *shortest) {
    *shortest = length;
    memcpy(best, tour, sizeof(int) * count);
  }
}

int main(void) {
  read_points();
  if (!read_tour()) go_to_the_nearest();
  memcpy(best, tour, sizeof(int) * count);
  double shortest = length_of(tour);
  memcpy(&random_state, &shortest, sizeof random_state);
  random_state |= 1;
  long rounds = 0;
  if (count > 4) {
    while (is_time_left()) {
      while (shorten()) {
      }
      keep_if_shorter(&shortest);
      memcpy(tour, best, sizeof(int) * count);
      exchange();
      rounds++;
    }
  }
  for (int i = 0; i < count; i++) printf("%d\n", best[i]);
  fprintf(stderr, "tour: length %.3f after %ld rounds\n", shortest, rounds);
  return 0;
}

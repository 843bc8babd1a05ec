/* The calls of the mode compat, one after the other: what measuring in Node is held against. Prints the four medians in ns. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000L + t.tv_nsec;
}

static int by_size(const void *one, const void *other) {
  long a = *(const long *)one, b = *(const long *)other;
  return (a > b) - (a < b);
}

int main(int count, char **args) {
  if (count != 3) return 2;
  int runs = atoi(args[2]);
  long *times[4];
  for (int step = 0; step < 4; step++) times[step] = calloc(runs, sizeof(long));
  char line[74], rest[16];
  memset(line, 'a', sizeof line);
  for (int run = 0; run < runs; run++) {
    long t0 = now();
    int file = open(args[1], O_RDWR | O_CREAT, 0600);
    long t1 = now();
    if (file < 0 || write(file, line, sizeof line) != sizeof line || read(file, rest, sizeof rest) != 0) return 1;
    long t2 = now();
    close(file);
    long t3 = now();
    unlink(args[1]);
    long t4 = now();
    times[0][run] = t1 - t0, times[1][run] = t2 - t1, times[2][run] = t3 - t2, times[3][run] = t4 - t3;
  }
  for (int step = 0; step < 4; step++) {
    qsort(times[step], runs, sizeof(long), by_size);
    printf("%ld%c", times[step][(runs + 1) / 2 - 1], step < 3 ? ' ' : '\n');
  }
  return 0;
}

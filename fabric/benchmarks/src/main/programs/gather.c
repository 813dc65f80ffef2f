/* gather PATH…: prints the number of bytes of each file, of those in a directory one by one. */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int count_file(const char *path) {
  static char buffer[16384];
  int file = open(path, O_RDONLY);
  if (file < 0) return -1;
  long total = 0;
  ssize_t n;
  while ((n = read(file, buffer, sizeof buffer)) > 0) total += n;
  close(file);
  char line[32];
  int length = snprintf(line, sizeof line, "%ld\n", total);
  return n < 0 || write(1, line, (size_t)length) != length ? -1 : 0;
}

static int count_directory(const char *path) {
  DIR *directory = opendir(path);
  if (!directory) return -1;
  int result = 0;
  for (struct dirent *entry; result == 0 && (entry = readdir(directory));) {
    char name[512];
    if (entry->d_name[0] == '.') continue;
    snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
    result = count_file(name);
  }
  closedir(directory);
  return result;
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    struct stat info;
    if (stat(argv[i], &info) < 0) return 1;
    if ((S_ISDIR(info.st_mode) ? count_directory(argv[i]) : count_file(argv[i])) < 0) return 1;
  }
  return 0;
}

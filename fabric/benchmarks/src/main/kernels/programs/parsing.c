// Writes and parses a document of objects, arrays, strings and numbers, twenty times.
#include "kernel.h"

#define LENGTH (256 << 10)

static char text[LENGTH + 256];
static const char *at;
static uint64_t sum;

static char *put(char *out, const char *string) {
  while (*string) *out++ = *string++;
  return out;
}

static char *put_number(char *out, uint32_t number) {
  char digits[12];
  int count = 0;
  do digits[count++] = '0' + number % 10;
  while ((number /= 10) > 0);
  while (count > 0) *out++ = digits[--count];
  return out;
}

static void write_document(void) {
  uint32_t state = 11;
  char *out = put(text, "[");
  while (out < text + LENGTH) {
    out = put_number(put(out, "{\"id\": "), next_random(&state));
    out = put(out, ", \"tags\": [\"red\", \"gr\\u00fcn\", \"deep \\\"blue\\\"\"], \"price\": -");
    out = put_number(put_number(out, next_random(&state) % 1000) , 7);
    out = put_number(put(out, "."), next_random(&state) % 10000);
    out = put(out, ", \"nested\": {\"a\": [[], {}, null, true, false], \"b\": 1.5e3}},\n ");
  }
  put(out, "0]")[0] = 0;
}

static void skip(void) {
  while (*at == ' ' || *at == '\n' || *at == ',' || *at == ':') at++;
}

static void parse_string(void) {
  uint32_t hash = 2166136261u;
  for (at++; *at != '"'; at++) {
    if (*at == '\\') at++;
    hash = (hash ^ (uint8_t)*at) * 16777619;
  }
  at++;
  sum += hash;
}

static void parse_number(void) {
  double value = 0, scale = 1;
  int negative = *at == '-';
  if (negative) at++;
  while (*at >= '0' && *at <= '9') value = value * 10 + (*at++ - '0');
  if (*at == '.')
    for (at++; *at >= '0' && *at <= '9'; at++) value += (*at - '0') * (scale /= 10);
  if (*at == 'e')
    for (at++; *at >= '0' && *at <= '9'; at++) value *= 10;
  sum += (uint64_t)(negative ? value + 1 : value);
}

static void parse_value(void) {
  skip();
  switch (*at) {
    case '{':
    case '[': {
      char end = *at++ + 2;
      for (skip(); *at != end; skip()) parse_value();
      at++;
      sum++;
      break;
    }
    case '"': parse_string(); break;
    case 't':
    case 'n': at += 4; sum += 2; break;
    case 'f': at += 5; sum += 3; break;
    default: parse_number();
  }
}

static uint64_t work(void) {
  sum = 0;
  write_document();
  for (int i = 0; i < 20; i++) {
    at = text;
    parse_value();
  }
  return sum;
}

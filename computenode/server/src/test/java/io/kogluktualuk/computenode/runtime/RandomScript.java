package io.kogluktualuk.computenode.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Random words for the program `probe`: what it looks at is in a [RandomNamespace] or is not,
/// what it changes is below `/tmp`, and some of it is bound and read later.
///
/// Nothing in it names all of the namespace, or what is there to be unread.
///
/// **Threading:** one thread.
final class RandomScript {

  private static final List<String> GIVEN =
      List.of(
          "/data",
          "/data/a",
          "/data/b",
          "/data/d",
          "/data/d/x",
          "/data/d/y",
          "/data/d/x/z",
          "/lib",
          "/lib/x",
          "/gen",
          "/gen/x",
          "/gen/y",
          "/nope",
          "/extra",
          "/data/../lib",
          "/",
          "/bin");
  private static final List<String> OWN =
      List.of(
          "/tmp/given",
          "/tmp/t",
          "/tmp/sub",
          "/tmp/sub/z",
          "/tmp/x",
          "/tmp/y",
          "/tmp/d",
          "/tmp/d/x",
          "/tmp/o",
          "/tmp/o/x",
          "/tmp/output",
          "/tmp/output/x",
          "/tmp/n",
          "/tmp/n/y",
          "/tmp",
          "/data/a");
  private static final List<String> INPUTS =
      List.of(
          "/data",
          "/data/a",
          "/data/d",
          "/lib",
          "/gen",
          "/gen/x",
          "/in=/tmp/x",
          "/in=/tmp/d",
          "/tmp=/tmp",
          "/in=/tmp/o",
          "/in=/tmp/n/y",
          "/in=/nope",
          "/in=/tmp/sub",
          "/in=/tmp/t");

  private final RandomGenerator random;

  RandomScript(RandomGenerator random) {
    this.random = random;
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private String any() {
    return random.nextInt(3) > 0 ? pick(GIVEN) : pick(OWN);
  }

  private String text() {
    return pick(List.of("one\n", "two\n", "more\nlines\n", ""));
  }

  /// @param depth of what it binds
  List<String> words(int actions, int depth) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < actions; i++) {
      add(words, depth);
    }
    return words;
  }

  private void add(List<String> words, int depth) {
    switch (random.nextInt(depth > 0 ? 26 : 22)) {
      case 0, 1, 2 -> words.addAll(List.of("cat", any()));
      case 3, 4 -> words.addAll(List.of("ls", any()));
      case 5, 6 -> words.addAll(List.of("stat", any()));
      case 7 -> words.addAll(List.of("put", pick(OWN), text()));
      case 8 -> words.addAll(List.of("add", pick(OWN), text()));
      case 9 -> words.addAll(List.of("new", pick(OWN), text()));
      case 10 -> words.addAll(List.of("mkdir", pick(OWN)));
      case 11 -> words.addAll(List.of(random.nextBoolean() ? "rm" : "rmdir", pick(OWN)));
      case 12 -> words.addAll(List.of("mv", pick(OWN), pick(OWN)));
      case 13 -> words.addAll(List.of("slice", pick(OWN), any(), "0", "2"));
      case 14 -> words.addAll(List.of("join", pick(OWN), any()));
      case 15 -> words.addAll(List.of("view", any()));
      case 16 -> words.addAll(List.of("do", random.nextBoolean() ? "/data/a" : "/script"));
      case 17 -> words.addAll(List.of("rewrite", pick(OWN), "1", text()));
      case 18 -> words.addAll(List.of("cut", pick(OWN), "2"));
      case 19 -> words.addAll(List.of("err", "said\n", "random"));
      case 20 -> words.addAll(List.of("out", random.nextBoolean() ? pick(OWN) : output()));
      case 21 -> {
        if (random.nextInt(6) == 0) {
          words.addAll(List.of("exit", Integer.toString(random.nextInt(3))));
        }
      }
      case 22, 23 -> bind(words, depth);
      default -> need(words, depth);
    }
  }

  private String output() {
    return pick(List.of("/data", "/data/d", "/lib", "/gen", "/data/a"));
  }

  private void bind(List<String> words, int depth) {
    words.addAll(List.of("bind", pick(OWN)));
    addProgram(words, depth);
  }

  private void need(List<String> words, int depth) {
    words.addAll(List.of("need", pick(OWN)));
    List<String> inputs = new ArrayList<>(List.of("/bin/probe"));
    for (int i = random.nextInt(3); i > 0; i--) {
      String input = pick(INPUTS);
      String as = input.split("=")[0];
      if (inputs.stream().noneMatch(other -> other.split("=")[0].equals(as))) {
        inputs.add(input);
      }
    }
    words.add(Integer.toString(inputs.size()));
    words.addAll(inputs);
    addProgram(words, depth);
  }

  private void addProgram(List<String> words, int depth) {
    List<String> part = new ArrayList<>(List.of("/bin/probe"));
    part.addAll(words(1 + random.nextInt(3), depth - 1));
    if (random.nextInt(3) == 0) {
      part.addAll(List.of("mkdir", "/tmp/output", "put", "/tmp/output/x", text()));
    } else if (random.nextInt(2) == 0) {
      part.addAll(List.of("cat", "/in"));
    }
    words.add(Integer.toString(part.size()));
    words.addAll(part);
  }
}

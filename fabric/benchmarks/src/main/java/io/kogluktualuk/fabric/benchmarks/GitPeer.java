package io.kogluktualuk.fabric.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The directory of [TreeBench] as a tree of a git repository.
///
/// **Threading:** one thread. **Errors:** [IOException] when git fails; without git every time is
/// 0.
final class GitPeer {

  private final Path repository;
  private String before = "";
  private String tree = "";

  GitPeer(Path repository) throws IOException {
    this.repository = Files.createDirectories(repository);
  }

  static boolean isInstalled() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(place -> Files.isExecutable(Path.of(place, "git")));
  }

  /// Makes the tree; returns the milliseconds of `mktree`, which reads the list of entries.
  double make() throws IOException, InterruptedException {
    if (!isInstalled()) {
      return 0;
    }
    git(null, "init", "--quiet", "--bare", ".");
    String blob = hash(TreeBench.content(0));
    Path list = repository.resolve("list");
    try (BufferedWriter writer = Files.newBufferedWriter(list)) {
      for (int i = 0; i < TreeBench.ENTRIES; i++) {
        writer.write("100644 blob " + blob + "\t" + TreeBench.entry(i) + "\n");
      }
    }
    long start = System.nanoTime();
    tree = git(list, "mktree");
    double millis = millisSince(start);
    // The index that changes are made in.
    git(null, "read-tree", tree);
    return millis;
  }

  /// Finds a name; returns the milliseconds.
  double find(String name) throws IOException, InterruptedException {
    if (!isInstalled()) {
      return 0;
    }
    long start = System.nanoTime();
    git(null, "rev-parse", tree + ":" + name);
    return millisSince(start);
  }

  /// Gives a name other content; returns the milliseconds from that in the store to the new tree.
  double change(String name, String content) throws IOException, InterruptedException {
    if (!isInstalled()) {
      return 0;
    }
    String blob = hash(content);
    before = tree;
    long start = System.nanoTime();
    git(null, "update-index", "--cacheinfo", "100644," + blob + "," + name);
    tree = git(null, "write-tree");
    return millisSince(start);
  }

  /// Compares the tree with what it was before the last change; returns the milliseconds.
  double compare() throws IOException, InterruptedException {
    if (!isInstalled()) {
      return 0;
    }
    long start = System.nanoTime();
    String differences = git(null, "diff-tree", before, tree);
    double millis = millisSince(start);
    if (differences.lines().count() != 1) {
      throw new IllegalStateException("expected 1 difference, found " + differences);
    }
    return millis;
  }

  private static double millisSince(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  private String hash(String content) throws IOException, InterruptedException {
    Path file = repository.resolve("content");
    Files.writeString(file, content);
    return git(file, "hash-object", "-w", "--stdin");
  }

  private String git(@Nullable Path input, String... words)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).directory(repository.toFile());
    builder.environment().put("GIT_DIR", repository.toString());
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    if (input != null) {
      builder.redirectInput(input.toFile());
    }
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException(String.join(" ", command) + " ended with status " + status);
    }
    return output.strip();
  }
}

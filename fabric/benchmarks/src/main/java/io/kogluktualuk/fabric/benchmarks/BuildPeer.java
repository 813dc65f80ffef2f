package io.kogluktualuk.fabric.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A build tool on the graph of [IncrementalBench]: a folder of sources, and what it makes of them.
///
/// **Threading:** one thread.
final class BuildPeer {

  private final Path folder;
  private final List<String> command;

  private BuildPeer(Path folder, List<String> command) throws IOException {
    this.folder = folder;
    this.command = command;
    Files.createDirectories(folder.resolve("src"));
    Files.createDirectories(folder.resolve("obj"));
    for (int i = 0; i < IncrementalBench.SOURCES; i++) {
      change(i, "source " + i + " ".repeat(700));
    }
  }

  static BuildPeer ninja(Path folder) throws IOException {
    BuildPeer peer = new BuildPeer(folder, List.of("ninja", "-j2"));
    List<String> lines = new ArrayList<>();
    lines.add("rule count\n  command = wc -c < $in > $out");
    lines.add("rule gather\n  command = cat $in > $out");
    StringBuilder all = new StringBuilder("build all.txt: gather");
    for (int i = 0; i < IncrementalBench.SOURCES; i++) {
      lines.add("build obj/%d: count src/%d".formatted(i, i));
      all.append(" obj/").append(i);
    }
    lines.add(all.append('\n').toString());
    Files.write(folder.resolve("build.ninja"), lines);
    return peer;
  }

  static BuildPeer make(Path folder) throws IOException {
    BuildPeer peer = new BuildPeer(folder, List.of("make", "-j2", "-s"));
    String rules =
        """
        SOURCES := $(wildcard src/*)
        OBJECTS := $(SOURCES:src/%=obj/%)
        all.txt: $(OBJECTS)
        \tcat $^ > $@
        obj/%: src/%
        \twc -c < $< > $@
        """;
    Files.writeString(folder.resolve("Makefile"), rules);
    return peer;
  }

  /// Gives a source other content.
  void change(int source, String text) throws IOException {
    Files.writeString(folder.resolve("src").resolve(Integer.toString(source)), text);
  }

  /// Whether the tool is on the search path.
  boolean isInstalled() {
    for (String place : System.getenv().getOrDefault("PATH", "").split(":")) {
      if (Files.isExecutable(Path.of(place, name()))) {
        return true;
      }
    }
    return false;
  }

  String name() {
    return command.getFirst();
  }

  /// Builds what there is to build; nothing without the tool.
  void build() throws IOException, InterruptedException {
    if (!isInstalled()) {
      return;
    }
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException(String.join(" ", command) + " ended with status " + status);
    }
  }
}

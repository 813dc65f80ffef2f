package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The names in a directory of this machine, put in the order of a tree: those that are too many
/// to be sorted in memory, by runs in a temporary file each, which are merged.
///
/// **Threading:** one thread, one use. **Ownership:** temporary files, gone when it is closed.
/// **Bound:** [#RUN_NAMES] names in memory, [#RUNS_MAX] runs.
final class SortedNames implements AutoCloseable {

  /// Some 6 MiB of usual names.
  static final int RUN_NAMES = 65_536;

  /// As many files are open when they are merged: 16 million names.
  static final int RUNS_MAX = 256;

  private final Path directory;
  private final int runNames;
  private final List<Path> files = new ArrayList<>();
  private List<String> names = new ArrayList<>();

  /// A run that is being read, and the name it is at.
  private static final class Run implements AutoCloseable {
    private final DataInputStream input;
    @Nullable String name;

    Run(Path file) throws IOException {
      input = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)));
      advance();
    }

    void advance() throws IOException {
      try {
        name = input.readUTF();
      } catch (EOFException _) {
        name = null;
      }
    }

    String current() {
      String current = name;
      if (current == null) {
        throw new IllegalStateException("a run is at its end");
      }
      return current;
    }

    @Override
    public void close() throws IOException {
      input.close();
    }
  }

  /// @param directory whose names they are, for messages
  SortedNames(Path directory) {
    this(directory, RUN_NAMES);
  }

  /// @param runNames how many are sorted in memory
  SortedNames(Path directory, int runNames) {
    this.directory = directory;
    this.runNames = runNames;
  }

  /// @throws InvalidArgument when there are too many
  /// @throws OutOfSpace when a temporary file cannot be written
  void add(String name) {
    if (names.size() == runNames) {
      spill();
    }
    names.add(name);
  }

  private void spill() {
    if (files.size() == RUNS_MAX) {
      throw new InvalidArgument(
          directory + " has more than " + (long) RUNS_MAX * runNames + " names");
    }
    names.sort(Tree.NAME_ORDER);
    try {
      Path file = Files.createTempFile("kog-names-", ".run");
      files.add(file);
      try (var output =
          new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
        for (String name : names) {
          output.writeUTF(name);
        }
      }
    } catch (IOException e) {
      throw new OutOfSpace("names of " + directory + " cannot be kept aside: " + e.getMessage(), e);
    }
    names = new ArrayList<>();
  }

  /// Gives out all names in order.
  void forEach(Consumer<String> each) {
    if (files.isEmpty()) {
      names.sort(Tree.NAME_ORDER);
      names.forEach(each);
      return;
    }
    spill();
    List<Run> runs = new ArrayList<>();
    try {
      for (Path file : files) {
        runs.add(new Run(file));
      }
      merge(runs, each);
      for (Run run : runs) {
        run.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("names of " + directory + " cannot be read back", e);
    }
  }

  private static void merge(List<Run> runs, Consumer<String> each) throws IOException {
    PriorityQueue<Run> next =
        new PriorityQueue<>(Comparator.comparing(Run::current, Tree.NAME_ORDER));
    runs.stream().filter(run -> run.name != null).forEach(next::add);
    while (!next.isEmpty()) {
      Run run = next.remove();
      each.accept(run.current());
      run.advance();
      if (run.name != null) {
        next.add(run);
      }
    }
  }

  @Override
  public void close() {
    for (Path file : files) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException("temporary file " + file + " cannot be deleted", e);
      }
    }
  }
}

package io.kogluktualuk.computenode.runtime;

import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Thunks `/t0`, `/t1` and so on, each of which reads some others in its order and then says its
/// number; and a model that says who ends at which read.
///
/// **Threading:** immutable.
final class CircleGraph {

  /// About a millisecond.
  private static final int SPIN_MAX = 300_000;

  private static final String FAILED = ": errno 29\n";

  private final int[][] reads;

  /// How much each does before it reads the first, so that they do not all run into each other at
  /// the same moment.
  private final int[] spins;

  private final List<Integer> order = new ArrayList<>();

  private CircleGraph(int[][] reads) {
    this.reads = reads;
    this.spins = new int[reads.length];
  }

  static CircleGraph random(RandomGenerator random) {
    int count = 3 + random.nextInt(12);
    int[][] reads = new int[count][];
    for (int i = 0; i < count; i++) {
      reads[i] = random.ints(random.nextInt(4), 0, count).toArray();
    }
    CircleGraph graph = new CircleGraph(reads);
    for (int i = 0; i < count; i++) {
      graph.order.add(random.nextInt(graph.order.size() + 1), i);
      graph.spins[i] = random.nextInt(3) == 0 ? random.nextInt(SPIN_MAX) : 0;
    }
    return graph;
  }

  /// Each reads the next, and the last the first.
  ///
  /// @param spin how much each does before
  static CircleGraph ring(int members, int spin) {
    int[][] reads = new int[members][];
    for (int i = 0; i < members; i++) {
      reads[i] = new int[] {(i + 1) % members};
    }
    CircleGraph graph = new CircleGraph(reads);
    for (int i = 0; i < members; i++) {
      graph.order.add(i);
      graph.spins[i] = spin;
    }
    return graph;
  }

  int size() {
    return reads.length;
  }

  /// Binds all of them.
  CircleGraph bind(Bench bench) {
    for (int i = 0; i < reads.length; i++) {
      bench.thunk("/t" + i, argv(i));
    }
    return this;
  }

  /// What a thunk runs.
  String[] argv(int thunk) {
    List<String> argv = new ArrayList<>(List.of("/bin/probe", "spin", "" + spins[thunk]));
    for (int read : reads[thunk]) {
      argv.addAll(List.of("cat", "/t" + read));
    }
    argv.addAll(List.of("say", "" + thunk));
    return argv.toArray(String[]::new);
  }

  /// Their paths, separated by spaces.
  String paths() {
    StringBuilder paths = new StringBuilder();
    for (int i = 0; i < reads.length; i++) {
      paths.append(i == 0 ? "" : " ").append("/t").append(i);
    }
    return paths.toString();
  }

  /// Reads all of them, in an order of its own.
  Transaction readAll(Bench bench) {
    List<String> argv = new ArrayList<>(List.of("/bin/probe"));
    order.forEach(i -> argv.addAll(List.of("cat", "/t" + i)));
    return bench.transaction(argv.toArray(String[]::new));
  }

  /// What [#readAll] says.
  String expected() {
    StringBuilder expected = new StringBuilder();
    order.forEach(i -> expected.append(new Model().text(i)));
    return expected.toString();
  }

  /// The thunks that need their own outcome.
  List<Integer> onCircles() {
    List<Integer> members = new ArrayList<>();
    for (int i = 0; i < reads.length; i++) {
      if (new Model().value(i) == null) {
        members.add(i);
      }
    }
    return members;
  }

  /// The others.
  List<Integer> others() {
    List<Integer> others = new ArrayList<>();
    for (int i = 0; i < reads.length; i++) {
      others.add(i);
    }
    others.removeAll(onCircles());
    return others;
  }

  /// What reading a thunk gives, by going through what it reads.
  private final class Model {
    private final List<Integer> waiting = new ArrayList<>();
    private final Set<Integer> inCircle = new HashSet<>();

    String text(int thunk) {
      String value = value(thunk);
      return value == null ? "cat /t" + thunk + FAILED : value;
    }

    /// Null when it is on a circle.
    @Nullable String value(int thunk) {
      waiting.add(thunk);
      StringBuilder said = new StringBuilder();
      boolean isWhole = true;
      for (int read : reads[thunk]) {
        if (waiting.contains(read)) {
          inCircle.addAll(waiting.subList(waiting.indexOf(read), waiting.size()));
        } else {
          said.append(text(read));
        }
        if (inCircle.contains(thunk)) {
          isWhole = false;
          break;
        }
      }
      waiting.removeLast();
      return isWhole ? said.append(thunk).append('\n').toString() : null;
    }
  }
}

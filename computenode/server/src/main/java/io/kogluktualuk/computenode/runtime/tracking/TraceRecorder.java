package io.kogluktualuk.computenode.runtime.tracking;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Trace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes down what a transaction observes, each path once for each kind of observation, in the
/// order of the first.
///
/// **Threading:** the guest's thread. **Bound:** [#STEPS_MAX]; a program that observes more is
/// stopped by its caller.
public final class TraceRecorder {

  /// About 200 MB of steps; a trace can hold more, a heap should not.
  public static final int STEPS_MAX = 1 << 20;

  private record Seen(int kind, String path) {}

  private final List<Trace.Step> steps = new ArrayList<>();
  private final Set<Seen> seen = new HashSet<>();

  public boolean isFull() {
    return steps.size() >= STEPS_MAX;
  }

  /// A path led to a value.
  public void found(String path, Ref ref) {
    if (seen.add(new Seen(1, path))) {
      steps.add(new Trace.Found(path, ref));
    }
  }

  /// A path led nowhere.
  public void absent(String path) {
    if (seen.add(new Seen(1, path))) {
      steps.add(new Trace.Absent(path));
    }
  }

  /// A path led to a directory, of which nothing else was seen.
  public void directory(String path) {
    if (seen.add(new Seen(4, path))) {
      steps.add(new Trace.Directory(path));
    }
  }

  /// The names in a directory were read.
  public void listed(String path, Ref tree) {
    if (seen.add(new Seen(2, path))) {
      steps.add(new Trace.Listed(path, tree));
    }
  }

  /// A thunk was computed, at the moment the program read it.
  public void computed(String path, Hash key, Ref output) {
    if (seen.add(new Seen(3, path + '\0' + key))) {
      steps.add(new Trace.Computed(path, key, output));
    }
  }

  /// A thunk could not be computed.
  public void failed(String path, @Nullable Hash key) {
    if (seen.add(new Seen(3, path + '\0' + key))) {
      steps.add(new Trace.Failed(path, key));
    }
  }

  /// The program bound a thunk; a path may be bound more than once.
  public void bound(String path, Ref thunk) {
    steps.add(new Trace.Bound(path, thunk));
  }

  public Trace trace() {
    return new Trace(steps);
  }
}

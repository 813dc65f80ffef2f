package io.kogluktualuk.computenode.runtime.tracking;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.TreeView;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.Thunk;
import io.kogluktualuk.fabric.transaction.Capture;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.Trace.Place;
import io.kogluktualuk.fabric.transaction.Trace.Sort;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes down what a transaction asks and is answered, each question once, in the order of the
/// first time.
///
/// **Threading:** the guest's thread. **Bound:** [Trace#STEPS_MAX] steps and some
/// [#BYTES_MAX] of memory; a program that observes more is stopped by its caller.
public final class TraceRecorder {

  static final long BYTES_MAX = 256L << 20;

  private static final int STEP_BYTES = 96;
  private static final int NAME_BYTES = 16;

  /// What a question is about; [Trace.Step] would hold the answer as well.
  private enum About {
    SORT,
    LENGTH,
    CONTENT,
    NAMES
  }

  private record Asked(About about, Place place) {}

  private final List<Trace.Step> steps = new ArrayList<>();
  private final Set<Record> asked = new HashSet<>();
  private long bytes;
  private int origins;

  public boolean isFull() {
    return steps.size() >= Trace.STEPS_MAX || bytes >= BYTES_MAX;
  }

  /// It was seen what is at a place.
  public void looked(Place place, Sort sort) {
    if (asked.add(new Asked(About.SORT, place))) {
      add(new Trace.Looked(place, sort), place.path());
    }
  }

  /// The length of a file was seen.
  public void measured(Place place, long length) {
    if (!asked.contains(new Asked(About.CONTENT, place))
        && asked.add(new Asked(About.LENGTH, place))) {
      add(new Trace.Measured(place, length), place.path());
    }
  }

  /// What is at a place was seen to the last bit.
  public void opened(Place place, Ref ref) {
    if (asked.add(new Asked(About.CONTENT, place))) {
      add(new Trace.Opened(place, ref), place.path());
    }
  }

  /// Names in a wide directory were read.
  public void listed(Trace.ListedPart part) {
    if (asked.add(part)) {
      add(part, part.place().path());
    }
  }

  /// The names in a directory were read.
  public void listed(Place place, TreeView tree) {
    if (asked.add(new Asked(About.NAMES, place))) {
      add(Trace.Listed.of(place, tree), place.path());
    }
  }

  /// A thunk was computed, at the moment the program read it. Called once for each.
  public void computed(Place place, Hash key, Ref output) {
    add(new Trace.Computed(place, key, output), place.path());
  }

  /// A thunk could not be computed. Called once for each.
  public void failed(Place place, @Nullable Hash key, String reason) {
    add(new Trace.Failed(place, key, reason), place.path());
    bytes += reason.length();
  }

  /// A thunk was bound that sees the whole namespace.
  ///
  /// @return the origin of what stands in its output
  public int bound(NamePath path, Ref thunk, Trace.Base base) {
    add(new Trace.Bound(path.toString(), thunk, base), path);
    return ++origins;
  }

  /// A thunk was bound that sees its inputs.
  ///
  /// @return the origin of what stands in its output
  public int needed(NamePath path, Thunk thunk, List<Capture> inputs) {
    add(new Trace.Needed(path.toString(), thunk, inputs), path);
    inputs.forEach(input -> bytes += bytesOf(input));
    thunk.argv().forEach(word -> bytes += NAME_BYTES + word.length());
    return ++origins;
  }

  /// A captured value was computed.
  public void evaluated(Capture capture, Ref value) {
    add(new Trace.Evaluated(capture, value), NamePath.ROOT);
    bytes += bytesOf(capture);
  }

  /// A captured value could not be computed.
  public void unevaluable(Capture capture, String reason) {
    add(new Trace.Unevaluable(capture, reason), NamePath.ROOT);
    bytes += bytesOf(capture);
  }

  private void add(Trace.Step step, NamePath path) {
    steps.add(step);
    bytes += STEP_BYTES + (long) NAME_BYTES * path.names().size();
  }

  private static long bytesOf(Capture capture) {
    return switch (capture) {
      case Capture.At(NamePath path) -> STEP_BYTES + (long) NAME_BYTES * path.names().size();
      case Capture.Made(var entries) ->
          STEP_BYTES + entries.values().stream().mapToLong(TraceRecorder::bytesOf).sum();
      case Capture.Changed(_, var changes) ->
          STEP_BYTES
              + changes.values().stream()
                  .mapToLong(change -> change.map(TraceRecorder::bytesOf).orElse((long) STEP_BYTES))
                  .sum();
      case Capture.Stored _, Capture.Output _, Capture.Missing _, Capture.Root _ -> STEP_BYTES;
    };
  }

  public Trace trace() {
    return new Trace(steps);
  }
}

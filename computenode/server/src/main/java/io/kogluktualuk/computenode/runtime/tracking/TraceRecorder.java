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

  /// More questions than this are looked for in a set.
  private static final int FEW = 8;

  /// What a run has observed so far, for another run to begin with.
  ///
  /// **Threading:** immutable.
  public static final class Beginning {
    private final List<Trace.Step> steps;
    private final List<Record> asked;
    private final long bytes;

    private Beginning(List<Trace.Step> steps, List<Record> asked, long bytes) {
      this.steps = List.copyOf(steps);
      this.asked = List.copyOf(asked);
      this.bytes = bytes;
    }

    /// Whether nothing had to be computed, or was bound.
    public boolean isOfStored() {
      return steps.stream().allMatch(Beginning::isStored);
    }

    private static boolean isStored(Trace.Step step) {
      return switch (step) {
        case Trace.Looked(Place place, Sort sort) -> place.origin() == 0 && sort != Sort.THUNK;
        case Trace.Opened(Place place, _) -> place.origin() == 0;
        default -> false;
      };
    }
  }

  private final List<Trace.Step> steps = new ArrayList<>();

  /// All questions while they are [#FEW]; then they are in the set.
  private final List<Record> few = new ArrayList<>(FEW);
  private @Nullable Set<Record> many;
  private long bytes;
  private int origins;

  /// What has been observed.
  public Beginning beginning() {
    return new Beginning(steps, many == null ? few : List.copyOf(many), bytes);
  }

  /// Takes what another run has observed; called before anything else has been.
  public void begin(Beginning beginning) {
    if (!steps.isEmpty()) {
      throw new IllegalStateException("a trace that has begun does not begin again");
    }
    steps.addAll(beginning.steps);
    if (beginning.asked.size() <= FEW) {
      few.addAll(beginning.asked);
    } else {
      beginning.asked.forEach(this::isNew);
    }
    bytes = beginning.bytes;
  }

  /// Notes that something was asked.
  ///
  /// @return whether it was not asked before
  private boolean isNew(Record question) {
    Set<Record> set = many;
    if (set == null) {
      if (few.contains(question)) {
        return false;
      }
      if (few.size() < FEW) {
        return few.add(question);
      }
      set = new HashSet<>(few);
      many = set;
    }
    return set.add(question);
  }

  private boolean isAsked(Record question) {
    Set<Record> set = many;
    return set == null ? few.contains(question) : set.contains(question);
  }

  public boolean isFull() {
    return steps.size() >= Trace.STEPS_MAX || bytes >= BYTES_MAX;
  }

  /// It was seen what is at a place.
  public void looked(Place place, Sort sort) {
    if (isNew(new Asked(About.SORT, place))) {
      add(new Trace.Looked(place, sort), place.path());
    }
  }

  /// The length of a file was seen.
  public void measured(Place place, long length) {
    if (!isAsked(new Asked(About.CONTENT, place)) && isNew(new Asked(About.LENGTH, place))) {
      add(new Trace.Measured(place, length), place.path());
    }
  }

  /// What is at a place was seen to the last bit.
  public void opened(Place place, Ref ref) {
    if (isNew(new Asked(About.CONTENT, place))) {
      add(new Trace.Opened(place, ref), place.path());
    }
  }

  /// Names in a wide directory were read.
  public void listed(Trace.ListedPart part) {
    if (isNew(part)) {
      add(part, part.place().path());
    }
  }

  /// The names in a directory were read.
  public void listed(Place place, TreeView tree) {
    if (isNew(new Asked(About.NAMES, place))) {
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

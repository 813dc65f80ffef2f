package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.namespace.Given;
import io.kogluktualuk.computenode.runtime.namespace.Thunks;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.Thunk;
import io.kogluktualuk.fabric.transaction.Capture;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.Trace.Place;
import io.kogluktualuk.fabric.transaction.Trace.Sort;
import io.kogluktualuk.fabric.transaction.Trace.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Asks a namespace the questions of another transaction's trace, one after the other, as the
/// program would; what the program bound is bound here as well, and computed when it is asked for.
///
/// **Threading:** the thread of the transaction. **Bound:** one output for each computation.
final class Answers {

  private final Given given;
  private final Thunks thunks;
  private final Map<Place, Ref> outputs = new HashMap<>();
  private Set<Integer> wanted = Set.of();

  /// @param thunks which the namespace computes with
  Answers(Given given, Thunks thunks) {
    this.given = given;
    this.thunks = thunks;
  }

  /// Says which trace is being followed: what it has bound and has read is begun as soon as it is
  /// bound, and nothing else.
  void expect(KnownTrace trace) {
    wanted = trace.wanted();
  }

  private void beginIfWanted() {
    int origin = given.boundCount();
    if (wanted.contains(origin)) {
      given.promise(origin);
    }
  }

  /// The step that a program would have recorded here which asks what a step asks; null when it
  /// could not have asked that.
  @Nullable Step ask(Step step) {
    return step instanceof Trace.Asked asked && !isThere(asked) ? null : answer(step);
  }

  /// An output is there to be looked into once it has been computed.
  private boolean isThere(Trace.Asked asked) {
    return asked.place().origin() == 0
        || outputs.containsKey(Place.ofOutput(asked.place().origin()))
        || asked instanceof Trace.Computed
        || asked instanceof Trace.Failed;
  }

  private @Nullable Step answer(Step step) {
    return switch (step) {
      case Trace.Looked(Place place, _) -> look(place);
      case Trace.Measured(Place place, _) -> measure(place);
      case Trace.Opened(Place place, Ref known) -> open(place, Sort.of(known));
      case Trace.Listed(Place place, _, _) -> list(place, 0);
      case Trace.ListedPart(Place place, long from, _, _) -> list(place, from);
      case Trace.Computed(Place place, _, _) -> compute(place);
      case Trace.Failed(Place place, _, _) -> compute(place);
      case Trace.Bound(String path, Ref thunk, var base) -> {
        given.bindLater(thunk, base);
        beginIfWanted();
        yield new Trace.Bound(path, thunk, here(base));
      }
      case Trace.Needed(String path, Thunk thunk, var inputs) -> need(path, thunk, inputs);
      case Trace.Evaluated(Capture capture, _) -> evaluate(capture);
      case Trace.Unevaluable(Capture capture, _) -> evaluate(capture);
    };
  }

  private @Nullable Step look(Place place) {
    Ref parent = place.path().isRoot() ? null : resolve(place, place.path().names().size() - 1);
    return parent == null || parent.kind() != Kind.TREE
        ? null
        : new Trace.Looked(place, Sort.of(given.tree(parent).get(place.path().name())));
  }

  private @Nullable Step measure(Place place) {
    Ref found = resolve(place);
    Sort sort = Sort.of(found);
    return found != null && sort == Sort.FILE
        ? new Trace.Measured(place, found.length())
        : new Trace.Looked(place, sort);
  }

  private Step open(Place place, Sort known) {
    Ref found = resolve(place);
    Sort sort = Sort.of(found);
    return found != null && sort == known
        ? new Trace.Opened(place, found)
        : new Trace.Looked(place, sort);
  }

  private @Nullable Step list(Place place, long from) {
    Ref found = resolve(place);
    return found == null || found.kind() != Kind.TREE
        ? null
        : Trace.listed(place, given.tree(found), from);
  }

  private @Nullable Step compute(Place place) {
    Thunks.Promise promise = promise(place);
    if (promise == null) {
      return null;
    }
    return switch (thunks.await(promise)) {
      case Thunks.Computed(var key, Ref output) -> {
        outputs.put(place, output);
        yield new Trace.Computed(place, key, output);
      }
      case Thunks.Failed(var key, String reason) -> new Trace.Failed(place, key, reason);
    };
  }

  private Thunks.@Nullable Promise promise(Place place) {
    if (place.origin() > 0) {
      return place.path().isRoot() ? given.promise(place.origin()) : null;
    }
    Ref found = resolve(place);
    return found != null && found.kind() == Kind.THUNK ? given.start(found) : null;
  }

  private Step need(String path, Thunk thunk, List<Capture> inputs) {
    given.bindLater(thunk, inputs);
    beginIfWanted();
    return new Trace.Needed(path, thunk, inputs.stream().map(this::here).toList());
  }

  private Step evaluate(Capture capture) {
    Capture here = here(capture);
    return switch (thunks.evaluate(given.source(capture))) {
      case Thunks.Evaluable(Ref value) -> new Trace.Evaluated(here, value);
      case Thunks.Unevaluable(String reason) -> new Trace.Unevaluable(here, reason);
    };
  }

  /// With the answer that is in it.
  private Trace.Base here(Trace.Base base) {
    return base.tmp() == null ? base : new Trace.Base(base.tmp(), given.bytesWith(base.tmp()));
  }

  private Capture here(Capture capture) {
    return switch (capture) {
      case Capture.Root(var base) -> new Capture.Root(here(base));
      case Capture.Made(var entries) -> {
        TreeMap<String, Capture> made = new TreeMap<>(entries);
        made.replaceAll((_, entry) -> here(entry));
        yield new Capture.Made(made);
      }
      case Capture.Changed(Ref base, var changes) -> {
        TreeMap<String, Optional<Capture>> made = new TreeMap<>(changes);
        made.replaceAll((_, change) -> change.map(this::here));
        yield new Capture.Changed(base, made);
      }
      case Capture.At _, Capture.Stored _, Capture.Output _, Capture.Missing _ -> capture;
    };
  }

  private @Nullable Ref resolve(Place place) {
    return resolve(place, place.path().names().size());
  }

  /// What stands at the first names of a place, computed if it has been; null for nothing.
  private @Nullable Ref resolve(Place place, int count) {
    Ref at = place.origin() == 0 ? given.root() : outputs.get(Place.ofOutput(place.origin()));
    List<String> names = place.path().names();
    for (int i = 0; at != null && i < count; i++) {
      if (at.kind() != Kind.TREE) {
        return null;
      }
      at = given.tree(at).get(names.get(i));
      if (at != null && at.kind() == Kind.THUNK) {
        Place thunk = new Place(place.origin(), new NamePath(names.subList(0, i + 1)));
        at = outputs.getOrDefault(thunk, at);
      }
    }
    return at;
  }
}

package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.runtime.namespace.Source;
import io.kogluktualuk.computenode.runtime.namespace.Thunks;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A narrowed thunk whose inputs are not all there yet: once they are, it has a key and becomes a
/// [Flight].
///
/// **Threading:** [#run] on a virtual thread of its own.
final class Binding extends Pending {

  private final Engine engine;
  private final Run run;
  private final Bindings.@Nullable Place place;
  private final List<String> argv;
  private final List<Source.Input> inputs;
  private final Evaluation evaluation;

  private Binding(
      Engine engine,
      Run run,
      Bindings.@Nullable Place place,
      Evaluation parent,
      List<String> argv,
      List<Source.Input> inputs) {
    this.engine = engine;
    this.run = run;
    this.place = place;
    this.argv = argv;
    this.inputs = inputs;
    this.evaluation =
        new Evaluation(engine, this, run, parent.limits(), parent.depth(), parent.recall());
  }

  /// One that is held once for the caller.
  static Binding begin(
      Engine engine, Run run, Evaluation parent, List<String> argv, List<Source.Input> inputs) {
    Binding binding = new Binding(engine, run, null, parent, argv, inputs);
    binding.hold();
    return binding.start();
  }

  /// One of a thunk that stands in a namespace, held once for the caller.
  static Binding begin(
      Engine engine,
      Run run,
      Bindings.Place place,
      Evaluation parent,
      List<String> argv,
      List<Source.Input> inputs) {
    Binding fresh = new Binding(engine, run, place, parent, argv, inputs);
    return engine.bindings().begin(place, fresh);
  }

  Binding start() {
    Thread.ofVirtual().name("binding-", 0).start(this::run);
    return this;
  }

  List<String> argv() {
    return argv;
  }

  /// Names the thunk in its namespace; null for one that a program has bound, which nobody else
  /// can need.
  @Override
  @Nullable Hash key() {
    return place == null ? null : place.key();
  }

  @Override
  @Nullable Ref namespace() {
    return null;
  }

  private void run() {
    try {
      settle(resolve());
    } catch (FabricException e) {
      fail(e);
    } catch (SelfDependence e) {
      settle(inCircle(e.cycle()));
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      fail(new Unavailable("evaluating the inputs of " + argv.getFirst() + " failed: " + e, e));
    } finally {
      if (place != null) {
        engine.bindings().landed(place, this);
      }
      evaluation.release();
    }
  }

  private Settled resolve() {
    for (Source.Input input : inputs) {
      evaluation.values().startAll(input.source());
    }
    return switch (evaluation.values().namespaceOf(inputs)) {
      case Thunks.Unevaluable(String reason) -> failed(reason, List.of());
      case Thunks.Evaluable(var namespace) -> {
        Pending flight = evaluation.fly(namespace, argv);
        yield evaluation.waitFor(flight).ofBinding();
      }
    };
  }

  /// The same whoever has closed the circle, and known to the run before this lands.
  private Settled inCircle(List<Hash> cycle) {
    if (place == null) {
      return failed("it needs its own value", cycle);
    }
    String words = String.join(" ", argv);
    run.name(place.key(), words);
    String path = engine.circles().path(cycle, place.key(), words, run);
    Settled settled = failed("it needs its own value: " + path, cycle);
    run.settled(place.key(), place.recall(), settled);
    return settled;
  }

  private static Settled failed(String reason, List<Hash> cycle) {
    return new Settled(new Thunks.Failed(null, reason), null, null, Disposition.RUN, cycle);
  }

  @Override
  void stop() {
    evaluation.stopWaiting();
  }
}

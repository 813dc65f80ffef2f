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

  private final List<String> argv;
  private final List<Source.Input> inputs;
  private final Evaluation evaluation;

  private Binding(
      Engine engine, Run run, Evaluation parent, List<String> argv, List<Source.Input> inputs) {
    this.argv = argv;
    this.inputs = inputs;
    this.evaluation =
        new Evaluation(engine, this, run, parent.limits(), parent.depth(), parent.recall());
  }

  /// One that is held once for the caller.
  static Binding begin(
      Engine engine, Run run, Evaluation parent, List<String> argv, List<Source.Input> inputs) {
    Binding binding = new Binding(engine, run, parent, argv, inputs);
    binding.hold();
    Thread.ofVirtual().name("binding-", 0).start(binding::run);
    return binding;
  }

  @Override
  @Nullable Hash key() {
    return null;
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
      settle(failed("it needs its own value", e.cycle()));
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      fail(new Unavailable("evaluating the inputs of " + argv.getFirst() + " failed: " + e, e));
    } finally {
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

  private static Settled failed(String reason, List<Hash> cycle) {
    return new Settled(new Thunks.Failed(null, reason), null, null, Disposition.RUN, cycle);
  }

  @Override
  void stop() {
    evaluation.stopWaiting();
  }
}

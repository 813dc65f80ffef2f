package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.runtime.namespace.Source;
import io.kogluktualuk.computenode.runtime.namespace.Thunks;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A narrowed thunk whose inputs are not all there yet: once they are, it has a key and becomes a
/// [Flight].
///
/// **Threading:** [#run] on a virtual thread of its own.
final class Binding extends Pending {

  private final List<String> argv;
  private final List<Source.Input> inputs;
  private final Evaluation evaluation;

  Binding(Engine engine, Run run, Evaluation parent, List<String> argv, List<Source.Input> inputs) {
    this.argv = argv;
    this.inputs = inputs;
    this.evaluation =
        new Evaluation(engine, this, run, parent.limits(), parent.depth(), null, parent.recall());
  }

  @Override
  @Nullable Hash key() {
    return null;
  }

  @Override
  @Nullable Ref namespace() {
    return null;
  }

  void run() {
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
      evaluation.startAll(input.source());
    }
    return switch (evaluation.namespaceOf(inputs)) {
      case Thunks.Unevaluable(String reason) -> failed(reason, Set.of());
      case Thunks.Evaluable(var namespace) -> {
        Pending flight = evaluation.fly(namespace, argv);
        Settled landed = evaluation.waitFor(flight);
        yield new Settled(landed.value(), null, landed.disposition(), landed.cycle());
      }
    };
  }

  private static Settled failed(String reason, Set<Hash> cycle) {
    return new Settled(new Thunks.Failed(null, reason), null, Disposition.RUN, cycle);
  }

  @Override
  void stop() {
    evaluation.stopWaiting();
  }
}

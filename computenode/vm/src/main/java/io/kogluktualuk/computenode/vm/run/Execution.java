package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.Instance;

/// One run of a program within limits.
///
/// **Threading:** [#run] once, on the thread that is to be the guest's; a virtual thread will do
/// and is best, since a guest that waits in a host function then holds no core. [#cancel] from any
/// thread.
///
/// @param <C> what the host functions receive
public final class Execution<C> {

  private final Program<C> program;
  private final C context;
  private final Limits limits;
  private final Meter meter;
  private final AtomicBoolean begun = new AtomicBoolean();

  Execution(Program<C> program, C context, Limits limits) {
    this.program = program;
    this.context = context;
    this.limits = limits;
    this.meter = new Meter(limits.fuel());
  }

  /// Runs `_start`.
  public ExecutionResult run() {
    return run("_start");
  }

  /// Instantiates the module and calls the exported function, which takes and returns nothing.
  ///
  /// An exception that a host function throws, other than [GuestExit] and [GuestTrap], comes out as
  /// it is: it is no outcome of the guest.
  ///
  /// @throws InvalidArgument when there is no such export, or it takes or returns values
  /// @throws Unavailable when this host, not the guest, has run out of stack or heap
  public ExecutionResult run(String entry) {
    requireEntry(entry);
    if (!begun.compareAndSet(false, true)) {
      throw new IllegalStateException("an execution runs once");
    }
    FlatMemory memory = null;
    try {
      memory = EndiveGuest.allocate(program, limits, meter);
      call(entry, memory);
      return new ExecutionResult.Exited(0, meter.settle(memory));
    } catch (GuestExit e) {
      return new ExecutionResult.Exited(e.status(), used(memory));
    } catch (GuestTrap e) {
      return new ExecutionResult.Trapped(e.kind(), e.detail(), used(memory));
    } catch (Meter.Cancellation _) {
      return new ExecutionResult.Cancelled(used(memory));
    }
  }

  private void call(String entry, FlatMemory memory) {
    try {
      Instance instance = new EndiveGuest<>(program, context, memory).instantiate();
      long[] _ = EndiveGuest.call(instance, entry);
    } catch (OutOfMemoryError e) {
      throw new Unavailable("this host has no heap left for the guest's memory", e);
    }
  }

  private long used(@Nullable FlatMemory memory) {
    return memory == null ? 0 : meter.used(memory);
  }

  private void requireEntry(String entry) {
    Signature signature = program.module().shape().exports().get(entry);
    if (signature == null) {
      throw new InvalidArgument("the module exports no function " + entry);
    }
    if (!signature.parameters().isEmpty() || !signature.results().isEmpty()) {
      throw new InvalidArgument(
          "the entry " + entry + " must take and return nothing, found " + signature);
    }
  }

  /// Ends the guest soon, wherever it is in its own code; does nothing after the end.
  ///
  /// Interrupting the guest's thread does the same. A guest that waits inside a host function is
  /// that function's to wake.
  public void cancel() {
    meter.cancel();
  }
}

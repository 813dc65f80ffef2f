package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.LinearMemory;
import io.kogluktualuk.computenode.vm.module.ModuleShape;
import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

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
  /// An exception that a host function throws, other than [GuestExit] and [GuestTrap], comes out
  /// as it is: it is no outcome of the guest.
  ///
  /// @throws InvalidArgument when there is no such export, or it takes or returns values
  /// @throws Unavailable when this host, not the guest, has run out of stack or heap
  public ExecutionResult run(String entry) {
    requireEntry(entry);
    if (!begun.compareAndSet(false, true)) {
      throw new IllegalStateException("an execution runs once");
    }
    EngineGuest guest = null;
    ExecutionResult result;
    try {
      guest = allocate();
      guest.instantiate(limits.callDepth());
      guest.call(entry, limits.callDepth());
      result = new ExecutionResult.Exited(0, meter.settle(guest.cell()));
    } catch (GuestExit e) {
      result = new ExecutionResult.Exited(e.status(), used(guest));
    } catch (GuestTrap e) {
      result = new ExecutionResult.Trapped(e.kind(), e.detail(), used(guest));
    } catch (Meter.Cancellation _) {
      result = new ExecutionResult.Cancelled(used(guest));
    } catch (OutOfMemoryError e) {
      throw new Unavailable("this host has no heap left for the guest's memory", e);
    }
    if (guest != null) {
      program.module().pool().give(guest);
    }
    return result;
  }

  /// An instance, if its initial memory is within the limits.
  private EngineGuest allocate() {
    ModuleShape.MemoryBounds bounds = program.module().shape().memory();
    int pagesMax = (int) (limits.memoryBytes() / LinearMemory.PAGE);
    if (bounds.initialPages() > pagesMax) {
      throw new GuestTrap(
          TrapKind.OUT_OF_MEMORY,
          "initial memory of "
              + bounds.initialPages()
              + " pages exceeds the limit of "
              + pagesMax
              + " pages");
    }
    int maximum = Math.min(pagesMax, bounds.maximumPages());
    return program.module().pool().prepare(program, context, maximum, meter);
  }

  private long used(@Nullable EngineGuest guest) {
    return guest == null ? 0 : meter.used(guest.cell());
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

package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.module.ModuleShape;

/// One instance of a program inside the engine.
///
/// **Threading:** the guest's thread.
final class EndiveGuest<C> implements Guest {

  private final FlatMemory memory;

  EndiveGuest(Program<C> program, C context, FlatMemory memory) {
    this.memory = memory;
  }

  static FlatMemory allocate(Program<?> program, Limits limits, Meter meter) {
    ModuleShape.MemoryBounds bounds = program.module().shape().memory();
    int pagesMax = (int) (limits.memoryBytes() / FlatMemory.PAGE_SIZE);
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
    FlatMemory memory = new FlatMemory(bounds.initialPages(), maximum, meter);
    memory.depth = limits.callDepth();
    return memory;
  }

  void call(String entry) {
    throw new UnsupportedOperationException("not yet");
  }

  @Override
  public GuestMemory memory() {
    return memory;
  }

  @Override
  public void chargeFuel(long fuel) {
    memory.charge(fuel);
  }

  @Override
  public long fuelUsed() {
    return memory.meter().used(memory);
  }
}

package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.LinearMemory;
import io.kogluktualuk.fabric.units.ByteCount;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes instances, in memories of former ones of the same module where some are left.
///
/// A memory is what is large in an instance, and it is made clean by the machine alone. All the
/// rest is made anew for each guest: what is in it belongs to compiled code, which may come from
/// another node and is trusted to compute, not to keep guests apart.
///
/// A memory is cleaned by the thread whose guest has ended. The one that was left last is used
/// first, since it is in the caches. Beyond the bounds those go that have waited longest, of
/// whatever module.
///
/// **Threading:** any thread. **Ownership:** a memory belongs to the pool from [#give] to
/// [#prepare], and to one guest otherwise. **Bound:** the bytes of memories that wait, and their
/// number.
final class InstancePool {

  /// None is kept that alone has more than this part of the bytes.
  private static final int SHARE = 8;

  private final long bytesMax;
  private final int countMax;
  private final Map<MachineCode, Deque<Left>> byModule = new HashMap<>();
  private final Set<Left> byAge = new LinkedHashSet<>();
  private long bytes;
  private long hits;
  private long misses;
  private boolean closed;

  /// @param bytesMax of all that wait
  /// @param countMax how many wait; 0 for no pool
  InstancePool(ByteCount bytesMax, int countMax) {
    this.bytesMax = bytesMax.bytes();
    this.countMax = countMax;
  }

  /// Makes all anew.
  static InstancePool none() {
    return new InstancePool(new ByteCount(0), 0);
  }

  /// A memory that waits. Equal only to itself.
  private static final class Left {
    final MachineCode code;
    final LinearMemory memory;
    final long bytes;

    Left(MachineCode code, LinearMemory memory) {
      this.code = code;
      this.memory = memory;
      this.bytes = memory.bytes().length;
    }
  }

  /// An instance that has not begun, with memory of its initial size.
  <C> EngineGuest prepare(Program<C> program, C context, int maximumPages, Meter meter) {
    EngineCode code = program.module().code();
    if (code instanceof MachineCode machine) {
      LinearMemory left = take(machine);
      if (left != null) {
        return machine.prepare(program, context, maximumPages, meter, left);
      }
    }
    return code.prepare(program, context, maximumPages, meter);
  }

  private synchronized @Nullable LinearMemory take(MachineCode code) {
    Deque<Left> same = byModule.get(code);
    if (same == null) {
      misses++;
      return null;
    }
    hits++;
    Left youngest = same.removeLast();
    forget(youngest, same);
    return youngest.memory;
  }

  /// Takes back the memory of a guest that has ended, by itself or not, and has nothing on any
  /// stack any more.
  void give(EngineGuest ended) {
    if (!(ended instanceof MachineGuest<?> guest)) {
      return;
    }
    long size = guest.memoryBytes();
    if (countMax == 0 || size == 0 || size > bytesMax / SHARE) {
      return;
    }
    LinearMemory memory = guest.leave();
    if (memory != null) {
      add(new Left(guest.code(), memory));
    }
  }

  private synchronized void add(Left left) {
    if (closed) {
      return;
    }
    byModule.computeIfAbsent(left.code, _ -> new ArrayDeque<>()).addLast(left);
    byAge.add(left);
    bytes += left.bytes;
    while (bytes > bytesMax || byAge.size() > countMax) {
      Left oldest = byAge.iterator().next();
      Deque<Left> same = Objects.requireNonNull(byModule.get(oldest.code));
      same.removeFirst();
      forget(oldest, same);
    }
  }

  private void forget(Left removed, Deque<Left> same) {
    byAge.remove(removed);
    bytes -= removed.bytes;
    if (same.isEmpty()) {
      byModule.remove(removed.code);
    }
  }

  synchronized PoolFigures figures() {
    return new PoolFigures(hits, misses, byAge.size(), bytes);
  }

  synchronized void close() {
    closed = true;
    byModule.clear();
    byAge.clear();
    bytes = 0;
  }
}

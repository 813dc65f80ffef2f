package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/// Compiled modules by hash: each compiled once, least recently used dropped first.
///
/// **Threading:** any thread. **Bound:** the sum of module lengths, though always one may stay.
final class ModuleCache {

  private final long bytesMax;
  private final Map<Hash, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;
  private boolean closed;

  ModuleCache(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  private record Slot(FutureTask<CompiledModule> task, long length) {}

  /// The module under `hash`, made by `compiler` when this is the first to ask. A failure is told
  /// to all who wait and not kept: bytes that fail are cheap to refuse again.
  CompiledModule get(Hash hash, long length, Supplier<CompiledModule> compiler) {
    FutureTask<CompiledModule> task = find(hash, length, compiler);
    task.run(); // Does nothing when it has run or is running elsewhere.
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AlreadyClosed("interrupted while module " + hash.toShortHex() + " is compiled", e);
    } catch (ExecutionException e) {
      remove(hash, task);
      if (e.getCause() instanceof FabricException fault) {
        throw fault;
      }
      throw new IllegalStateException("compiling module " + hash + " failed", e.getCause());
    }
  }

  private synchronized FutureTask<CompiledModule> find(
      Hash hash, long length, Supplier<CompiledModule> compiler) {
    if (closed) {
      throw new AlreadyClosed("the virtual machine is closed");
    }
    Slot slot = slots.get(hash);
    if (slot == null) {
      slot = new Slot(new FutureTask<>(compiler::get), length);
      slots.put(hash, slot);
      bytes += length;
      evict();
    }
    return slot.task();
  }

  private void evict() {
    Iterator<Slot> oldest = slots.values().iterator();
    while (bytes > bytesMax && slots.size() > 1) {
      bytes -= oldest.next().length();
      oldest.remove();
    }
  }

  private synchronized void remove(Hash hash, FutureTask<CompiledModule> failed) {
    Slot slot = slots.get(hash);
    if (slot != null && slot.task() == failed) {
      slots.remove(hash);
      bytes -= slot.length();
    }
  }

  synchronized void close() {
    closed = true;
    slots.clear();
    bytes = 0;
  }

  synchronized int size() {
    return slots.size();
  }
}

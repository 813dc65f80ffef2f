package io.kogluktualuk.fabric.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Starts a program with `posix_spawn` and waits for it with `waitpid`: what a subtransaction
/// replaces. Called directly, because the JDK's own process start adds a helper program.
///
/// **Threading:** one thread. **Ownership:** its native strings live until [#close].
final class PosixSpawn implements AutoCloseable {

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle SPAWN =
      LINKER.downcallHandle(
          symbol("posix_spawn"),
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS));
  private static final MethodHandle WAIT =
      LINKER.downcallHandle(
          symbol("waitpid"),
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT));

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment path;
  private final MemorySegment argv;
  private final MemorySegment environment;
  private final MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
  private final MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);

  PosixSpawn(String program) {
    path = arena.allocateFrom(program);
    argv = arena.allocate(ValueLayout.ADDRESS, 2);
    argv.setAtIndex(ValueLayout.ADDRESS, 0, path);
    environment = arena.allocate(ValueLayout.ADDRESS, 1);
  }

  /// Runs the program once, to its end.
  void run() {
    try {
      int error =
          (int)
              SPAWN.invokeExact(
                  pid, path, MemorySegment.NULL, MemorySegment.NULL, argv, environment);
      int id = pid.get(ValueLayout.JAVA_INT, 0);
      if (error != 0 || (int) WAIT.invokeExact(id, status, 0) != id) {
        throw new IllegalStateException("posix_spawn failed with error " + error);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  private static MemorySegment symbol(String name) {
    return SymbolLookup.libraryLookup("libc.so.6", Arena.global()).findOrThrow(name);
  }
}

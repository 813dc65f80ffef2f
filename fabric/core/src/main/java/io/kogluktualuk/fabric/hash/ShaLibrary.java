package io.kogluktualuk.fabric.hash;

import io.kogluktualuk.fabric.library.NativeResource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// The functions of `src/main/c/sha256.c`: blocks of one, two or three streams at once.
///
/// There are none when the build had no C compiler, when the processor lacks the SHA extensions,
/// when this process may not call native code, or with `-Dkog.sha256=java`: then the JDK's digest
/// does it.
///
/// **Threading:** any thread. Calls are *critical*: a collection of garbage waits for them, so
/// callers pass at most [#STEP_BLOCKS] at a time, some 10 µs a stream.
final class ShaLibrary {

  static final int BLOCK_BYTES = 64;
  static final int STEP_BLOCKS = 256;

  private static final String PROPERTY = "kog.sha256";
  private static final String NAME = "libkog-sha256.so";

  private static final @Nullable SymbolLookup SYMBOLS = symbols();

  /// Whether the functions may be called.
  static final boolean IS_USABLE = SYMBOLS != null;

  private static final @Nullable MethodHandle ONE = function("kog_sha256_one", 1);
  private static final @Nullable MethodHandle TWO = function("kog_sha256_two", 2);
  private static final @Nullable MethodHandle THREE = function("kog_sha256_three", 3);

  private ShaLibrary() {}

  static void blocks(MemorySegment state, MemorySegment bytes, long blocks) {
    try {
      required(ONE).invokeExact(state, bytes, blocks);
    } catch (Throwable e) {
      throw refused(e);
    }
  }

  static void blocks(
      MemorySegment state0,
      MemorySegment bytes0,
      MemorySegment state1,
      MemorySegment bytes1,
      long blocks) {
    try {
      required(TWO).invokeExact(state0, bytes0, state1, bytes1, blocks);
    } catch (Throwable e) {
      throw refused(e);
    }
  }

  static void blocks(
      MemorySegment state0,
      MemorySegment bytes0,
      MemorySegment state1,
      MemorySegment bytes1,
      MemorySegment state2,
      MemorySegment bytes2,
      long blocks) {
    try {
      required(THREE).invokeExact(state0, bytes0, state1, bytes1, state2, bytes2, blocks);
    } catch (Throwable e) {
      throw refused(e);
    }
  }

  private static MethodHandle required(@Nullable MethodHandle function) {
    if (function == null) {
      throw new IllegalStateException("there is no native SHA-256 here");
    }
    return function;
  }

  private static IllegalStateException refused(Throwable e) {
    return new IllegalStateException("native SHA-256 failed", e);
  }

  private static @Nullable SymbolLookup symbols() {
    if ("java".equals(System.getProperty(PROPERTY))) {
      return null;
    }
    try {
      return NativeResource.use(
              ShaLibrary.class, NAME, file -> SymbolLookup.libraryLookup(file, Arena.global()))
          .filter(ShaLibrary::isUsable)
          .orElse(null);
    } catch (IOException | IllegalArgumentException | IllegalCallerException e) {
      return null; // cannot be unpacked, mapped or called here: the JDK's digest is right, too
    }
  }

  private static boolean isUsable(SymbolLookup symbols) {
    MethodHandle usable =
        Linker.nativeLinker()
            .downcallHandle(
                symbols.findOrThrow("kog_sha256_usable"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT));
    try {
      return (int) usable.invokeExact() != 0;
    } catch (Throwable e) {
      throw refused(e);
    }
  }

  private static @Nullable MethodHandle function(String name, int streams) {
    if (SYMBOLS == null) {
      return null;
    }
    FunctionDescriptor type = FunctionDescriptor.ofVoid();
    for (int i = 0; i < streams; i++) {
      type = type.appendArgumentLayouts(ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    }
    return Linker.nativeLinker()
        .downcallHandle(
            SYMBOLS.findOrThrow(name),
            type.appendArgumentLayouts(ValueLayout.JAVA_LONG),
            Linker.Option.critical(true));
  }
}

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

/// The functions of `src/main/c`: blocks of one, two or three streams at once with the SHA
/// extensions, of sixteen with AVX-512.
///
/// There are none when the build had no C compiler, when the processor lacks the SHA extensions,
/// when this process may not call native code, or with `-Dkog.sha256=java`: then the JDK's digest
/// does it. With `-Dkog.sha256=narrow`, or without AVX-512, there are those of up to three streams.
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

  /// Whether [#wide] may be called.
  static final boolean IS_WIDE = SYMBOLS != null && isWide(SYMBOLS);

  private static final @Nullable MethodHandle ONE = function("kog_sha256_one", streams(1));
  private static final @Nullable MethodHandle TWO = function("kog_sha256_two", streams(2));
  private static final @Nullable MethodHandle THREE = function("kog_sha256_three", streams(3));

  private static final @Nullable MethodHandle WIDE =
      function(
          "kog_sha256_wide",
          FunctionDescriptor.ofVoid(
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG));

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

  /// Blocks of sixteen streams.
  ///
  /// @param states the first word of all streams, then the second of all, to the eighth
  /// @param bytes of the streams, one behind the other
  /// @param stride from the bytes of one stream to those of the next
  static void wide(MemorySegment states, MemorySegment bytes, long stride, long blocks) {
    try {
      required(WIDE).invokeExact(states, bytes, stride, blocks);
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
          .filter(symbols -> says(symbols, "kog_sha256_usable"))
          .orElse(null);
    } catch (IOException | IllegalArgumentException | IllegalCallerException e) {
      return null; // cannot be unpacked, mapped or called here: the JDK's digest is right, too
    }
  }

  private static boolean isWide(SymbolLookup symbols) {
    return !"narrow".equals(System.getProperty(PROPERTY))
        && says(symbols, "kog_sha256_wide_usable");
  }

  private static boolean says(SymbolLookup symbols, String question) {
    MethodHandle answer =
        Linker.nativeLinker()
            .downcallHandle(
                symbols.findOrThrow(question), FunctionDescriptor.of(ValueLayout.JAVA_INT));
    try {
      return (int) answer.invokeExact() != 0;
    } catch (Throwable e) {
      throw refused(e);
    }
  }

  private static FunctionDescriptor streams(int count) {
    FunctionDescriptor type = FunctionDescriptor.ofVoid();
    for (int i = 0; i < count; i++) {
      type = type.appendArgumentLayouts(ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    }
    return type.appendArgumentLayouts(ValueLayout.JAVA_LONG);
  }

  private static @Nullable MethodHandle function(String name, FunctionDescriptor type) {
    return SYMBOLS == null || SYMBOLS.find(name).isEmpty()
        ? null
        : Linker.nativeLinker()
            .downcallHandle(SYMBOLS.findOrThrow(name), type, Linker.Option.critical(true));
  }
}

package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.fabric.fault.InvalidArgument;

/// What one execution may use.
///
/// @param fuel instructions, at most [#FUEL_MAX]
/// @param memoryBytes size of the linear memory; rounded down to whole pages of 64 KiB
/// @param callDepth nested calls, where a function with a large frame counts as several; see
///     `Metering`
public record Limits(long fuel, long memoryBytes, int callDepth) {

  /// 2^62: more than a century of one core, and sums with it do not overflow.
  public static final long FUEL_MAX = 1L << 62;

  /// 1 GiB: the flat array behind a memory is at most 2 GiB long and is copied when it grows.
  public static final long MEMORY_BYTES_MAX = 1L << 30;

  /// What fits, with room for host functions, the stack of threads in a JVM started with `-Xss8m`,
  /// as all of the project are; virtual threads have as much. In the worst mixture of interpreted
  /// and compiled code 270 bytes per unit were seen, of 419 that there are.
  public static final int CALL_DEPTH_MAX = 20_000;

  public Limits {
    require("fuel", fuel, FUEL_MAX);
    require("memoryBytes", memoryBytes, MEMORY_BYTES_MAX);
    require("callDepth", callDepth, CALL_DEPTH_MAX);
  }

  private static void require(String name, long value, long max) {
    if (value < 0 || value > max) {
      throw new InvalidArgument(
          "limit " + name + " is out of range: expected 0 to " + max + ", found " + value);
    }
  }

  /// 100 billion instructions, 256 MiB, the full call depth.
  public static Limits defaults() {
    return new Limits(100_000_000_000L, 256L << 20, CALL_DEPTH_MAX);
  }
}

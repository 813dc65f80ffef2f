package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.run.Invoker.Value;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Vectors in scripts of the official test suite: a list of lanes as text.
final class SpecVectors {

  private SpecVectors() {}

  private static int width(Map<String, Object> vector) {
    return Integer.parseInt(String.valueOf(vector.get("lane_type")).substring(1));
  }

  @SuppressWarnings("unchecked") // The shape of the file, which wabt documents.
  private static List<String> lanes(Map<String, Object> vector) {
    return (List<String>) Objects.requireNonNull(vector.get("value"));
  }

  static Value value(Map<String, Object> vector) {
    long[] halves = new long[2];
    int width = width(vector);
    List<String> lanes = lanes(vector);
    for (int i = 0; i < lanes.size(); i++) {
      int bit = i * width;
      halves[bit / 64] |= bits(lanes.get(i), width) << bit % 64;
    }
    return new Value(halves[0], halves[1], null);
  }

  private static long bits(String lane, int width) {
    long value = lane.startsWith("-") ? Long.parseLong(lane) : Long.parseUnsignedLong(lane);
    return value & mask(width);
  }

  private static long mask(int width) {
    return -1L >>> 64 - width;
  }

  static boolean matches(Map<String, Object> expected, Value found) {
    int width = width(expected);
    List<String> lanes = lanes(expected);
    for (int i = 0; i < lanes.size(); i++) {
      int bit = i * width;
      long lane = (bit < 64 ? found.bits() : found.upper()) >>> bit % 64 & mask(width);
      if (!matches(lanes.get(i), lane, width)) {
        return false;
      }
    }
    return true;
  }

  /// Arithmetic that makes a NaN makes the canonical one; a NaN that was given may be returned.
  private static boolean matches(String expected, long lane, int width) {
    if (expected.startsWith("nan:")) {
      return width == 32
          ? Float.isNaN(Float.intBitsToFloat((int) lane))
          : Double.isNaN(Double.longBitsToDouble(lane));
    }
    return bits(expected, width) == lane;
  }
}

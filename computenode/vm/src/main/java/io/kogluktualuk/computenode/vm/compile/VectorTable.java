package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.machine.DoubleLanes;
import io.kogluktualuk.computenode.vm.machine.FloatLanes;
import io.kogluktualuk.computenode.vm.machine.LaneShapes;
import io.kogluktualuk.computenode.vm.machine.Lanes;
import java.lang.constant.ClassDesc;
import org.jspecify.annotations.Nullable;

/// Which method of the machine computes a vector instruction, and from what.
///
/// **Threading:** immutable once made.
final class VectorTable {

  /// What a method is given. An upper-case letter is a vector, *half* one of its halves.
  enum Form {
    /// half A.
    UNARY,
    /// half A, half B.
    BINARY,
    /// half A, and a number.
    SHIFT,
    /// Both halves of A; gives a number.
    TEST,
    /// Both halves of A give the lower half, those of B the upper.
    NARROW,
    /// Both halves of A give the lower half; the upper is zero.
    PACK,
    /// The lower half of A, and which 32 bits of it: 0 for the lower half, 32 for the upper.
    WIDEN_LOWER,
    /// The upper half of A, and which 32 bits of it.
    WIDEN_UPPER,
    /// The lower halves of A and B, and which 32 bits of them.
    PRODUCT_LOWER,
    /// The upper halves of A and B, and which 32 bits of them.
    PRODUCT_UPPER
  }

  /// @param high the highest bit of each lane, given to the method as its last argument; or 0
  record Entry(Form form, ClassDesc owner, String method, long high) {}

  static final VectorTable INSTANCE = new VectorTable();

  private static final long HIGH_8 = 0x8080_8080_8080_8080L;
  private static final long HIGH_16 = 0x8000_8000_8000_8000L;
  private static final long HIGH_32 = 0x8000_0000_8000_0000L;
  private static final long HIGH_64 = 1L << 63;

  private static final String COMPARISONS =
      "equal notEqual less lessUnsigned greater greaterUnsigned lessOrEqual lessOrEqualUnsigned"
          + " greaterOrEqual greaterOrEqualUnsigned";
  private static final String FLOAT_COMPARISONS =
      "equal notEqual less greater lessOrEqual greaterOrEqual";
  private static final String EXTREMES = "least leastUnsigned greatest greatestUnsigned";
  private static final String SUMS =
      "add addSaturating addSaturatingUnsigned subtract subtractSaturating"
          + " subtractSaturatingUnsigned";
  private static final String SHIFTS = "shiftLeft shiftRight shiftRightUnsigned";
  private static final String SIGNS = "absolute negate";
  private static final String FLOAT_SIGNS = "clearSign flipSign";
  private static final String FLOAT_ARITHMETIC =
      "add subtract multiply divide least greatest leastOf greatestOf";

  private final @Nullable Entry[] entries = new Entry[256];

  private VectorTable() {
    bytes();
    shorts();
    ints();
    longs();
    floats();
    conversions();
  }

  @Nullable Entry find(int number) {
    return entries[number];
  }

  private void lanes(int first, Form form, long high, String methods) {
    put(first, form, Lanes.class, high, methods);
  }

  private void shapes(int first, Form form, String methods) {
    put(first, form, LaneShapes.class, 0, methods);
  }

  private void put(int first, Form form, Class<?> owner, long high, String methods) {
    int number = first;
    for (String method : methods.split(" ", -1)) {
      entries[number++] = new Entry(form, JvmTypes.of(owner), method, high);
    }
  }

  private void bytes() {
    lanes(35, Form.BINARY, HIGH_8, COMPARISONS);
    lanes(96, Form.UNARY, HIGH_8, SIGNS);
    lanes(98, Form.UNARY, 0, "countBits");
    lanes(99, Form.TEST, HIGH_8, "allTrue bits");
    shapes(101, Form.NARROW, "narrowShorts narrowShortsUnsigned");
    lanes(107, Form.SHIFT, HIGH_8, SHIFTS);
    lanes(110, Form.BINARY, HIGH_8, SUMS);
    lanes(118, Form.BINARY, HIGH_8, EXTREMES);
    lanes(123, Form.BINARY, HIGH_8, "averageUnsigned");
  }

  private void shorts() {
    lanes(45, Form.BINARY, HIGH_16, COMPARISONS);
    shapes(124, Form.UNARY, "addPairsOfBytes addPairsOfBytesUnsigned");
    lanes(128, Form.UNARY, HIGH_16, SIGNS);
    shapes(130, Form.BINARY, "multiplyRounding");
    lanes(131, Form.TEST, HIGH_16, "allTrue bits");
    shapes(133, Form.NARROW, "narrowInts narrowIntsUnsigned");
    widening(135, "widenBytes");
    lanes(139, Form.SHIFT, HIGH_16, SHIFTS);
    lanes(142, Form.BINARY, HIGH_16, SUMS);
    lanes(149, Form.BINARY, HIGH_16, "multiply " + EXTREMES);
    lanes(155, Form.BINARY, HIGH_16, "averageUnsigned");
    products(156, "multiplyBytes");
  }

  private void ints() {
    lanes(55, Form.BINARY, HIGH_32, COMPARISONS);
    shapes(126, Form.UNARY, "addPairsOfShorts addPairsOfShortsUnsigned");
    lanes(160, Form.UNARY, HIGH_32, SIGNS);
    lanes(163, Form.TEST, HIGH_32, "allTrue bits");
    widening(167, "widenShorts");
    lanes(171, Form.SHIFT, HIGH_32, SHIFTS);
    lanes(174, Form.BINARY, HIGH_32, "add");
    lanes(177, Form.BINARY, HIGH_32, "subtract");
    lanes(181, Form.BINARY, HIGH_32, "multiply " + EXTREMES);
    shapes(186, Form.BINARY, "dot");
    products(188, "multiplyShorts");
  }

  private void longs() {
    lanes(83, Form.TEST, 0, "anyTrue");
    lanes(192, Form.UNARY, HIGH_64, SIGNS);
    lanes(195, Form.TEST, HIGH_64, "allTrue bits");
    widening(199, "widenInts");
    lanes(203, Form.SHIFT, HIGH_64, SHIFTS);
    lanes(214, Form.BINARY, HIGH_64, FLOAT_COMPARISONS);
    products(220, "multiplyInts");
  }

  private void widening(int first, String method) {
    shapes(first, Form.WIDEN_LOWER, method);
    shapes(first + 1, Form.WIDEN_UPPER, method);
    shapes(first + 2, Form.WIDEN_LOWER, method + "Unsigned");
    shapes(first + 3, Form.WIDEN_UPPER, method + "Unsigned");
  }

  private void products(int first, String method) {
    shapes(first, Form.PRODUCT_LOWER, method);
    shapes(first + 1, Form.PRODUCT_UPPER, method);
    shapes(first + 2, Form.PRODUCT_LOWER, method + "Unsigned");
    shapes(first + 3, Form.PRODUCT_UPPER, method + "Unsigned");
  }

  private void floats() {
    put(65, Form.BINARY, FloatLanes.class, 0, FLOAT_COMPARISONS);
    put(71, Form.BINARY, DoubleLanes.class, 0, FLOAT_COMPARISONS);
    put(103, Form.UNARY, FloatLanes.class, 0, "ceil floor truncate nearest");
    put(116, Form.UNARY, DoubleLanes.class, 0, "ceil floor");
    put(122, Form.UNARY, DoubleLanes.class, 0, "truncate");
    put(148, Form.UNARY, DoubleLanes.class, 0, "nearest");
    lanes(224, Form.UNARY, HIGH_32, FLOAT_SIGNS);
    put(227, Form.UNARY, FloatLanes.class, 0, "squareRoot");
    put(228, Form.BINARY, FloatLanes.class, 0, FLOAT_ARITHMETIC);
    lanes(236, Form.UNARY, HIGH_64, FLOAT_SIGNS);
    put(239, Form.UNARY, DoubleLanes.class, 0, "squareRoot");
    put(240, Form.BINARY, DoubleLanes.class, 0, FLOAT_ARITHMETIC);
  }

  private void conversions() {
    put(94, Form.PACK, FloatLanes.class, 0, "ofDoubles");
    put(95, Form.WIDEN_LOWER, DoubleLanes.class, 0, "ofFloat");
    put(248, Form.UNARY, FloatLanes.class, 0, "toInts toUnsignedInts ofInts ofUnsignedInts");
    put(252, Form.PACK, DoubleLanes.class, 0, "toInts toUnsignedInts");
    put(254, Form.WIDEN_LOWER, DoubleLanes.class, 0, "ofInt ofUnsignedInt");
  }
}

package io.kogluktualuk.computenode.vm.module;

/// What instructions without control take and give: tables by opcode.
///
/// All operands of a numeric instruction have one type.
final class PlainTypes {

  static final int NUMERIC_FIRST = 0x45;
  static final int NUMERIC_LAST = 0xC4;
  static final int LOAD_FIRST = 0x28;
  static final int STORE_FIRST = 0x36;
  static final int STORE_LAST = 0x3E;

  /// Runs of instructions of one type: operands, `>`, result, times; in order of opcodes.
  private static final String NUMERIC =
      "i>i1 ii>i10 I>i1 II>i10 ff>i6 FF>i6 i>i3 ii>i15 I>I3 II>I15 f>f7 ff>f7 F>F7 FF>F7"
          + " I>i1 f>i2 F>i2 i>I2 f>I2 F>I2 i>f2 I>f2 F>f1 i>F2 I>F2 f>F1 f>i1 F>I1 i>f1 I>F1"
          + " i>i2 I>I3";

  /// Saturating conversions, after [Instructions#EXTENDED].
  private static final String SATURATING = "f>i2 F>i2 f>I2 F>I2";

  /// Type and greatest alignment, as a power of two, of each load, then of each store.
  private static final String ACCESS = "i2I3f2F3i0i0i1i1I0I0I1I1I2I2" + "i2I3f2F3i0i1I0I1I2";

  private static final byte[] COUNT = new byte[256];
  private static final byte[] OPERAND = new byte[256];
  private static final byte[] RESULT = new byte[256];
  private static final byte[] SATURATING_OPERAND = new byte[8];
  private static final byte[] SATURATING_RESULT = new byte[8];
  private static final byte[] ACCESSED = new byte[ACCESS.length() / 2];
  private static final byte[] ALIGNMENT = new byte[ACCESS.length() / 2];

  static {
    fill(NUMERIC, NUMERIC_FIRST, COUNT, OPERAND, RESULT);
    fill(SATURATING, 0, new byte[8], SATURATING_OPERAND, SATURATING_RESULT);
    for (int i = 0; i < ACCESSED.length; i++) {
      ACCESSED[i] = typeOf(ACCESS.charAt(2 * i));
      ALIGNMENT[i] = (byte) (ACCESS.charAt(2 * i + 1) - '0');
    }
  }

  private PlainTypes() {}

  private static void fill(String runs, int first, byte[] counts, byte[] operands, byte[] results) {
    int opcode = first;
    for (String run : runs.split(" ", -1)) {
      int arrow = run.indexOf('>');
      for (int i = Integer.parseInt(run.substring(arrow + 2)); i > 0; i--) {
        counts[opcode] = (byte) arrow;
        operands[opcode] = typeOf(run.charAt(0));
        results[opcode++] = typeOf(run.charAt(arrow + 1));
      }
    }
  }

  private static byte typeOf(char letter) {
    return switch (letter) {
      case 'i' -> Types.I32;
      case 'I' -> Types.I64;
      case 'f' -> Types.F32;
      case 'F' -> Types.F64;
      default -> throw new IllegalArgumentException("no number has the letter " + letter);
    };
  }

  /// How many operands a numeric instruction takes: one or two.
  static int count(int opcode) {
    return COUNT[opcode];
  }

  static byte operand(int opcode) {
    return OPERAND[opcode];
  }

  static byte result(int opcode) {
    return RESULT[opcode];
  }

  static byte saturatingOperand(int number) {
    return SATURATING_OPERAND[number];
  }

  static byte saturatingResult(int number) {
    return SATURATING_RESULT[number];
  }

  /// The type that a load gives or a store takes.
  static byte accessed(int opcode) {
    return ACCESSED[opcode - LOAD_FIRST];
  }

  /// The greatest alignment that a load or store may promise, as a power of two.
  static int alignment(int opcode) {
    return ALIGNMENT[opcode - LOAD_FIRST];
  }
}

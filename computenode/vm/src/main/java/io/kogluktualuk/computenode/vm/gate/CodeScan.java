package io.kogluktualuk.computenode.vm.gate;

import io.kogluktualuk.computenode.vm.gate.ParsedClass.ParsedMethod;

/// Goes through the instructions of a method once.
///
/// Refused are all that the compiler never writes and that could do more than compute: `new`,
/// `invokedynamic`, `invokeinterface`, `instanceof`, monitors, arrays of other types, constants
/// other than numbers and text. Those that name a field, method or class must name one that the
/// [Permits] allow them. Whatever else is wrong with the code, the JVM's verifier finds.
///
/// **Threading:** one thread.
final class CodeScan {

  private static final int LDC = 18;
  private static final int LDC_W = 19;
  private static final int LDC2_W = 20;
  private static final int TABLESWITCH = 170;
  private static final int LOOKUPSWITCH = 171;
  private static final int NEWARRAY = 188;
  private static final int ANEWARRAY = 189;
  private static final int CHECKCAST = 192;
  private static final int WIDE = 196;
  private static final int OF_LONGS = 11;

  private static final byte REFUSED = -1;
  private static final byte VARIABLE = 0;

  /// Added to the length of an instruction that names a constant or type.
  private static final int NAMES = 64;

  /// How many bytes each instruction takes.
  private static final byte[] LENGTHS = lengths();

  private final ClassCursor cursor;
  private final Permits permits;

  CodeScan(ClassCursor cursor, Permits permits) {
    this.cursor = cursor;
    this.permits = permits;
  }

  private static byte[] lengths() {
    byte[] lengths = new byte[256];
    java.util.Arrays.fill(lengths, REFUSED);
    fill(lengths, 0, 15, 1); // constants
    fill(lengths, 16, 16, 2);
    fill(lengths, 17, 17, 3);
    fill(lengths, LDC, LDC, NAMES + 2);
    fill(lengths, LDC_W, LDC2_W, NAMES + 3);
    fill(lengths, 21, 25, 2); // variables and arrays
    fill(lengths, 26, 53, 1);
    fill(lengths, 54, 58, 2);
    fill(lengths, 59, 86, 1);
    fill(lengths, 87, 131, 1); // the stack, arithmetic
    fill(lengths, 132, 132, 3);
    fill(lengths, 133, 152, 1);
    fill(lengths, 153, 167, 3); // branches
    fill(lengths, TABLESWITCH, LOOKUPSWITCH, VARIABLE);
    fill(lengths, 172, 177, 1);
    fill(lengths, Permits.GETSTATIC, Permits.INVOKESTATIC, NAMES + 3);
    fill(lengths, NEWARRAY, NEWARRAY, NAMES + 2);
    fill(lengths, ANEWARRAY, ANEWARRAY, NAMES + 3);
    fill(lengths, 191, 191, 1); // athrow
    fill(lengths, CHECKCAST, CHECKCAST, NAMES + 3);
    fill(lengths, WIDE, WIDE, VARIABLE);
    fill(lengths, 198, 199, 3);
    fill(lengths, 200, 200, 5);
    return lengths;
  }

  private static void fill(byte[] lengths, int first, int last, int length) {
    java.util.Arrays.fill(lengths, first, last + 1, (byte) length);
  }

  void scan(ParsedMethod method) {
    byte[] bytes = cursor.bytes();
    int at = method.start();
    while (at < method.end()) {
      int opcode = bytes[at] & 0xFF;
      int entry = LENGTHS[opcode];
      boolean names = entry > NAMES;
      int length = names ? entry - NAMES : entry;
      if (length == VARIABLE) {
        length = variableLength(method, opcode, at);
      }
      if (length <= 0 || length > method.end() - at) {
        throw refused(method, at, "instruction " + opcode);
      }
      if (names && !isPermitted(opcode, at)) {
        throw refused(method, at, "what instruction " + opcode + " names");
      }
      at += length;
    }
  }

  private boolean isPermitted(int opcode, int at) {
    return switch (opcode) {
      case LDC -> permits.isShort(cursor.bytes()[at + 1] & 0xFF);
      case LDC_W -> permits.isShort(cursor.u2At(at + 1));
      case LDC2_W -> permits.isLong(cursor.u2At(at + 1));
      case NEWARRAY -> cursor.bytes()[at + 1] == OF_LONGS;
      case ANEWARRAY -> permits.isElement(cursor.u2At(at + 1));
      case CHECKCAST -> permits.isCastTo(cursor.u2At(at + 1));
      default -> permits.allows(opcode, cursor.u2At(at + 1));
    };
  }

  /// Of a switch or a wide instruction; 0 when it has none.
  private int variableLength(ParsedMethod method, int opcode, int at) {
    if (opcode == WIDE) {
      int wide = method.end() - at > 1 ? cursor.bytes()[at + 1] & 0xFF : 0;
      boolean isVariable = wide >= 21 && wide <= 25 || wide >= 54 && wide <= 58;
      return isVariable ? 4 : wide == 132 ? 6 : 0;
    }
    int table = at + 4 - (at - method.start()) % 4;
    int fixed = opcode == TABLESWITCH ? 12 : 8;
    if (table > method.end() - fixed) {
      return 0;
    }
    long entries =
        opcode == TABLESWITCH
            ? (long) cursor.intAt(table + 8) - cursor.intAt(table + 4) + 1
            : 2L * cursor.intAt(table + 4);
    boolean fits = entries >= 0 && entries <= (method.end() - table - fixed) / 4;
    return fits ? table - at + fixed + (int) (4 * entries) : 0;
  }

  private RuntimeException refused(ParsedMethod method, int at, String what) {
    return cursor.refused("method " + method.name() + " at " + (at - method.start()) + ": " + what);
  }
}

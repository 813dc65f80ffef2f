package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Every floating-point instruction, on operands of which many are NaN of all kinds, in code that
/// is first interpreted, then compiled: the bits are always those that Java computes, with each NaN
/// made by arithmetic replaced by the canonical one.
final class CanonicalNanTest {

  private static final long NAN = 0x7FF8_0000_0000_0000L;
  private static final int NAN_32 = 0x7FC0_0000;
  private static final long[] SPECIAL = {
    0L,
    1L << 63,
    0x7FF0_0000_0000_0000L,
    0xFFF0_0000_0000_0000L,
    NAN,
    0xFFF8_0000_0000_0000L,
    0x7FF0_0000_0000_0001L,
    0xFFFF_FFFF_FFFF_FFFFL,
    0x7F80_0001L,
    0xFFC0_1234L,
    0x7F80_0000L,
    0xFF80_0000L,
    0x7FFF_FFFFL
  };

  /// The operands of the current operation and how far the guest is.
  private static final class Trial {
    final RandomGenerator random;
    long left;
    long right;
    int index;

    Trial(RandomGenerator random) {
      this.random = random;
    }
  }

  private static final HostImports<Trial> HOST =
      HostImports.<Trial>builder()
          .function("host", "pick", "i>I", (trial, _, arguments) -> pick(trial, arguments[0]))
          .function("host", "number", "I>", (trial, _, arguments) -> check(trial, arguments[0]))
          .build();

  private static long pick(Trial trial, long which) {
    long value =
        trial.random.nextInt(3) == 0
            ? trial.random.nextLong()
            : SPECIAL[trial.random.nextInt(SPECIAL.length)];
    if ((int) which == 0) {
      trial.left = value;
    } else {
      trial.right = value;
    }
    return value;
  }

  private static long check(Trial trial, long found) {
    int operation = trial.index++ % 26;
    long expected = expected(operation, trial.left, trial.right);
    assertEquals(
        Long.toHexString(expected),
        Long.toHexString(found),
        () ->
            "operation "
                + operation
                + " of "
                + Long.toHexString(trial.left)
                + " and "
                + Long.toHexString(trial.right)
                + ", after "
                + trial.index);
    return 0;
  }

  private static long expected(int operation, long a, long b) {
    if (operation < 11) {
      return single(operation, Float.intBitsToFloat((int) a), Float.intBitsToFloat((int) b));
    }
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    return switch (operation) {
      case 22 -> bits((float) x);
      case 23 -> bits((double) Float.intBitsToFloat((int) a));
      case 24 -> bits(x * y + y);
      case 25 -> a | 1L << 63;
      default -> bits(arithmetic(operation - 11, x, y));
    };
  }

  /// In double precision every one of these is exact enough to round to the right single.
  private static long single(int operation, float x, float y) {
    return bits((float) arithmetic(operation, x, y));
  }

  private static double arithmetic(int operation, double x, double y) {
    return switch (operation) {
      case 0 -> x + y;
      case 1 -> x - y;
      case 2 -> x * y;
      case 3 -> x / y;
      case 4 -> Math.min(x, y);
      case 5 -> Math.max(x, y);
      case 6 -> Math.ceil(x);
      case 7 -> Math.floor(x);
      case 8 -> x < 0 ? Math.ceil(x) : Math.floor(x);
      case 9 -> Math.rint(x);
      case 10 -> Math.sqrt(x);
      default -> throw new AssertionError(operation);
    };
  }

  private static long bits(double value) {
    return Double.isNaN(value) ? NAN : Double.doubleToRawLongBits(value);
  }

  private static long bits(float value) {
    return (Float.isNaN(value) ? NAN_32 : Float.floatToRawIntBits(value)) & 0xFFFF_FFFFL;
  }

  @Test
  void makesEveryNanCanonical() {
    assertEquals("i>I", Signature.parse("i>I").toString());
    Vm vm = Vm.open(VmSettings.defaults());
    Program<Trial> program = vm.compile(Guests.wasm("nan")).link(HOST);
    Seeds.run(
        CanonicalNanTest.class,
        5,
        random -> {
          Trial trial = new Trial(random);
          ExecutionResult result = program.prepare(trial, Guests.AMPLE).run();
          assertEquals(ExecutionResult.Exited.class, result.getClass(), result::toString);
          assertEquals(200_000, trial.index);
        });
  }
}

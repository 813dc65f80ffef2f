package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.compile.VectorOps.Vector;
import io.kogluktualuk.computenode.vm.module.ValueType;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.lang.classfile.CodeBuilder;

/// Vector instructions on single lanes: splat, extract, replace.
///
/// The bits of floats can be seen here, so their NaN is made canonical before.
final class LaneOps {

  private LaneOps() {}

  static void emit(MethodContext context, WasmCursor cursor, int number) {
    switch (number) {
      case 15, 16, 17, 18, 19, 20 -> splat(context, number);
      case 23, 26, 28, 30, 32, 34 -> replace(context, number, cursor.readByte());
      default -> extract(context, number, cursor.readByte());
    }
  }

  private static void splat(MethodContext context, int number) {
    OperandStack stack = context.stack;
    stack.settle(1);
    ValueType type = stack.peek(0).type();
    stack.drop(1);
    Results.toBits(context.code, type);
    repeat(context.code, splatWidth(number));
    push(stack);
  }

  private static void push(OperandStack stack) {
    stack.push(ValueType.I64);
    stack.push(ValueType.V128);
  }

  private static int splatWidth(int number) {
    return switch (number) {
      case 15 -> 8;
      case 16 -> 16;
      case 17, 19 -> 32;
      default -> 64;
    };
  }

  /// Fills a vector with the lowest bits of a long.
  static void repeat(CodeBuilder code, int width) {
    if (width < 64) {
      code.loadConstant(mask(width)).land();
      code.loadConstant(Long.divideUnsigned(-1, mask(width))).lmul();
    }
    code.dup2();
  }

  static long mask(int width) {
    return -1L >>> 64 - width;
  }

  private static void extract(MethodContext context, int number, int lane) {
    OperandStack stack = context.stack;
    CodeBuilder code = context.code;
    Vector vector = VectorOps.take(stack, 0);
    stack.flush();
    int width = width(number);
    int bit = lane * width;
    stack.load(bit < 64 ? vector.lower() : vector.upper());
    if ((bit & 63) > 0) {
      code.loadConstant(bit & 63).lushr();
    }
    switch (number) {
      case 21 -> code.l2i().i2b();
      case 22 -> code.l2i().loadConstant(0xFF).iand();
      case 24 -> code.l2i().i2s();
      case 25 -> code.l2i().i2c();
      case 27 -> code.l2i();
      case 31 -> Results.fromBits(code, ValueType.F32);
      case 33 -> Results.fromBits(code, ValueType.F64);
      default -> {}
    }
    stack.push(scalar(number));
  }

  private static int width(int number) {
    return switch (number) {
      case 21, 22, 23 -> 8;
      case 24, 25, 26 -> 16;
      case 27, 28, 31, 32 -> 32;
      default -> 64;
    };
  }

  private static ValueType scalar(int number) {
    return switch (number) {
      case 29, 30 -> ValueType.I64;
      case 31, 32 -> ValueType.F32;
      case 33, 34 -> ValueType.F64;
      default -> ValueType.I32;
    };
  }

  private static void replace(MethodContext context, int number, int lane) {
    OperandStack stack = context.stack;
    Operand value = stack.takeSettled(4);
    Vector vector = VectorOps.take(stack, 0);
    stack.flush();
    replace(
        context,
        vector,
        width(number),
        lane,
        () -> {
          stack.load(value);
          Results.toBits(context.code, value.type());
        });
  }

  /// Pushes the vector with other bits in a lane.
  ///
  /// @param bits writes code that leaves them on the JVM's stack, as the lowest of a long
  static void replace(MethodContext context, Vector vector, int width, int lane, Runnable bits) {
    OperandStack stack = context.stack;
    int bit = lane * width;
    if (bit < 64) {
      replace(context, vector.lower(), width, bit, bits);
      stack.load(vector.upper());
    } else {
      stack.load(vector.lower());
      replace(context, vector.upper(), width, bit - 64, bits);
    }
    push(stack);
  }

  private static void replace(
      MethodContext context, Operand half, int width, int bit, Runnable bits) {
    CodeBuilder code = context.code;
    if (width == 64) {
      bits.run();
      return;
    }
    context.stack.load(half);
    code.loadConstant(~(mask(width) << bit)).land();
    bits.run();
    code.loadConstant(mask(width)).land();
    if (bit > 0) {
      code.loadConstant(bit).lshl();
    }
    code.lor();
  }
}

package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import io.kogluktualuk.computenode.vm.compile.Operand.Place;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/// Comparisons: left as conditions for the branch that usually follows.
final class Comparisons {

  private static final ClassDesc INTEGER = JvmTypes.of(Integer.class);
  private static final ClassDesc LONG = JvmTypes.of(Long.class);

  private Comparisons() {}

  /// Opcodes 0x45 to 0x66.
  static void emit(CodeBuilder code, OperandStack stack, int opcode) {
    if (opcode == 0x45) {
      isZero(stack);
      return;
    }
    int operands = opcode == 0x50 ? 1 : 2;
    stack.require(operands);
    stack.drop(operands);
    stack.pushLater(Operand.condition(compare(code, opcode)));
  }

  private static void isZero(OperandStack stack) {
    if (stack.peek(0).place() == Place.CONDITION) {
      stack.pushLater(Operand.condition(negated(stack.takeCondition())));
      return;
    }
    stack.require(1);
    stack.drop(1);
    stack.pushLater(Operand.condition(Opcode.IFEQ));
  }

  private static Opcode compare(CodeBuilder code, int opcode) {
    return switch (opcode) {
      case 0x46 -> Opcode.IF_ICMPEQ;
      case 0x47 -> Opcode.IF_ICMPNE;
      case 0x48 -> Opcode.IF_ICMPLT;
      case 0x4A -> Opcode.IF_ICMPGT;
      case 0x4C -> Opcode.IF_ICMPLE;
      case 0x4E -> Opcode.IF_ICMPGE;
      case 0x49, 0x4B, 0x4D, 0x4F -> {
        code.invokestatic(INTEGER, "compareUnsigned", MethodTypeDesc.of(CD_int, CD_int, CD_int));
        yield order(opcode - 0x49);
      }
      case 0x50 -> {
        code.lconst_0().lcmp();
        yield Opcode.IFEQ;
      }
      case 0x51, 0x52, 0x53, 0x55, 0x57, 0x59 -> {
        code.lcmp();
        yield opcode == 0x51 ? Opcode.IFEQ : opcode == 0x52 ? Opcode.IFNE : order(opcode - 0x53);
      }
      case 0x54, 0x56, 0x58, 0x5A -> {
        code.invokestatic(LONG, "compareUnsigned", MethodTypeDesc.of(CD_int, CD_long, CD_long));
        yield order(opcode - 0x54);
      }
      default -> opcode <= 0x60 ? single(code, opcode - 0x5B) : twice(code, opcode - 0x61);
    };
  }

  /// Signed and unsigned forms alternate: lt, gt, le, ge.
  private static Opcode order(int distance) {
    return switch (distance) {
      case 0 -> Opcode.IFLT;
      case 2 -> Opcode.IFGT;
      case 4 -> Opcode.IFLE;
      case 6 -> Opcode.IFGE;
      default -> throw new IllegalStateException("no comparison: " + distance);
    };
  }

  /// A NaN compares as what makes the comparison false, or `ne` true.
  private static Opcode single(CodeBuilder code, int which) {
    if (which == 2 || which == 4) {
      code.fcmpg();
    } else {
      code.fcmpl();
    }
    return ofFloats(which);
  }

  private static Opcode twice(CodeBuilder code, int which) {
    if (which == 2 || which == 4) {
      code.dcmpg();
    } else {
      code.dcmpl();
    }
    return ofFloats(which);
  }

  private static Opcode ofFloats(int which) {
    return switch (which) {
      case 0 -> Opcode.IFEQ;
      case 1 -> Opcode.IFNE;
      case 2 -> Opcode.IFLT;
      case 3 -> Opcode.IFGT;
      case 4 -> Opcode.IFLE;
      case 5 -> Opcode.IFGE;
      default -> throw new IllegalStateException("no comparison: " + which);
    };
  }

  /// The branch that is taken when the other is not.
  static Opcode negated(Opcode branch) {
    return switch (branch) {
      case IFEQ -> Opcode.IFNE;
      case IFNE -> Opcode.IFEQ;
      case IFLT -> Opcode.IFGE;
      case IFGE -> Opcode.IFLT;
      case IFGT -> Opcode.IFLE;
      case IFLE -> Opcode.IFGT;
      case IF_ICMPEQ -> Opcode.IF_ICMPNE;
      case IF_ICMPNE -> Opcode.IF_ICMPEQ;
      case IF_ICMPLT -> Opcode.IF_ICMPGE;
      case IF_ICMPGE -> Opcode.IF_ICMPLT;
      case IF_ICMPGT -> Opcode.IF_ICMPLE;
      case IF_ICMPLE -> Opcode.IF_ICMPGT;
      case IFNULL -> Opcode.IFNONNULL;
      case IFNONNULL -> Opcode.IFNULL;
      default -> throw new IllegalStateException("no condition: " + branch);
    };
  }
}

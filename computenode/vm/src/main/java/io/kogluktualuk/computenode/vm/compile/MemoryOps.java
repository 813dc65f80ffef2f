package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_VarHandle;
import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_short;
import static java.lang.constant.ConstantDescs.CD_void;

import io.kogluktualuk.computenode.vm.module.ValueType;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/// Loads and stores.
///
/// The address is checked against the memory's size first, since the array behind the memory may
/// be longer. Both this check and the array's own are of the form that JITs take out of loops and
/// merge for neighbouring fields.
final class MemoryOps {

  private static final ClassDesc OBJECTS = JvmTypes.of(java.util.Objects.class);
  private static final MethodTypeDesc CHECK = MethodTypeDesc.of(CD_int, CD_int, CD_int);
  private static final MethodTypeDesc MAKE =
      MethodTypeDesc.of(JvmTypes.of(IndexOutOfBoundsException.class));

  private MemoryOps() {}

  /// How wide an access of the opcode is, in bytes.
  static int width(int opcode) {
    return switch (opcode) {
      case 0x29, 0x2B, 0x37, 0x39 -> 8;
      case 0x28, 0x2A, 0x34, 0x35, 0x36, 0x38, 0x3E -> 4;
      case 0x2E, 0x2F, 0x32, 0x33, 0x3B, 0x3D -> 2;
      default -> 1;
    };
  }

  static void load(MethodContext context, WasmCursor cursor, int opcode) {
    cursor.readU32();
    long offset = cursor.readU32();
    OperandStack stack = context.stack;
    CodeBuilder code = context.code;
    Operand address = stack.take(0);
    stack.flush();
    requireLow(context, address, offset);
    begin(context, accessor(opcode));
    index(context, address, offset, width(opcode));
    switch (width(opcode)) {
      case 8 -> get(code, opcode == 0x2B ? CD_double : CD_long);
      case 4 -> get(code, opcode == 0x2A ? CD_float : CD_int);
      case 2 -> get(code, CD_short);
      default -> code.baload();
    }
    stack.push(widen(code, opcode));
  }

  static void store(MethodContext context, WasmCursor cursor, int opcode) {
    cursor.readU32();
    long offset = cursor.readU32();
    OperandStack stack = context.stack;
    CodeBuilder code = context.code;
    Operand value = stack.takeSettled(1);
    Operand address = stack.take(0);
    requireLow(context, address, offset);
    begin(context, accessor(opcode));
    index(context, address, offset, width(opcode));
    stack.load(value);
    narrow(code, opcode);
    switch (width(opcode)) {
      case 8 -> set(code, opcode == 0x39 ? CD_double : CD_long);
      case 4 -> set(code, opcode == 0x38 ? CD_float : CD_int);
      case 2 -> set(code, CD_short);
      default -> code.bastore();
    }
  }

  private static void narrow(CodeBuilder code, int opcode) {
    if (opcode >= 0x3C) {
      code.l2i();
    }
    if (width(opcode) == 2) {
      code.i2s();
    }
  }

  private static String accessor(int opcode) {
    return switch (width(opcode)) {
      case 8 -> opcode == 0x2B || opcode == 0x39 ? "DOUBLE" : "LONG";
      case 4 -> opcode == 0x2A || opcode == 0x38 ? "FLOAT" : "INT";
      case 2 -> "SHORT";
      default -> "";
    };
  }

  /// The accessor, when one is needed, and the array.
  static void begin(MethodContext context, String accessor) {
    context.knowMemory();
    if (!accessor.isEmpty()) {
      context.code.getstatic(Machine.ACCESSORS, accessor, CD_VarHandle);
    }
    context.code.aload(context.bytes);
  }

  /// Address and offset are added as numbers of 32 bits, and the sum could wrap: no address with
  /// the highest bit is in any memory.
  ///
  /// Asked before anything for the access is on the JVM's stack: the verifier wants to know at the
  /// label what is there, and to tell it of nothing takes one byte, else one for each variable.
  static void requireLow(MethodContext context, Operand address, long offset) {
    if (offset > 0) {
      CodeBuilder code = context.code;
      Label low = code.newLabel();
      context.stack.load(address);
      code.ifge(low);
      code.invokestatic(Machine.ACCESSORS, "outOfBounds", MAKE).athrow();
      code.labelBinding(low);
    }
  }

  /// Leaves address + offset on the stack, when that many bytes from there are in the memory and
  /// [#requireLow] has been asked.
  static void index(MethodContext context, Operand address, long offset, int width) {
    CodeBuilder code = context.code;
    context.stack.load(address);
    if (offset > 0) {
      code.loadConstant((int) Math.min(offset, Integer.MAX_VALUE)).iadd();
    }
    code.iload(context.size);
    if (width > 1) {
      code.loadConstant(width - 1).isub();
    }
    code.invokestatic(OBJECTS, "checkIndex", CHECK);
  }

  static void get(CodeBuilder code, ClassDesc type) {
    code.invokevirtual(CD_VarHandle, "get", MethodTypeDesc.of(type, Machine.BYTES, CD_int));
  }

  static void set(CodeBuilder code, ClassDesc type) {
    code.invokevirtual(
        CD_VarHandle, "set", MethodTypeDesc.of(CD_void, Machine.BYTES, CD_int, type));
  }

  private static ValueType widen(CodeBuilder code, int opcode) {
    switch (opcode) {
      case 0x28, 0x2C, 0x2E -> {
        return ValueType.I32;
      }
      case 0x2D -> {
        code.loadConstant(0xFF).iand();
        return ValueType.I32;
      }
      case 0x2F -> {
        code.loadConstant(0xFFFF).iand();
        return ValueType.I32;
      }
      case 0x2A -> {
        return ValueType.F32;
      }
      case 0x2B -> {
        return ValueType.F64;
      }
      default -> {
        widenToLong(code, opcode);
        return ValueType.I64;
      }
    }
  }

  private static void widenToLong(CodeBuilder code, int opcode) {
    switch (opcode) {
      case 0x29 -> {}
      case 0x30, 0x32, 0x34 -> code.i2l();
      case 0x31 -> code.loadConstant(0xFF).iand().i2l();
      case 0x33 -> code.loadConstant(0xFFFF).iand().i2l();
      case 0x35 -> code.i2l().loadConstant(0xFFFF_FFFFL).land();
      default -> throw new IllegalStateException("no load: " + opcode);
    }
  }
}

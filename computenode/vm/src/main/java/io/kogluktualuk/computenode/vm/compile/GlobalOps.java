package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import io.kogluktualuk.computenode.vm.machine.SharedGlobal;
import io.kogluktualuk.computenode.vm.module.Constant;
import io.kogluktualuk.computenode.vm.module.GlobalType;
import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/// Globals: fields of the instance. One that is imported and may change is a field with the
/// [SharedGlobal] of all who see it; one that is imported and does not change is copied.
final class GlobalOps {

  private static final ClassDesc SHARED = JvmTypes.of(SharedGlobal.class);
  private static final MethodTypeDesc GLOBAL = MethodTypeDesc.of(SHARED, CD_int);
  private static final MethodTypeDesc GET = MethodTypeDesc.of(CD_long);
  private static final MethodTypeDesc SET = Machine.nothing(CD_long);

  private GlobalOps() {}

  private static boolean isShared(GlobalType global) {
    return global.initial() == null && global.mutable();
  }

  /// The type of its field, of a vector's first.
  static ClassDesc fieldType(GlobalType global) {
    return isShared(global) ? SHARED : JvmTypes.of(global.type());
  }

  static void declare(ClassBuilder builder, GlobalType global, int index) {
    builder.withField(ClassLayout.globalField(index), fieldType(global), ClassFile.ACC_PUBLIC);
    if (global.type() == ValueType.V128) {
      builder.withField(ClassLayout.upperField(index), CD_long, ClassFile.ACC_PUBLIC);
    }
  }

  /// Part of the constructor of the instance.
  static void initialise(CodeBuilder code, GlobalType global, int index) {
    Constant value = global.initial();
    if (value == null) {
      take(code, global, index);
      return;
    }
    if (value.opcode() == Instructions.REF_NULL) {
      return;
    }
    code.aload(0);
    switch (value.opcode()) {
      case Instructions.REF_FUNC -> {
        code.aload(0).loadConstant((int) value.low());
        code.invokevirtual(Machine.INSTANCE, "function", Machine.FUNCTION);
      }
      case Instructions.GLOBAL_GET -> {
        code.aload(0);
        field(code, global, (int) value.low());
      }
      default -> new OperandStack(code).load(Operand.constant(global.type(), value.low()));
    }
    code.putfield(ClassLayout.MODULE, ClassLayout.globalField(index), JvmTypes.of(global.type()));
    if (global.type() == ValueType.V128) {
      code.aload(0);
      if (value.opcode() == Instructions.GLOBAL_GET) {
        code.aload(0);
        code.getfield(ClassLayout.MODULE, ClassLayout.upperField((int) value.low()), CD_long);
      } else {
        code.loadConstant(value.high());
      }
      code.putfield(ClassLayout.MODULE, ClassLayout.upperField(index), CD_long);
    }
  }

  private static void field(CodeBuilder code, GlobalType global, int index) {
    code.getfield(ClassLayout.MODULE, ClassLayout.globalField(index), JvmTypes.of(global.type()));
  }

  private static void take(CodeBuilder code, GlobalType global, int index) {
    code.aload(0).aload(0).loadConstant(index);
    code.invokevirtual(Machine.INSTANCE, "global", GLOBAL);
    if (isShared(global)) {
      code.putfield(ClassLayout.MODULE, ClassLayout.globalField(index), SHARED);
      return;
    }
    read(code, global.type());
    code.putfield(ClassLayout.MODULE, ClassLayout.globalField(index), JvmTypes.of(global.type()));
    if (global.type() == ValueType.V128) {
      code.aload(0).aload(0).loadConstant(index);
      code.invokevirtual(Machine.INSTANCE, "global", GLOBAL);
      code.invokevirtual(SHARED, "upper", GET);
      code.putfield(ClassLayout.MODULE, ClassLayout.upperField(index), CD_long);
    }
  }

  /// From a shared global on the JVM's stack to its value, of a vector the lower half.
  private static void read(CodeBuilder code, ValueType type) {
    if (type.isReference()) {
      code.invokevirtual(SHARED, "reference", MethodTypeDesc.of(CD_Object));
      if (type == ValueType.FUNCREF) {
        code.checkcast(JvmTypes.FUNCTION_REF);
      }
    } else {
      code.invokevirtual(SHARED, "bits", GET);
      Results.fromBits(code, type);
    }
  }

  // ---- instructions ------------------------------------------------------------------------

  static void get(MethodContext context, int index) {
    GlobalType global = context.module.globals().get(index);
    boolean shared = isShared(global);
    CodeBuilder code = context.code;
    context.stack.flush();
    code.aload(context.instance);
    if (shared) {
      code.getfield(ClassLayout.MODULE, ClassLayout.globalField(index), SHARED);
      read(code, global.type());
    } else {
      field(code, global, index);
    }
    if (global.type() == ValueType.V128) {
      context.stack.push(ValueType.I64);
      code.aload(context.instance);
      if (shared) {
        code.getfield(ClassLayout.MODULE, ClassLayout.globalField(index), SHARED);
        code.invokevirtual(SHARED, "upper", GET);
      } else {
        code.getfield(ClassLayout.MODULE, ClassLayout.upperField(index), CD_long);
      }
    }
    context.stack.push(global.type());
  }

  static void set(MethodContext context, int index) {
    GlobalType global = context.module.globals().get(index);
    CodeBuilder code = context.code;
    boolean shared = isShared(global);
    if (global.type() == ValueType.V128) {
      Operand upper = context.stack.take(0);
      instanceOrShared(context, shared, index);
      context.stack.load(upper);
      if (shared) {
        code.invokevirtual(SHARED, "setUpper", SET);
      } else {
        code.putfield(ClassLayout.MODULE, ClassLayout.upperField(index), CD_long);
      }
    }
    Operand value = context.stack.takeSettled(0);
    instanceOrShared(context, shared, index);
    context.stack.load(value);
    if (!shared) {
      code.putfield(ClassLayout.MODULE, ClassLayout.globalField(index), JvmTypes.of(global.type()));
    } else if (global.type().isReference()) {
      code.invokevirtual(SHARED, "setReference", Machine.nothing(CD_Object));
    } else {
      Results.toBits(code, global.type());
      code.invokevirtual(SHARED, "setBits", SET);
    }
  }

  private static void instanceOrShared(MethodContext context, boolean shared, int index) {
    context.code.aload(context.instance);
    if (shared) {
      context.code.getfield(ClassLayout.MODULE, ClassLayout.globalField(index), SHARED);
    }
  }
}

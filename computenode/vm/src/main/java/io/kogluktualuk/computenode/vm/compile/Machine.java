package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_byte;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import io.kogluktualuk.computenode.vm.machine.Accessors;
import io.kogluktualuk.computenode.vm.machine.GuestInstance;
import io.kogluktualuk.computenode.vm.machine.MachineTrap;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/// Names of what generated code uses of `vm.machine`.
final class Machine {

  static final ClassDesc INSTANCE = JvmTypes.of(GuestInstance.class);
  static final ClassDesc TRAP = JvmTypes.of(MachineTrap.class);
  static final ClassDesc ACCESSORS = JvmTypes.of(Accessors.class);
  static final ClassDesc BYTES = CD_byte.arrayType();
  static final ClassDesc NUMBERS = CD_long.arrayType();
  static final ClassDesc REFERENCES = CD_Object.arrayType();
  static final MethodTypeDesc MAKES_TRAP = MethodTypeDesc.of(TRAP, CD_long);
  static final MethodTypeDesc TRAP_OF =
      MethodTypeDesc.of(TRAP, JvmTypes.of(RuntimeException.class), CD_long);
  static final MethodTypeDesc REFUEL = MethodTypeDesc.of(CD_long, CD_long);
  static final MethodTypeDesc FUNCTION = MethodTypeDesc.of(JvmTypes.FUNCTION_REF, CD_int);

  private Machine() {}

  /// A method of the instance that takes the operands of an instruction and its indices.
  static MethodTypeDesc ints(ClassDesc result, int count) {
    ClassDesc[] parameters = new ClassDesc[count];
    java.util.Arrays.fill(parameters, CD_int);
    return MethodTypeDesc.of(result, parameters);
  }

  static MethodTypeDesc nothing(ClassDesc... parameters) {
    return MethodTypeDesc.of(CD_void, parameters);
  }
}

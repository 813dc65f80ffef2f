package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;

/// Whether this JVM verifies the classes that it loads, which a switch of its command line can
/// turn off.
final class Verification {

  private static final String NAME = "kog.guest.Wrong";

  private static final boolean IS_ON = refusesWrongClass();

  private Verification() {}

  /// @throws MalformedEncoding when it does not: then code of others is not safe to load
  static void requireOn() {
    if (!IS_ON) {
      throw new MalformedEncoding("this JVM does not verify classes, so it loads none of others");
    }
  }

  /// Tries a class whose method takes a number for an object.
  private static boolean refusesWrongClass() {
    byte[] wrong =
        ClassFile.of(ClassFile.StackMapsOption.DROP_STACK_MAPS)
            .build(
                ClassDesc.of(NAME),
                builder ->
                    builder.withMethodBody(
                        "wrong",
                        MethodTypeDesc.of(ConstantDescs.CD_Object),
                        ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                        code -> code.iconst_1().areturn()));
    try {
      new GuestClasses(Map.of(NAME, wrong)).initialise(NAME);
      return false;
    } catch (VerifyError _) {
      return true;
    }
  }
}

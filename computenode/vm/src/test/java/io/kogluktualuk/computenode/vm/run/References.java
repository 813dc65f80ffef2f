package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.compile.OutsideReferences.Reference;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/// What class files refer to, as the JDK's own reader sees it.
final class References {

  private References() {}

  /// All fields and methods that instructions name, but those of compiled code itself.
  static Set<Reference> outside(Collection<byte[]> classes) {
    Set<Reference> found = new TreeSet<>(java.util.Comparator.comparing(Reference::toString));
    for (byte[] file : classes) {
      ClassModel model = ClassFile.of().parse(file);
      for (MethodModel method : model.methods()) {
        method.code().ifPresent(code -> code.forEach(each -> add(each, found)));
      }
    }
    return found;
  }

  private static void add(CodeElement element, Set<Reference> found) {
    Reference reference =
        switch (element) {
          case InvokeInstruction call ->
              new Reference(
                  call.opcode().bytecode(),
                  call.owner().asInternalName(),
                  call.name().stringValue(),
                  call.type().stringValue());
          case FieldInstruction field ->
              new Reference(
                  field.opcode().bytecode(),
                  field.owner().asInternalName(),
                  field.name().stringValue(),
                  field.type().stringValue());
          default -> null;
        };
    if (reference != null && !reference.owner().startsWith("kog/guest/")) {
      found.add(reference);
    }
  }
}

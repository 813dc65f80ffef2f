package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_int;

import io.kogluktualuk.computenode.vm.module.Constant;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ElementSegment;
import io.kogluktualuk.computenode.vm.module.Export;
import io.kogluktualuk.computenode.vm.module.GlobalType;
import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.Signature;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// For each type a method that calls the function of that type with a given index.
///
/// A switch over the functions that can be referred to at all, so that the JIT sees which are
/// called and can inline them. Where they are many, switches of some hundred, under a search. A
/// function of another instance has no index here: a second method calls it, with its values
/// packed.
final class IndirectCalls {

  /// Of bytecode in one switch: well below what HotSpot compiles.
  private static final int BYTES_MAX = 6_000;

  private static final int TYPES_PER_CLASS = 200;

  private final DecodedModule module;
  private final ClassLayout layout;

  private IndirectCalls(DecodedModule module, ClassLayout layout) {
    this.module = module;
    this.layout = layout;
  }

  static ClassDesc classOf(int type) {
    return ClassDesc.of("kog.guest.Indirect" + type / TYPES_PER_CLASS);
  }

  static String methodOf(int type) {
    return "t" + type;
  }

  /// The method for functions of this type that are not the module's own.
  static String outsideOf(int type) {
    return "t" + type + "x";
  }

  /// Writes the classes, for all types of functions.
  static SortedMap<String, byte[]> write(DecodedModule module, ClassLayout layout) {
    return new IndirectCalls(module, layout).write();
  }

  private SortedMap<String, byte[]> write() {
    TreeMap<Integer, List<Integer>> byType = new TreeMap<>();
    for (int type = 0; type < module.types().size(); type++) {
      byType.computeIfAbsent(layout.canonical(type), _ -> new ArrayList<>());
    }
    for (int function : referable()) {
      int type = layout.canonical(module.functionTypes().get(function));
      byType.computeIfAbsent(type, _ -> new ArrayList<>()).add(function);
    }
    SortedMap<String, byte[]> classes = new TreeMap<>();
    int types = module.types().size();
    for (int first = 0; first < types; first += TYPES_PER_CLASS) {
      ClassDesc name = classOf(first);
      var some = byType.subMap(first, first + TYPES_PER_CLASS);
      byte[] bytes =
          ClassFile.of()
              .build(
                  name,
                  builder -> {
                    builder.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL);
                    some.forEach((type, callees) -> writeType(builder, type, callees));
                  });
      classes.put(name.packageName() + "." + name.displayName(), bytes);
    }
    return classes;
  }

  /// Valid code refers only to functions that these name.
  private TreeSet<Integer> referable() {
    TreeSet<Integer> found = new TreeSet<>();
    for (ElementSegment segment : module.elements()) {
      for (int function : segment.functions()) {
        if (function >= 0) {
          found.add(function);
        }
      }
    }
    for (GlobalType global : module.globals()) {
      Constant initial = global.initial();
      if (initial != null && initial.opcode() == Instructions.REF_FUNC) {
        found.add((int) initial.low());
      }
    }
    for (Export export : module.exports()) {
      if (export.kind() == 0) {
        found.add(export.index());
      }
    }
    return found;
  }

  private void writeType(ClassBuilder builder, int type, List<Integer> callees) {
    Signature signature = layout.type(type);
    int each = 16 + 4 * (signature.parameters().size() + 3);
    int most = Math.max(1, BYTES_MAX / each);
    MethodTypeDesc descriptor = ClassLayout.typeOf(signature, List.of(CD_int));
    write(builder, type, methodOf(type), signature, descriptor, callees, most);
    builder.withMethodBody(
        outsideOf(type),
        ClassLayout.typeOf(signature),
        ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
        code -> OutsidePackets.writeCall(code, signature));
  }

  private void write(
      ClassBuilder builder,
      int type,
      String name,
      Signature signature,
      MethodTypeDesc descriptor,
      List<Integer> callees,
      int most) {
    int flags = ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC;
    if (callees.size() <= most) {
      builder.withMethodBody(
          name, descriptor, flags, code -> select(code, type, signature, callees));
      return;
    }
    ClassDesc owner = classOf(type);
    int middle = callees.size() / 2;
    builder.withMethodBody(
        name,
        descriptor,
        flags,
        code -> {
          Label upper = code.newLabel();
          int count = signature.parameters().size();
          code.iload(code.parameterSlot(count)).loadConstant(callees.get(middle)).if_icmpge(upper);
          forward(code, owner, name + "l", signature, descriptor);
          code.labelBinding(upper);
          forward(code, owner, name + "u", signature, descriptor);
        });
    write(builder, type, name + "l", signature, descriptor, callees.subList(0, middle), most);
    write(
        builder,
        type,
        name + "u",
        signature,
        descriptor,
        callees.subList(middle, callees.size()),
        most);
  }

  private static void forward(
      CodeBuilder code,
      ClassDesc owner,
      String method,
      Signature signature,
      MethodTypeDesc descriptor) {
    int count = signature.parameters().size();
    for (int i = 0; i < count + 4; i++) {
      code.loadLocal(TypeKind.from(descriptor.parameterType(i)), code.parameterSlot(i));
    }
    code.invokestatic(owner, method, descriptor);
    code.return_(TypeKind.from(descriptor.returnType()));
  }

  private void select(CodeBuilder code, int type, Signature signature, List<Integer> callees) {
    int count = signature.parameters().size();
    Label none = code.newLabel();
    List<SwitchCase> cases = new ArrayList<>();
    for (int callee : callees) {
      cases.add(SwitchCase.of(callee, code.newLabel()));
    }
    code.iload(code.parameterSlot(count));
    if (isDense(callees)) {
      code.tableswitch(callees.getFirst(), callees.getLast(), none, cases);
    } else {
      code.lookupswitch(none, cases);
    }
    MethodTypeDesc plain = ClassLayout.typeOf(signature);
    for (SwitchCase each : cases) {
      code.labelBinding(each.target());
      int callee = each.caseValue();
      pass(code, count, layout.classOf(callee), ClassLayout.methodOf(callee), plain);
    }
    code.labelBinding(none);
    pass(code, count, classOf(type), outsideOf(type), plain);
  }

  /// Calls with all parameters but the index.
  private static void pass(
      CodeBuilder code, int count, ClassDesc owner, String method, MethodTypeDesc type) {
    for (int i = 0; i < type.parameterCount(); i++) {
      int from = i < count ? i : i + 1;
      code.loadLocal(TypeKind.from(type.parameterType(i)), code.parameterSlot(from));
    }
    code.invokestatic(owner, method, type);
    code.return_(TypeKind.from(type.returnType()));
  }

  /// Calls, with the parameters of an imported function, whoever the instance says is next.
  static void callOutside(CodeBuilder code, ClassLayout layout, int function) {
    int type = layout.typeOf(function);
    MethodTypeDesc descriptor = ClassLayout.typeOf(layout.signatureOf(function));
    for (int i = 0; i < descriptor.parameterCount(); i++) {
      code.loadLocal(TypeKind.from(descriptor.parameterType(i)), code.parameterSlot(i));
    }
    code.invokestatic(classOf(type), outsideOf(type), descriptor);
    code.return_(TypeKind.from(descriptor.returnType()));
  }

  private static boolean isDense(List<Integer> callees) {
    return !callees.isEmpty() && callees.getLast() - callees.getFirst() < 4 * callees.size();
  }
}

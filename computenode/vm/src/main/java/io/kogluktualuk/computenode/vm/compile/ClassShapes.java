package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import io.kogluktualuk.computenode.vm.compile.ClassShape.Cuts;
import io.kogluktualuk.computenode.vm.compile.ClassShape.MethodShape;
import io.kogluktualuk.computenode.vm.machine.InstanceParts;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.GlobalType;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The shapes of the classes that a module is compiled to, known without compiling it.
///
/// **Threading:** one thread.
public final class ClassShapes {

  private final DecodedModule module;
  private final ClassLayout layout;
  private final Map<Integer, MethodShape> functions = new HashMap<>();
  private final SortedMap<String, ClassShape> shapes = new TreeMap<>();

  private ClassShapes(DecodedModule module) {
    this.module = module;
    this.layout = new ClassLayout(module);
  }

  /// By the names of the classes, with dots, as [ModuleCompiler#compile] has them.
  public static SortedMap<String, ClassShape> of(DecodedModule module) {
    ClassShapes made = new ClassShapes(module);
    made.addModule();
    for (int i = 0; i < made.layout.codeClasses(); i++) {
      made.addCode(i);
    }
    made.addIndirect();
    return made.shapes;
  }

  private void add(
      ClassDesc name,
      String superclass,
      Map<String, String> fields,
      Map<String, MethodShape> methods,
      Cuts cuts) {
    shapes.put(
        name.packageName() + "." + name.displayName(),
        new ClassShape(ClassShape.internal(name), superclass, fields, methods, cuts));
  }

  private void addModule() {
    Map<String, String> fields = new HashMap<>();
    List<GlobalType> globals = module.globals();
    for (int i = 0; i < globals.size(); i++) {
      GlobalType global = globals.get(i);
      fields.put(ClassLayout.globalField(i), GlobalOps.fieldType(global).descriptorString());
      if (global.type() == ValueType.V128) {
        fields.put(ClassLayout.upperField(i), "J");
      }
    }
    Map<String, MethodShape> methods = new HashMap<>();
    for (int i = 0; i < ModuleCompiler.initialisers(module); i++) {
      methods.put(ModuleCompiler.initialiser(i), new MethodShape(ClassFile.ACC_PRIVATE, "()V"));
    }
    MethodTypeDesc constructor = MethodTypeDesc.of(CD_void, JvmTypes.of(InstanceParts.class));
    methods.put("<init>", new MethodShape(ClassFile.ACC_PUBLIC, constructor.descriptorString()));
    add(ClassLayout.MODULE, ClassShape.internal(Machine.INSTANCE), fields, methods, Cuts.NONE);
  }

  private void addCode(int index) {
    Map<String, MethodShape> methods = new HashMap<>();
    int end = layout.endFunctionOf(index);
    for (int i = layout.firstFunctionOf(index); i < end; i++) {
      methods.put(ClassLayout.methodOf(i), functionOfType(module.functionTypes().get(i)));
    }
    add(ClassLayout.codeClass(index), ClassShape.OBJECT, Map.of(), methods, Cuts.CHUNKS);
  }

  private MethodShape functionOfType(int type) {
    return functions.computeIfAbsent(
        type, _ -> MethodShape.ofStatic(ClassLayout.typeOf(layout.type(type))));
  }

  private void addIndirect() {
    Map<ClassDesc, Map<String, MethodShape>> classes = new HashMap<>();
    for (int type = 0; type < module.types().size(); type++) {
      Map<String, MethodShape> methods =
          classes.computeIfAbsent(IndirectCalls.classOf(type), _ -> new HashMap<>());
      if (layout.canonical(type) == type) {
        methods.put(
            IndirectCalls.methodOf(type),
            MethodShape.ofStatic(ClassLayout.typeOf(layout.type(type), List.of(CD_int))));
        methods.put(
            IndirectCalls.outsideOf(type),
            MethodShape.ofStatic(ClassLayout.typeOf(layout.type(type))));
      }
    }
    classes.forEach(
        (name, methods) -> add(name, ClassShape.OBJECT, Map.of(), methods, Cuts.HALVES));
  }
}

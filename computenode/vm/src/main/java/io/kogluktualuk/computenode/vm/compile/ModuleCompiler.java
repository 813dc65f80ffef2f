package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import io.kogluktualuk.computenode.vm.machine.InstanceParts;
import io.kogluktualuk.computenode.vm.module.Constant;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.GlobalType;
import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Compiles a valid module to classes of the JVM.
///
/// **Threading:** one module per compiler. The classes are written on all cores, by the JVM's
/// common pool; each is the same whoever writes it. **Errors:** of a module that is not valid it
/// makes anything, or throws any unchecked exception.
public final class ModuleCompiler {

  /// Changes whenever the same module is compiled to something else.
  public static final int VERSION = 4;

  private static final int GLOBALS_PER_METHOD = 500;
  private static final int PUBLIC_STATIC = ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC;
  private static final ClassDesc PARTS = JvmTypes.of(InstanceParts.class);
  private static final MethodTypeDesc CALL_HOST =
      MethodTypeDesc.of(CD_long, java.lang.constant.ConstantDescs.CD_int, Machine.NUMBERS);

  private final DecodedModule module;
  private final ClassLayout layout;

  private final int methodBytes;

  private ModuleCompiler(DecodedModule module, int methodBytes) {
    this.module = module;
    this.methodBytes = methodBytes;
    this.layout = new ClassLayout(module);
  }

  /// The class files, by name.
  public static SortedMap<String, byte[]> compile(DecodedModule module) {
    return compile(module, ChunkPlan.BYTES_MAX);
  }

  /// The same, with methods of about this many bytes at most, where that can be had.
  public static SortedMap<String, byte[]> compile(DecodedModule module, int methodBytes) {
    return new ModuleCompiler(module, methodBytes).compile();
  }

  private SortedMap<String, byte[]> compile() {
    SortedMap<String, byte[]> classes = new TreeMap<>(IndirectCalls.write(module, layout));
    classes.put(ClassLayout.MODULE_NAME, moduleClass());
    List<byte[]> files =
        IntStream.range(0, layout.codeClasses()).parallel().mapToObj(this::codeClass).toList();
    for (int i = 0; i < files.size(); i++) {
      ClassDesc name = ClassLayout.codeClass(i);
      classes.put(name.packageName() + "." + name.displayName(), files.get(i));
    }
    return classes;
  }

  // ---- the instance ------------------------------------------------------------------------

  private byte[] moduleClass() {
    return ClassFile.of()
        .build(
            ClassLayout.MODULE,
            builder -> {
              builder.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL);
              builder.withSuperclass(Machine.INSTANCE);
              List<GlobalType> globals = module.globals();
              for (int i = 0; i < globals.size(); i++) {
                builder.withField(
                    ClassLayout.globalField(i),
                    JvmTypes.of(globals.get(i).type()),
                    ClassFile.ACC_PUBLIC);
                if (globals.get(i).type() == ValueType.V128) {
                  builder.withField(ClassLayout.upperField(i), CD_long, ClassFile.ACC_PUBLIC);
                }
              }
              int methods = initialisers(module);
              for (int i = 0; i < methods; i++) {
                writeInitialiser(builder, i);
              }
              builder.withMethodBody(
                  "<init>",
                  MethodTypeDesc.of(CD_void, PARTS),
                  ClassFile.ACC_PUBLIC,
                  code -> construct(code, methods));
            });
  }

  /// How many methods set the globals, since one could be too long.
  static int initialisers(DecodedModule module) {
    return (module.globals().size() + GLOBALS_PER_METHOD - 1) / GLOBALS_PER_METHOD;
  }

  static String initialiser(int part) {
    return "globals" + part;
  }

  private static void construct(CodeBuilder code, int initialisers) {
    code.aload(0).aload(1);
    code.invokespecial(Machine.INSTANCE, "<init>", MethodTypeDesc.of(CD_void, PARTS));
    for (int i = 0; i < initialisers; i++) {
      code.aload(0).invokevirtual(ClassLayout.MODULE, initialiser(i), MethodTypeDesc.of(CD_void));
    }
    code.return_();
  }

  private void writeInitialiser(ClassBuilder builder, int part) {
    int first = part * GLOBALS_PER_METHOD;
    int end = Math.min(module.globals().size(), first + GLOBALS_PER_METHOD);
    builder.withMethodBody(
        initialiser(part),
        MethodTypeDesc.of(CD_void),
        ClassFile.ACC_PRIVATE,
        code -> {
          for (int i = first; i < end; i++) {
            initialise(code, i);
          }
          code.return_();
        });
  }

  private void initialise(CodeBuilder code, int index) {
    GlobalType global = module.globals().get(index);
    Constant value = global.initial();
    if (value == null || value.opcode() == Instructions.REF_NULL) {
      return;
    }
    code.aload(0);
    if (value.opcode() == Instructions.REF_FUNC) {
      code.aload(0).loadConstant((int) value.low());
      code.invokevirtual(Machine.INSTANCE, "function", Machine.FUNCTION);
    } else {
      new OperandStack(code).load(Operand.constant(global.type(), value.low()));
    }
    code.putfield(ClassLayout.MODULE, ClassLayout.globalField(index), JvmTypes.of(global.type()));
    if (global.type() == ValueType.V128) {
      code.aload(0).loadConstant(value.high());
      code.putfield(ClassLayout.MODULE, ClassLayout.upperField(index), CD_long);
    }
  }

  // ---- functions ---------------------------------------------------------------------------

  private byte[] codeClass(int index) {
    return ClassFile.of()
        .build(
            ClassLayout.codeClass(index),
            builder -> {
              builder.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL);
              int end = layout.endFunctionOf(index);
              for (int i = layout.firstFunctionOf(index); i < end; i++) {
                writeFunction(builder, i);
              }
            });
  }

  private void writeFunction(ClassBuilder builder, int function) {
    Signature signature = layout.signatureOf(function);
    MethodTypeDesc type = ClassLayout.typeOf(signature);
    String name = ClassLayout.methodOf(function);
    if (function < module.importCount()) {
      builder.withMethodBody(
          name, type, PUBLIC_STATIC, code -> writeImport(code, function, signature));
    } else {
      new FunctionCompiler(module, layout, function, methodBytes).write(builder);
    }
  }

  private static void writeImport(CodeBuilder code, int function, Signature signature) {
    List<ValueType> parameters = signature.parameters();
    int count = parameters.size();
    int instance = code.parameterSlot(count);
    code.aload(instance).lload(code.parameterSlot(count + 2));
    code.putfield(Machine.INSTANCE, "fuel", CD_long);
    code.aload(instance).loadConstant(function).loadConstant(count).newarray(TypeKind.LONG);
    for (int i = 0; i < count; i++) {
      code.dup().loadConstant(i);
      code.loadLocal(JvmTypes.kind(parameters.get(i)), code.parameterSlot(i));
      Results.toBits(code, parameters.get(i));
      code.lastore();
    }
    code.invokevirtual(Machine.INSTANCE, "callHost", CALL_HOST);
    if (signature.results().size() != 1) {
      // More results than one are never linked: the host has no such functions.
      code.pop2().return_();
    } else {
      ValueType result = signature.results().getFirst();
      Results.fromBits(code, result);
      code.return_(JvmTypes.kind(result));
    }
  }
}

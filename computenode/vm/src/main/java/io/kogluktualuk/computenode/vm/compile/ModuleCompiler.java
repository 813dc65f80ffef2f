package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_void;

import io.kogluktualuk.computenode.vm.machine.InstanceParts;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.GlobalType;
import io.kogluktualuk.computenode.vm.module.Signature;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
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
  public static final int VERSION = 5;

  private static final int GLOBALS_PER_METHOD = 500;
  private static final int PUBLIC_STATIC = ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC;
  private static final ClassDesc PARTS = JvmTypes.of(InstanceParts.class);

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
                GlobalOps.declare(builder, globals.get(i), i);
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
            GlobalOps.initialise(code, module.globals().get(i), i);
          }
          code.return_();
        });
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
          name, type, PUBLIC_STATIC, code -> OutsidePackets.writeImport(code, layout, function));
    } else {
      new FunctionCompiler(module, layout, function, methodBytes).write(builder);
    }
  }
}

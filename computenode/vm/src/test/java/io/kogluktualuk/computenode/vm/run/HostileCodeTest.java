package io.kogluktualuk.computenode.vm.run;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_Throwable;
import static java.lang.constant.ConstantDescs.CD_byte;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.computenode.vm.compile.ModuleCompiler;
import io.kogluktualuk.computenode.vm.gate.CodeGate;
import io.kogluktualuk.computenode.vm.machine.Accessors;
import io.kogluktualuk.computenode.vm.machine.FunctionRef;
import io.kogluktualuk.computenode.vm.machine.GuestInstance;
import io.kogluktualuk.computenode.vm.machine.InstanceParts;
import io.kogluktualuk.computenode.vm.machine.LinearMemory;
import io.kogluktualuk.computenode.vm.machine.MachineTrap;
import io.kogluktualuk.computenode.vm.machine.Numbers;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Superclass;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Compiled code that could do more than compute does not pass the gate.
final class HostileCodeTest {

  private static final String MODULE = "kog.guest.Module";
  private static final String CODE = "kog.guest.Code0";
  private static final byte[] WASM = Guests.wasm("fuel");
  private static final DecodedModule DECODED = ModuleDecoder.decode(WASM, WASM.length);
  private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(CD_void);

  private static final ClassFile FILES =
      ClassFile.of(
          ClassFile.StackMapsOption.DROP_STACK_MAPS, ClassFile.DeadCodeOption.KEEP_DEAD_CODE);

  private static ClassDesc of(Class<?> type) {
    return type.describeConstable().orElseThrow();
  }

  private static SortedMap<String, byte[]> honest() {
    return new TreeMap<>(ModuleCompiler.compile(DECODED));
  }

  private static SortedMap<String, byte[]> with(String name, ClassTransform change) {
    SortedMap<String, byte[]> classes = honest();
    byte[] before = Objects.requireNonNull(classes.get(name));
    classes.put(name, FILES.transformClass(FILES.parse(before), change));
    return classes;
  }

  /// Adds something to a class.
  private static SortedMap<String, byte[]> adding(String name, Consumer<ClassBuilder> more) {
    return with(name, ClassTransform.ACCEPT_ALL.andThen(ClassTransform.endHandler(more)));
  }

  private static boolean isFirst(MethodModel method) {
    return method.methodName().stringValue().matches("f\\d+")
        && method.methodType().stringValue().endsWith("V");
  }

  /// Has a function begin with something.
  private static SortedMap<String, byte[]> code(Consumer<CodeBuilder> first) {
    CodeTransform begin =
        new CodeTransform() {
          @Override
          public void atStart(CodeBuilder builder) {
            first.accept(builder);
          }

          @Override
          public void accept(CodeBuilder builder, CodeElement element) {
            builder.with(element);
          }
        };
    return with(CODE, ClassTransform.transformingMethodBodies(HostileCodeTest::isFirst, begin));
  }

  private static void call(CodeBuilder code, Class<?> owner, String name, MethodTypeDesc type) {
    code.invokestatic(of(owner), name, type);
  }

  static Stream<Arguments> instructions() {
    DirectMethodHandleDesc bootstrap =
        ConstantDescs.ofConstantBootstrap(of(String.class), "make", CD_Object);
    DynamicCallSiteDesc site =
        DynamicCallSiteDesc.of(
            MethodHandleDesc.ofMethod(
                DirectMethodHandleDesc.Kind.STATIC, CD_Object, "make", NOTHING),
            "x",
            NOTHING);
    Map<String, Consumer<CodeBuilder>> all = new TreeMap<>();
    all.put("exit", code -> call(code.iconst_0(), System.class, "exit", ints(1)));
    all.put(
        "halt",
        code -> code.aconst_null().iconst_0().invokevirtual(of(Runtime.class), "halt", ints(1)));
    all.put("new", code -> code.new_(of(Thread.class)).pop());
    all.put("class constant", code -> code.loadConstant(CD_String).pop());
    all.put("method type", code -> code.loadConstant(NOTHING).pop());
    all.put("method handle", code -> code.loadConstant(bootstrap).pop());
    all.put("dynamic constant", code -> code.loadConstant(DynamicConstantDesc.of(bootstrap)).pop());
    all.put("dynamic call", code -> code.invokedynamic(site));
    all.put(
        "interface",
        code -> code.aconst_null().invokeinterface(of(Runnable.class), "run", NOTHING));
    all.put("monitor", code -> code.aconst_null().monitorenter());
    all.put("monitor's end", code -> code.aconst_null().monitorexit());
    all.put("instanceof", code -> code.aconst_null().instanceOf(of(FunctionRef.class)).pop());
    all.put("cast", code -> code.aconst_null().checkcast(of(Thread.class)).pop());
    all.put("cast to a known class", code -> code.aconst_null().checkcast(CD_String).pop());
    all.put("bytes", code -> code.iconst_1().newarray(java.lang.classfile.TypeKind.BYTE).pop());
    all.put("array of texts", code -> code.iconst_1().anewarray(CD_String).pop());
    all.put(
        "array of arrays",
        code -> code.iconst_1().iconst_1().multianewarray(CD_Object.arrayType(2), 2).pop());
    all.put("array's length", code -> code.aconst_null().arraylength().pop());
    all.put("static of the JDK", code -> code.getstatic(of(System.class), "out", CD_Object).pop());
    all.putAll(machine());
    all.put("handler of everything", HostileCodeTest::catchAll);
    return all.entrySet().stream().map(each -> Arguments.of(each.getKey(), each.getValue()));
  }

  private static Map<String, Consumer<CodeBuilder>> machine() {
    Map<String, Consumer<CodeBuilder>> all = new TreeMap<>();
    ClassDesc instance = of(GuestInstance.class);
    ClassDesc bytes = CD_byte.arrayType();
    all.put(
        "memory object",
        code ->
            code.aconst_null()
                .invokevirtual(instance, "memory", MethodTypeDesc.of(of(LinearMemory.class)))
                .pop());
    all.put(
        "memory exchanged", code -> code.aconst_null().dup().putfield(instance, "bytes", bytes));
    all.put(
        "size changed", code -> code.aconst_null().iconst_0().putfield(instance, "size", CD_int));
    all.put(
        "parts",
        code ->
            code.aconst_null()
                .invokevirtual(
                    of(InstanceParts.class), "data", MethodTypeDesc.of(bytes.arrayType()))
                .pop());
    all.put(
        "another's instance",
        code ->
            code.aconst_null()
                .invokevirtual(of(FunctionRef.class), "owner", MethodTypeDesc.of(instance))
                .pop());
    all.put(
        "accessor exchanged",
        code ->
            code.aconst_null().putstatic(of(Accessors.class), "INT", ConstantDescs.CD_VarHandle));
    all.put("trap made", code -> code.new_(of(MachineTrap.class)).pop());
    all.put(
        "method called as another kind",
        code ->
            code.lconst_0()
                .invokevirtual(
                    of(Numbers.class),
                    "saturateToUnsignedInt",
                    MethodTypeDesc.of(CD_int, ConstantDescs.CD_double))
                .pop());
    all.put(
        "another type of a method",
        code ->
            code.lconst_0().invokevirtual(instance, "refuel", MethodTypeDesc.of(CD_int, CD_long)));
    ClassDesc module = ClassDesc.of(MODULE);
    all.put(
        "private method", code -> code.aconst_null().invokevirtual(module, "globals0", NOTHING));
    all.put(
        "second construction",
        code ->
            code.aconst_null()
                .aconst_null()
                .invokespecial(
                    instance, "<init>", MethodTypeDesc.of(CD_void, of(InstanceParts.class))));
    all.put(
        "function that is not there",
        code -> code.invokestatic(ClassDesc.of(CODE), "f9999", NOTHING));
    all.put(
        "class that is not there",
        code -> code.invokestatic(ClassDesc.of("kog.guest.Code77"), "f0", NOTHING));
    return all;
  }

  private static void catchAll(CodeBuilder code) {
    Label start = code.newBoundLabel();
    code.nop();
    Label end = code.newBoundLabel();
    Label handler = code.newLabel();
    Label done = code.newLabel();
    code.goto_(done).labelBinding(handler).pop().labelBinding(done);
    code.exceptionCatch(start, end, handler, CD_Throwable);
  }

  private static MethodTypeDesc ints(int count) {
    ClassDesc[] parameters = new ClassDesc[count];
    Arrays.fill(parameters, CD_int);
    return MethodTypeDesc.of(CD_void, parameters);
  }

  static Stream<Arguments> shapes() {
    Map<String, SortedMap<String, byte[]>> all = new TreeMap<>();
    int isStatic = ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC;
    all.put(
        "static initialiser",
        adding(CODE, b -> b.withMethodBody("<clinit>", NOTHING, isStatic, CodeBuilder::return_)));
    all.put("native method", adding(CODE, b -> b.withMethod("f9", NOTHING, 0x109, _ -> {})));
    all.put(
        "method more",
        adding(CODE, b -> b.withMethodBody("more", NOTHING, isStatic, CodeBuilder::return_)));
    all.put(
        "finalizer",
        adding(
            MODULE,
            b ->
                b.withMethodBody(
                    "finalize", NOTHING, ClassFile.ACC_PROTECTED, CodeBuilder::return_)));
    all.put(
        "chunk of no function",
        adding(CODE, b -> b.withMethodBody("f9999c0", NOTHING, isStatic, CodeBuilder::return_)));
    all.put("static field", adding(CODE, b -> b.withField("kept", CD_Object, isStatic)));
    all.put(
        "field more", adding(MODULE, b -> b.withField("kept", CD_Object, ClassFile.ACC_PUBLIC)));
    all.put("interface", adding(CODE, b -> b.withInterfaceSymbols(of(Runnable.class))));
    all.put("flags", adding(CODE, b -> b.withFlags(ClassFile.ACC_PUBLIC)));
    all.put("version", adding(CODE, b -> b.withVersion(ClassFile.JAVA_21_VERSION, 0)));
    all.put("attribute", adding(CODE, b -> b.with(SourceFileAttribute.of("x"))));
    all.put(
        "constant that is not used",
        adding(CODE, b -> b.constantPool().methodRefEntry(of(System.class), "exit", ints(1))));
    all.put("superclass", with(CODE, superclass(of(Thread.class))));
    all.put("class more", changed(classes -> classes.put("kog.guest.More", classes.get(CODE))));
    all.put("class less", changed(classes -> classes.remove(CODE)));
    all.put("another's class", changed(classes -> classes.put(CODE, classes.get(MODULE))));
    all.put("nothing", changed(SortedMap::clear));
    return all.entrySet().stream().map(each -> Arguments.of(each.getKey(), each.getValue()));
  }

  private static ClassTransform superclass(ClassDesc type) {
    return (ClassBuilder builder, ClassElement element) -> {
      if (element instanceof Superclass) {
        builder.withSuperclass(type);
      } else {
        builder.with(element);
      }
    };
  }

  private static SortedMap<String, byte[]> changed(Consumer<SortedMap<String, byte[]>> change) {
    SortedMap<String, byte[]> classes = honest();
    change.accept(classes);
    return classes;
  }

  @Test
  void whatWasOnlyReadAndWrittenAgainPasses() {
    assertDoesNotThrow(() -> CodeGate.check(DECODED, honest()));
    assertDoesNotThrow(() -> CodeGate.check(DECODED, code(CodeBuilder::nop)));
    assertDoesNotThrow(() -> CodeGate.check(DECODED, adding(MODULE, _ -> {})));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("instructions")
  void codeThatDoesMoreIsRefused(String name, Consumer<CodeBuilder> first) {
    SortedMap<String, byte[]> classes = code(first);
    assertThrows(MalformedEncoding.class, () -> CodeGate.check(DECODED, classes), name);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shapes")
  void classesOfAnotherShapeAreRefused(String name, SortedMap<String, byte[]> classes) {
    assertThrows(MalformedEncoding.class, () -> CodeGate.check(DECODED, classes), name);
  }

  /// The gate does not look at types: the JVM does, before anything runs.
  @Test
  void codeOfWrongTypesIsRefusedByTheJvm() {
    SortedMap<String, byte[]> classes = code(code -> code.lconst_0().athrow());
    assertDoesNotThrow(() -> CodeGate.check(DECODED, classes));
    Hash hash = Hash.of(WASM);
    assertThrows(MalformedEncoding.class, () -> Modules.verified(hash, DECODED, classes));
    assertDoesNotThrow(() -> Modules.verified(hash, DECODED, honest()));
  }
}

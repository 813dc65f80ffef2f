package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.compile.ClassLayout;
import io.kogluktualuk.computenode.vm.machine.GuestInstance;
import io.kogluktualuk.computenode.vm.machine.InstanceCode;
import io.kogluktualuk.computenode.vm.machine.InstanceParts;
import io.kogluktualuk.computenode.vm.machine.LinearMemory;
import io.kogluktualuk.computenode.vm.machine.MemoryImage;
import io.kogluktualuk.computenode.vm.machine.SharedGlobal;
import io.kogluktualuk.computenode.vm.module.DataSegment;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ElementSegment;
import io.kogluktualuk.computenode.vm.module.Export;
import io.kogluktualuk.computenode.vm.module.SegmentMode;
import io.kogluktualuk.computenode.vm.module.Signature;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A module that our own compiler has turned into classes.
///
/// **Threading:** any thread.
final class MachineCode implements EngineCode, InstanceCode {

  private static final byte[] NO_BYTES = {};
  private static final int[] NO_FUNCTIONS = {};

  private final DecodedModule module;
  private final ClassLayout layout;
  private final GuestClasses classes;
  private final MethodHandle constructor;
  private final int[] functionTypes;
  private final int results;
  private final byte[][] passiveData;
  private final int[][] passiveElements;
  private final Map<Integer, MethodHandle> functions = new ConcurrentHashMap<>();
  private final Map<String, MethodHandle> entries = new ConcurrentHashMap<>();
  // Made when it is first asked for. A race makes it twice.
  private volatile @Nullable MemoryImage image;

  MachineCode(DecodedModule module, Map<String, byte[]> files) {
    this.module = module;
    this.layout = new ClassLayout(module);
    this.classes = new GuestClasses(files);
    this.constructor = constructor(classes);
    this.functionTypes = layout.functionTypes();
    this.results = results(module);
    this.passiveData = passiveData(module);
    this.passiveElements = passiveElements(module);
  }

  private static MethodHandle constructor(GuestClasses classes) {
    try {
      return MethodHandles.publicLookup()
          .findConstructor(
              classes.loadClass(ClassLayout.MODULE_NAME),
              MethodType.methodType(void.class, InstanceParts.class))
          .asType(MethodType.methodType(GuestInstance.class, InstanceParts.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a compiled module has no constructor of one instance", e);
    }
  }

  private static int results(DecodedModule module) {
    int most =
        module.types().stream()
            .mapToInt(type -> PackedCalls.places(type.results()))
            .max()
            .orElse(0);
    return most > 1 ? most : 0;
  }

  private static byte[][] passiveData(DecodedModule module) {
    byte[][] data = new byte[module.data().size()][];
    for (int i = 0; i < data.length; i++) {
      DataSegment segment = module.data().get(i);
      boolean passive = segment.mode() == SegmentMode.PASSIVE;
      data[i] =
          passive ? Arrays.copyOfRange(module.bytes(), segment.start(), segment.end()) : NO_BYTES;
    }
    return data;
  }

  private static int[][] passiveElements(DecodedModule module) {
    int[][] elements = new int[module.elements().size()][];
    for (int i = 0; i < elements.length; i++) {
      ElementSegment segment = module.elements().get(i);
      elements[i] = segment.mode() == SegmentMode.PASSIVE ? segment.functions() : NO_FUNCTIONS;
    }
    return elements;
  }

  @Override
  public <C> EngineGuest prepare(Program<C> program, C context, int maximumPages, Meter meter) {
    return new MachineGuest<>(this, program.functions(), context, maximumPages, meter);
  }

  /// An instance in a memory that another of this module has left.
  <C> EngineGuest prepare(
      Program<C> program, C context, int maximumPages, Meter meter, LinearMemory left) {
    left.begin(maximumPages);
    return new MachineGuest<>(this, program.functions(), context, meter, left);
  }

  /// What the memory of an instance is at first; of a module whose segments fit.
  MemoryImage image() {
    MemoryImage known = image;
    if (known == null) {
      known = firstImage();
      image = known;
    }
    return known;
  }

  private MemoryImage firstImage() {
    int start = Integer.MAX_VALUE;
    int end = 0;
    for (DataSegment segment : module.data()) {
      if (segment.mode() == SegmentMode.ACTIVE && segment.end() > segment.start()) {
        start = Math.min(start, addressOf(segment));
        end = Math.max(end, addressOf(segment) + segment.end() - segment.start());
      }
    }
    start = Math.min(start, end);
    byte[] content = new byte[end - start];
    for (DataSegment segment : module.data()) {
      if (segment.mode() == SegmentMode.ACTIVE && segment.end() > segment.start()) {
        int length = segment.end() - segment.start();
        int target = addressOf(segment) - start;
        System.arraycopy(module.bytes(), segment.start(), content, target, length);
      }
    }
    return new MemoryImage(module.shape().memory().initialPages(), start, content);
  }

  private static int addressOf(DataSegment segment) {
    return (int) Objects.requireNonNull(segment.offset()).low();
  }

  /// Has the JVM verify all classes now, rather than each when it is first used.
  ///
  /// @throws LinkageError when it does not accept one
  void verify(Collection<String> names) {
    names.parallelStream().forEach(classes::initialise);
  }

  @Override
  public <C> EngineGuest join(
      Imported imported, C context, int maximumPages, InstanceGroup<?> group) {
    return new MachineGuest<>(this, imported, context, maximumPages, group.meter());
  }

  // ---- for other instances -----------------------------------------------------------------

  @Override
  public Signature type(int number) {
    return module.types().get(number);
  }

  @Override
  public void call(
      GuestInstance instance,
      int function,
      long[] numbers,
      @Nullable Object[] references,
      int depth,
      long fuel) {
    Signature signature = module.signatureOf(function);
    try {
      PackedCalls.call(function(function), signature, instance, numbers, references, depth, fuel);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("compiled code threw a checked exception", e);
    }
  }

  // ---- for its own guests ------------------------------------------------------------------

  @Override
  public DecodedModule module() {
    return module;
  }

  int[] functionTypes() {
    return functionTypes;
  }

  /// See [InstanceParts].
  int results() {
    return results;
  }

  byte[][] passiveData() {
    return passiveData;
  }

  int[][] passiveElements() {
    return passiveElements;
  }

  GuestInstance construct(InstanceParts parts) {
    try {
      return (GuestInstance) constructor.invokeExact(parts);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("compiled code threw a checked exception", e);
    }
  }

  /// A global of an instance, for others to see.
  SharedGlobal global(GuestInstance instance, int index) {
    return new FieldGlobal(instance, module.globals().get(index).type(), index);
  }

  /// The method of a function: its parameters, the instance, the depth and the fuel.
  MethodHandle function(int index) {
    return functions.computeIfAbsent(index, this::find);
  }

  private MethodHandle find(int index) {
    try {
      for (Method method : classes.loadClass(layout.classNameOf(index)).getMethods()) {
        if (method.getName().equals(ClassLayout.methodOf(index))) {
          return MethodHandles.publicLookup().unreflect(method);
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("compiled function " + index + " cannot be reached", e);
    }
    throw new IllegalStateException("compiled code has no function " + index);
  }

  /// An exported function that takes and returns nothing.
  MethodHandle entry(String export) {
    MethodHandle known = entries.get(export);
    if (known == null) {
      known = entry(exported(export));
      entries.put(export, known);
    }
    return known;
  }

  private int exported(String name) {
    for (Export each : module.exports()) {
      if (each.kind() == 0 && each.name().equals(name)) {
        return each.index();
      }
    }
    throw new IllegalStateException("the export " + name + " was looked for before");
  }

  /// A function that takes and returns nothing, as `(GuestInstance, int, long) void`.
  MethodHandle entry(int index) {
    return function(index)
        .asType(MethodType.methodType(void.class, GuestInstance.class, int.class, long.class));
  }
}

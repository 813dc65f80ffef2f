package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.machine.Accessors;
import io.kogluktualuk.computenode.vm.machine.DoubleLanes;
import io.kogluktualuk.computenode.vm.machine.FloatLanes;
import io.kogluktualuk.computenode.vm.machine.FunctionRef;
import io.kogluktualuk.computenode.vm.machine.GuestInstance;
import io.kogluktualuk.computenode.vm.machine.InstanceParts;
import io.kogluktualuk.computenode.vm.machine.LaneShapes;
import io.kogluktualuk.computenode.vm.machine.Lanes;
import io.kogluktualuk.computenode.vm.machine.MachineTrap;
import io.kogluktualuk.computenode.vm.machine.Numbers;
import io.kogluktualuk.computenode.vm.machine.SharedGlobal;
import java.lang.classfile.Opcode;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// All that compiled code refers to outside of its own classes, and how.
///
/// The types of what belongs to the machine are taken from its classes; those of the JDK's
/// methods stand here. That nothing is missing, and nothing here is without use, is tested with
/// everything the compiler can write.
///
/// **Threading:** immutable once made.
public final class OutsideReferences {

  /// A field or method of another class.
  ///
  /// @param opcode of the instruction that uses it
  /// @param owner with slashes
  /// @param type its descriptor
  public record Reference(int opcode, String owner, String name, String type) {}

  /// What compiled code throws or catches, makes arrays of, casts to, or has on its stack.
  private static final List<Class<?>> TYPES =
      List.of(
          Object.class,
          Object[].class,
          byte[].class,
          long[].class,
          FunctionRef.class,
          MachineTrap.class,
          IndexOutOfBoundsException.class,
          ArithmeticException.class,
          // In the frames of code that is never reached.
          Throwable.class);

  private static final Set<String> CAUGHT =
      Set.of(internal(IndexOutOfBoundsException.class), internal(ArithmeticException.class));

  public static final OutsideReferences INSTANCE = new OutsideReferences();

  private final Set<Reference> references = new HashSet<>();
  private final Set<String> types = new HashSet<>();

  private OutsideReferences() {
    TYPES.forEach(type -> types.add(internal(type)));
    instance();
    for (Class<?> each :
        List.of(
            Numbers.class, Lanes.class, LaneShapes.class, FloatLanes.class, DoubleLanes.class)) {
      allMethods(each);
    }
    accessors();
    integers();
    floats();
    references.forEach(each -> types.add(each.owner()));
  }

  /// All but the [#constructor].
  public Set<Reference> references() {
    return Set.copyOf(references);
  }

  /// The constructor of instances: only their own class uses it.
  public static Reference constructor() {
    String type = "(" + InstanceParts.class.descriptorString() + ")V";
    return new Reference(
        Opcode.INVOKESPECIAL.bytecode(), internal(GuestInstance.class), "<init>", type);
  }

  /// The classes, by their names with slashes.
  public Set<String> types() {
    return Set.copyOf(types);
  }

  /// The classes of exceptions that code may catch.
  public static Set<String> caught() {
    return CAUGHT;
  }

  /// What `checkcast` casts to.
  public static String castTo() {
    return internal(FunctionRef.class);
  }

  /// What arrays of references have as elements.
  public static String elements() {
    return ClassShape.OBJECT;
  }

  private static String internal(Class<?> type) {
    return type.getName().replace('.', '/');
  }

  private void instance() {
    Class<?> owner = GuestInstance.class;
    fields(owner, Opcode.GETFIELD, "bytes size numbers references fuel");
    fields(owner, Opcode.PUTFIELD, "fuel");
    methods(owner, "function refuel overflow unreachable trap callHost callee");
    methods(owner, "memoryGrow memoryFill memoryCopy memoryInit dataDrop");
    methods(owner, "tableGet tableSet tableSize tableGrow tableFill tableCopy tableInit");
    methods(owner, "elementDrop global");
    methods(owner, "callsInstance callsHost callOutside takeResults");
    methods(SharedGlobal.class, "bits setBits upper setUpper reference setReference");
  }

  private void accessors() {
    fields(Accessors.class, Opcode.GETSTATIC, "SHORT INT LONG FLOAT DOUBLE");
    allMethods(Accessors.class);
    for (char type : "SIJFD".toCharArray()) {
      add(Opcode.INVOKEVIRTUAL, VarHandle.class, "get", "([BI)" + type);
      add(Opcode.INVOKEVIRTUAL, VarHandle.class, "set", "([BI" + type + ")V");
    }
    add(Opcode.INVOKESTATIC, Objects.class, "checkIndex", "(II)I");
    add(Opcode.INVOKEVIRTUAL, String.class, "charAt", "(I)C");
  }

  private void integers() {
    String counts = "numberOfLeadingZeros numberOfTrailingZeros bitCount";
    statics(Integer.class, "(I)I", counts);
    statics(Long.class, "(J)I", counts);
    String unsigned = "divideUnsigned remainderUnsigned";
    statics(Integer.class, "(II)I", unsigned + " compareUnsigned rotateLeft rotateRight");
    statics(Long.class, "(JJ)J", unsigned);
    statics(Long.class, "(JJ)I", "compareUnsigned");
    statics(Long.class, "(JI)J", "rotateLeft rotateRight");
  }

  private void floats() {
    statics(Math.class, "(F)F", "abs");
    statics(Math.class, "(D)D", "abs ceil floor rint sqrt");
    statics(Math.class, "(FF)F", "min max");
    statics(Math.class, "(DD)D", "min max");
    statics(Float.class, "(I)F", "intBitsToFloat");
    statics(Float.class, "(F)I", "floatToRawIntBits");
    statics(Double.class, "(J)D", "longBitsToDouble");
    statics(Double.class, "(D)J", "doubleToRawLongBits");
  }

  private void add(Opcode opcode, Class<?> owner, String name, String type) {
    references.add(new Reference(opcode.bytecode(), internal(owner), name, type));
  }

  private void statics(Class<?> owner, String type, String names) {
    for (String name : names.split(" ", -1)) {
      add(Opcode.INVOKESTATIC, owner, name, type);
    }
  }

  private void fields(Class<?> owner, Opcode opcode, String names) {
    Map<String, Field> known = new HashMap<>();
    for (Field field : owner.getFields()) {
      known.put(field.getName(), field);
    }
    for (String name : names.split(" ", -1)) {
      Field field = Objects.requireNonNull(known.get(name), name);
      add(opcode, owner, name, field.getType().descriptorString());
    }
  }

  private void methods(Class<?> owner, String names) {
    Set<String> wanted = Set.of(names.split(" ", -1));
    for (Method method : owner.getMethods()) {
      if (wanted.contains(method.getName())) {
        add(Opcode.INVOKEVIRTUAL, owner, method.getName(), descriptor(method));
      }
    }
  }

  private void allMethods(Class<?> owner) {
    for (Method method : owner.getDeclaredMethods()) {
      int modifiers = method.getModifiers();
      if (Modifier.isPublic(modifiers) && Modifier.isStatic(modifiers)) {
        add(Opcode.INVOKESTATIC, owner, method.getName(), descriptor(method));
      }
    }
  }

  private static String descriptor(Method method) {
    return java.lang.invoke.MethodType.methodType(
            method.getReturnType(), method.getParameterTypes())
        .descriptorString();
  }
}

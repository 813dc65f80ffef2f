package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.DecodedModule.Body;
import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which class and method each part of a module becomes.
///
/// One class for the instance with its globals; classes of static methods for the functions, as
/// many as their constants need; classes for indirect calls.
///
/// **Threading:** immutable.
public final class ClassLayout {

  /// The class of instances.
  public static final String MODULE_NAME = "kog.guest.Module";

  static final ClassDesc MODULE = ClassDesc.of(MODULE_NAME);

  /// A class file has 65,535 constants; one kilobyte of code has seldom more than a hundred. Well
  /// below what that allows, so that cores that write classes end at about the same time.
  private static final int CODE_BYTES_PER_CLASS = 60_000;

  private static final int FUNCTIONS_PER_CLASS = 2_000;

  private final DecodedModule module;
  private final int[] classOfFunction;
  private final List<Integer> firstOfClass = new ArrayList<>();
  private final int[] canonicalTypes;
  private final List<Signature> types;

  public ClassLayout(DecodedModule module) {
    this.module = module;
    this.classOfFunction = new int[module.functionTypes().size()];
    this.canonicalTypes = canonicalTypes(module.types());
    this.types = module.types().stream().map(Halves::of).toList();
    assignClasses();
  }

  private static int[] canonicalTypes(List<Signature> types) {
    Map<Signature, Integer> first = new HashMap<>();
    int[] canonical = new int[types.size()];
    for (int i = 0; i < canonical.length; i++) {
      Integer known = first.putIfAbsent(types.get(i), i);
      canonical[i] = known == null ? i : known;
    }
    return canonical;
  }

  private void assignClasses() {
    int bytes = 0;
    firstOfClass.add(0);
    for (int i = 0; i < classOfFunction.length; i++) {
      int first = firstOfClass.getLast();
      int size = i < module.importCount() ? 100 : lengthOf(i);
      if (i > first && (bytes + size > CODE_BYTES_PER_CLASS || i - first >= FUNCTIONS_PER_CLASS)) {
        firstOfClass.add(i);
        bytes = 0;
      }
      bytes += size;
      classOfFunction[i] = firstOfClass.size() - 1;
    }
  }

  private int lengthOf(int function) {
    Body body = module.bodies().get(function - module.importCount());
    return body.end() - body.start();
  }

  int codeClasses() {
    return firstOfClass.size();
  }

  int firstFunctionOf(int codeClass) {
    return firstOfClass.get(codeClass);
  }

  int endFunctionOf(int codeClass) {
    return codeClass + 1 < firstOfClass.size()
        ? firstOfClass.get(codeClass + 1)
        : classOfFunction.length;
  }

  static ClassDesc codeClass(int index) {
    return ClassDesc.of("kog.guest.Code" + index);
  }

  /// The class that has the function.
  ClassDesc classOf(int function) {
    return codeClass(classOfFunction[function]);
  }

  /// The name of the class that has the function.
  public String classNameOf(int function) {
    ClassDesc found = classOf(function);
    return found.packageName() + "." + found.displayName();
  }

  /// The method of a function.
  public static String methodOf(int function) {
    return "f" + function;
  }

  /// The field of a global that is not imported.
  public static String globalField(int global) {
    return "g" + global;
  }

  /// The field with the upper half of a global that is a vector.
  public static String upperField(int global) {
    return "u" + global;
  }

  /// A type of the module, with the halves of vectors.
  Signature type(int index) {
    return types.get(index);
  }

  /// The type of a function, with the halves of vectors.
  Signature signatureOf(int function) {
    return types.get(module.functionTypes().get(function));
  }

  /// Equal types of a module have one number.
  int canonical(int type) {
    return canonicalTypes[type];
  }

  /// The number of the type of a function.
  int typeOf(int function) {
    return canonicalTypes[module.functionTypes().get(function)];
  }

  /// The number of the type of each function.
  public int[] functionTypes() {
    int[] types = new int[classOfFunction.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = typeOf(i);
    }
    return types;
  }

  /// The method type of a function: its parameters, vectors in halves, the instance, the depth
  /// and the fuel.
  static MethodTypeDesc typeOf(Signature signature) {
    return typeOf(signature, List.of());
  }

  static MethodTypeDesc typeOf(Signature signature, List<ClassDesc> more) {
    List<ClassDesc> parameters = new ArrayList<>();
    for (ValueType type : signature.parameters()) {
      parameters.add(JvmTypes.of(type));
    }
    parameters.addAll(more);
    parameters.add(MODULE);
    parameters.add(CD_int);
    parameters.add(CD_long);
    return MethodTypeDesc.of(Results.returned(signature.results()), parameters);
  }
}

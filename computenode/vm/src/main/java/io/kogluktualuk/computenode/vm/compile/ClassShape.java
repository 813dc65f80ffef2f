package io.kogluktualuk.computenode.vm.compile;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a class that the compiler writes has: all but the code of its methods.
///
/// All classes are public, final and without interfaces; all fields are public and of the
/// instance.
///
/// **Threading:** immutable.
///
/// @param name with slashes, as in class files
/// @param superclass likewise
/// @param fields their descriptors, by name
/// @param methods those that must be there, by name
/// @param cuts into which further methods these may be cut
public record ClassShape(
    String name,
    String superclass,
    Map<String, String> fields,
    Map<String, MethodShape> methods,
    Cuts cuts) {

  public static final int FLAGS = ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL;
  public static final int FIELD_FLAGS = ClassFile.ACC_PUBLIC;

  static final String OBJECT = "java/lang/Object";

  /// @param flags its access flags
  /// @param type its descriptor
  public record MethodShape(int flags, String type) {

    static MethodShape ofStatic(MethodTypeDesc type) {
      return new MethodShape(ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC, type.descriptorString());
    }

    public boolean isStatic() {
      return (flags & ClassFile.ACC_STATIC) != 0;
    }

    public boolean isPrivate() {
      return (flags & ClassFile.ACC_PRIVATE) != 0;
    }
  }

  /// How large methods are cut.
  public enum Cuts {
    NONE,
    /// Functions: parts are called as the function, then `c` and a number.
    CHUNKS,
    /// Switches: a half is called as the whole, then `l` or `u`, as often as needed.
    HALVES
  }

  public ClassShape {
    fields = Map.copyOf(fields);
    methods = Map.copyOf(methods);
  }

  /// The shape of a method of this name; null when there is none of that name.
  public @Nullable MethodShape method(String method) {
    MethodShape whole = methods.get(method);
    return whole != null ? whole : part(method);
  }

  private @Nullable MethodShape part(String method) {
    return switch (cuts) {
      case NONE -> null;
      case CHUNKS -> {
        int cut = method.indexOf('c');
        boolean isChunk = cut > 0 && isNumber(method.substring(cut + 1));
        yield isChunk && methods.containsKey(method.substring(0, cut))
            ? MethodShape.ofStatic(SharedFrame.CHUNK)
            : null;
      }
      case HALVES -> {
        int end = method.length();
        while (end > 0 && (method.charAt(end - 1) == 'l' || method.charAt(end - 1) == 'u')) {
          end--;
        }
        yield methods.get(method.substring(0, end));
      }
    };
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() <= 9
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /// The name of a class in class files.
  public static String internal(ClassDesc type) {
    String descriptor = type.descriptorString();
    return type.isArray() ? descriptor : descriptor.substring(1, descriptor.length() - 1);
  }
}

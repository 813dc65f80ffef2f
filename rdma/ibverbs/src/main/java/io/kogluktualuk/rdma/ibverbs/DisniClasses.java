package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.util.MemoryUtils;
import com.ibm.disni.verbs.impl.SockAddrIn;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.invoke.MethodHandles;

/// Makes DiSNI's two classes with native methods usable with our library.
///
/// Their static initialisers load a library named `disni`, which is in no registry, and the class
/// is dead when that fails. Both are defined in DiSNI's class loader before the originals are
/// loaded, from the originals' own bytes, without that one call.
final class DisniClasses {

  private DisniClasses() {}

  /// @throws Unavailable when one was loaded before
  static void define() {
    define(SockAddrIn.class, "NativeDispatcher");
    define(MemoryUtils.class, "NativeAffinity");
  }

  private static void define(Class<?> neighbour, String name) {
    String resource = name + ".class";
    try (InputStream original = neighbour.getResourceAsStream(resource)) {
      if (original == null) {
        throw new Unavailable("DiSNI has no class " + neighbour.getPackageName() + "." + name);
      }
      MethodHandles.Lookup inside =
          MethodHandles.privateLookupIn(neighbour, MethodHandles.lookup());
      inside.defineClass(withoutLoading(original.readAllBytes()));
    } catch (LinkageError | IllegalAccessException | IOException e) {
      throw new Unavailable("cannot prepare DiSNI's " + name + "; was it used before? " + e, e);
    }
  }

  /// The class without its calls of `System.loadLibrary`: each becomes the removal of its argument.
  static byte[] withoutLoading(byte[] original) {
    CodeTransform transform =
        (code, element) -> {
          if (element instanceof InvokeInstruction call
              && call.owner().asInternalName().equals("java/lang/System")
              && call.name().equalsString("loadLibrary")) {
            code.pop();
          } else {
            code.with(element);
          }
        };
    ClassFile classFile = ClassFile.of();
    return classFile.transformClass(
        classFile.parse(original), ClassTransform.transformingMethodBodies(transform));
  }
}

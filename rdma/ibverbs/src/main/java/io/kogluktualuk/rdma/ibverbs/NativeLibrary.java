package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.impl.NativeDispatcher;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.library.NativeResource;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The library of this build, loaded once per process.
///
/// It is a resource `native/linux-ARCH/libkog-ibverbs.so`, put there by `scripts/build-native`; a
/// build on a machine without gcc or the headers has none. `-Dkog.rdma.library=FILE` takes another.
///
/// **Threading:** any thread.
final class NativeLibrary {

  private static final String PROPERTY = "kog.rdma.library";
  private static final String NAME = "libkog-ibverbs.so";

  private static @Nullable NativeDispatcher dispatcher;
  private static @Nullable String failure;

  private NativeLibrary() {}

  /// DiSNI's native methods, ready to be called.
  ///
  /// @throws Unavailable when the library cannot be had, saying why; every time the same
  static synchronized NativeDispatcher dispatcher() {
    if (failure != null) {
      throw new Unavailable(failure);
    }
    if (dispatcher == null) {
      try {
        dispatcher = load();
      } catch (Unavailable e) {
        failure = String.valueOf(e.getMessage());
        throw e;
      }
    }
    return dispatcher;
  }

  private static NativeDispatcher load() {
    loadFile();
    try {
      Layout.check();
    } catch (UnsatisfiedLinkError e) {
      throw new Unavailable(
          "the library that was loaded is not the one of this version: " + e.getMessage(), e);
    }
    DisniClasses.define();
    try {
      MethodHandles.Lookup inside =
          MethodHandles.privateLookupIn(NativeDispatcher.class, MethodHandles.lookup());
      MethodHandle constructor =
          inside.findConstructor(NativeDispatcher.class, MethodType.methodType(void.class));
      return (NativeDispatcher) constructor.invokeExact();
    } catch (Throwable e) {
      throw new Unavailable("DiSNI refuses the native library: " + e, e);
    }
  }

  private static void loadFile() {
    String given = System.getProperty(PROPERTY, "");
    if (!given.isEmpty()) {
      Path file = Path.of(given).toAbsolutePath();
      if (!Files.isRegularFile(file)) {
        throw new Unavailable("-D" + PROPERTY + " names " + file + ", and there is no such file");
      }
      load(file);
      return;
    }
    try {
      if (NativeResource.use(NativeLibrary.class, NAME, NativeLibrary::load).isEmpty()) {
        throw new Unavailable(
            "the native library is not part of this build: gcc or libibverbs headers were missing"
                + " when it was built (there is no "
                + NativeResource.path(NAME)
                + ")");
      }
    } catch (IOException e) {
      throw new Unavailable("the native library cannot be unpacked: " + e, e);
    }
  }

  private static boolean load(Path file) {
    try {
      System.load(file.toString());
      return true;
    } catch (UnsatisfiedLinkError e) {
      throw new Unavailable(
          "the native library does not load (are libibverbs1 and librdmacm1 installed?): "
              + e.getMessage(),
          e);
    }
  }
}

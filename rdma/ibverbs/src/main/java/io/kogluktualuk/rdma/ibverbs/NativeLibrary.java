package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.impl.NativeDispatcher;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
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
    String path = "/native/" + platform() + "/" + NAME;
    URL resource = NativeLibrary.class.getResource(path);
    if (resource == null) {
      throw new Unavailable(
          "the native library is not part of this build: gcc or libibverbs headers were missing"
              + " when it was built (there is no "
              + path
              + ")");
    }
    if (resource.getProtocol().equals("file")) {
      load(Path.of(uri(resource)));
    } else {
      loadCopy(path);
    }
  }

  /// The part of the resource's name that says what it runs on: `linux-x86_64`, `linux-aarch64`.
  static String platform() {
    String arch = System.getProperty("os.arch", "unknown");
    String os = System.getProperty("os.name", "unknown").toLowerCase(java.util.Locale.ROOT);
    return os + "-" + (arch.equals("amd64") ? "x86_64" : arch);
  }

  private static URI uri(URL resource) {
    try {
      return resource.toURI();
    } catch (URISyntaxException e) {
      throw new Unavailable("the native library's name is no path: " + resource, e);
    }
  }

  /// Out of a jar: the copy is removed as soon as it is mapped.
  private static void loadCopy(String path) {
    try (InputStream in = NativeLibrary.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new Unavailable("the native library " + path + " cannot be read");
      }
      Path folder = Files.createTempDirectory("kogluktualuk-native");
      Path file = folder.resolve(NAME);
      try {
        Files.copy(in, file);
        load(file);
      } finally {
        Files.deleteIfExists(file);
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new Unavailable("the native library cannot be unpacked: " + e, e);
    }
  }

  private static void load(Path file) {
    try {
      System.load(file.toString());
    } catch (UnsatisfiedLinkError e) {
      throw new Unavailable(
          "the native library does not load (are libibverbs1 and librdmacm1 installed?): "
              + e.getMessage(),
          e);
    }
  }
}

package io.kogluktualuk.rdma.ibverbs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ibm.disni.verbs.impl.NativeDispatcher;
import com.ibm.disni.verbs.impl.SockAddrIn;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The library of this build loads and has what DiSNI declares.
class NativeLibraryTest {

  /// Says how loading went, for a process that must not have loaded it before.
  public static final class Child {
    public static void main(String[] args) {
      System.out.println(NativeDevices.libraryFailure());
    }
  }

  @Test
  void loadsAndLaysOutWhatJavaDoes() {
    LibraryIsBuilt.orSkip();
    assertNull(NativeDevices.libraryFailure());
    Layout.check();
    assertEquals(32, NativeLibrary.dispatcher()._getVersion());
    assertEquals(Layout.SEND, NativeLibrary.dispatcher()._getIbvSendWRSize());
    assertEquals(Layout.RECEIVE, NativeLibrary.dispatcher()._getIbvRecvWRSize());
    assertEquals(Layout.COMPLETION, NativeLibrary.dispatcher()._getIbvWCSize());
    assertEquals(Layout.PIECE, NativeLibrary.dispatcher()._getIbvSgeSize());
    assertEquals(Layout.RDMA_ADDRESS, NativeLibrary.dispatcher()._getRemoteAddressOffset());
    assertEquals(Layout.RDMA_KEY, NativeLibrary.dispatcher()._getRKeyOffset());
    assertNotNull(NativeDevices.loadedLibrary("libibverbs.so"));
    assertNotNull(NativeDevices.loadedLibrary("librdmacm.so"));
  }

  /// Calling a method that the library lacks would throw [UnsatisfiedLinkError].
  @Test
  void everyNativeMethodOfDisniIsThere() throws Exception {
    LibraryIsBuilt.orSkip();
    NativeDispatcher dispatcher = NativeLibrary.dispatcher();
    int count = 0;
    for (Method method : NativeDispatcher.class.getDeclaredMethods()) {
      if (Modifier.isNative(method.getModifiers())) {
        count++;
        Object[] zeros =
            Arrays.stream(method.getParameterTypes()).map(NativeLibraryTest::zero).toArray();
        // Channels are the only thing that can be had without a device, if there is a kernel
        // module.
        if (!method.getName().equals("_createEventChannel")) {
          try {
            Object result = method.invoke(dispatcher, zeros);
            assertTrue(
                method.getReturnType() == int.class && isHarmless(method, (int) result),
                method + " accepts zeros, giving " + result);
          } catch (java.lang.reflect.InvocationTargetException e) {
            assertTrue(e.getCause() instanceof IOException, method + " gives " + e.getCause());
          }
        }
      }
    }
    assertEquals(48, count);
    Method get = Class.forName("com.ibm.disni.util.NativeAffinity").getMethod("getAffinity");
    long mask = (long) get.invoke(null);
    assertTrue(mask != 0);
    Class.forName("com.ibm.disni.util.NativeAffinity")
        .getMethod("setAffinity", long.class)
        .invoke(null, mask);
    assertEquals(mask, get.invoke(null));
  }

  /// Sizes are positive, refusals negative; only acknowledging does nothing.
  private static boolean isHarmless(Method method, int result) {
    return method.getName().startsWith("_ack") || method.getParameterCount() == 0
        ? result >= 0
        : result < 0;
  }

  private static Object zero(Class<?> type) {
    if (type == long.class) {
      return 0L;
    } else if (type == int.class) {
      return 0;
    } else if (type == short.class) {
      return (short) 0;
    }
    return (byte) 0;
  }

  @Test
  void onlyTheCallThatLoadsIsTakenOutOfDisnisClasses() throws IOException {
    for (String name : new String[] {"NativeDispatcher", "/com/ibm/disni/util/NativeAffinity"}) {
      try (InputStream in = SockAddrIn.class.getResourceAsStream(name + ".class")) {
        byte[] original = Objects.requireNonNull(in).readAllBytes();
        byte[] changed = DisniClasses.withoutLoading(original);
        assertEquals(calls(original) - 1, calls(changed));
        assertEquals(
            ClassFile.of().parse(original).methods().size(),
            ClassFile.of().parse(changed).methods().size());
      }
    }
  }

  private static long calls(byte[] bytes) {
    long count = 0;
    for (MethodModel method : ClassFile.of().parse(bytes).methods()) {
      if (method.code().orElse(null) instanceof CodeAttribute code) {
        count +=
            code.elementStream().filter(element -> element instanceof InvokeInstruction).count();
      }
    }
    return count;
  }

  @Test
  void aLibraryThatIsNotThereOrAnotherOneIsNamed(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("none.so");
    assertTrue(failureWith(missing).contains(missing + ", and there is no such file"));
    Path other = Objects.requireNonNull(NativeDevices.loadedLibrary("libc.so"));
    assertTrue(failureWith(other).contains("is not the one of this version"));
  }

  private static String failureWith(Path library) throws IOException {
    String before = System.getProperty("kog.rdma.library", "");
    System.setProperty("kog.rdma.library", library.toString());
    try (ChildJvm child = ChildJvm.start(Child.class)) {
      return child.line();
    } finally {
      System.setProperty("kog.rdma.library", before);
    }
  }

  /// The class path of a build that had no compiler: everything but the resource.
  @Test
  void aBuildWithoutTheLibrarySaysSo(@TempDir Path folder) throws IOException {
    Path classes = LibraryIsBuilt.classes();
    LibraryIsBuilt.copyWithout(classes, folder, "native");
    String path = System.getProperty("java.class.path", "");
    System.setProperty("java.class.path", path.replace(classes.toString(), folder.toString()));
    try (ChildJvm child = ChildJvm.start(Child.class)) {
      assertTrue(
          child
              .line()
              .startsWith(
                  "the native library is not part of this build: gcc or libibverbs headers were"
                      + " missing when it was built"));
    } finally {
      System.setProperty("java.class.path", path);
    }
    assertFalse(path.isEmpty());
  }

  /// Jars are what users run.
  @Test
  void loadsOutOfAJarAndLeavesNoCopy(@TempDir Path folder) throws IOException {
    LibraryIsBuilt.orSkip();
    Path classes = LibraryIsBuilt.classes();
    Path jar = LibraryIsBuilt.jar(classes, folder.resolve("ibverbs.jar"));
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    String path = System.getProperty("java.class.path", "");
    System.setProperty("java.class.path", path.replace(classes.toString(), jar.toString()));
    try {
      java.util.List<String> command = new java.util.ArrayList<>(ChildJvm.command(Child.class));
      command.add(1, "-Djava.io.tmpdir=" + temporary);
      try (ChildJvm child = ChildJvm.start(command)) {
        assertEquals("null", child.line());
      }
    } finally {
      System.setProperty("java.class.path", path);
    }
    try (var left = Files.list(temporary)) {
      assertEquals(0, left.filter(f -> f.toString().contains("kogluktualuk")).count());
    }
  }
}

package io.kogluktualuk.rdma.ibverbs;

import io.kogluktualuk.fabric.library.NativeResource;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// The folder that this module was built into, with or without the library.
final class LibraryIsBuilt {

  private LibraryIsBuilt() {}

  /// Skips a test that needs the library where gcc or the headers were missing.
  static void orSkip() {
    String path = NativeResource.path("libkog-ibverbs.so");
    Assumptions.assumeTrue(
        NativeLibrary.class.getResource(path) != null,
        "the native library was not built: apt-get install gcc libibverbs-dev librdmacm-dev");
  }

  static Path classes() {
    try {
      URI here = NativeLibrary.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      Path folder = Path.of(here);
      Assumptions.assumeTrue(Files.isDirectory(folder), "the classes are in a jar");
      return folder;
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static void copyWithout(Path from, Path to, String name) throws IOException {
    for (Path file : files(from)) {
      Path relative = from.relativize(file);
      if (!relative.startsWith(name)) {
        Path target = to.resolve(relative);
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  static Path jar(Path from, Path to) throws IOException {
    try (OutputStream out = Files.newOutputStream(to);
        JarOutputStream jar = new JarOutputStream(out)) {
      for (Path file : files(from)) {
        jar.putNextEntry(new JarEntry(from.relativize(file).toString()));
        Files.copy(file, jar);
        jar.closeEntry();
      }
    }
    return to;
  }

  private static java.util.List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }
}

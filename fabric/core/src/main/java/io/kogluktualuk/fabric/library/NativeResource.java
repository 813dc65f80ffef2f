package io.kogluktualuk.fabric.library;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// A native library that the build has made a resource: `/native/linux-ARCH/NAME`.
///
/// **Threading:** any thread.
public final class NativeResource {

  private NativeResource() {}

  /// The resource's path for the machine that this process runs on.
  public static String path(String name) {
    String os = System.getProperty("os.name", "unknown").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "unknown");
    return "/native/" + os + "-" + (arch.equals("amd64") ? "x86_64" : arch) + "/" + name;
  }

  /// Has the library mapped from its file; out of a jar from a copy, which is removed afterwards.
  ///
  /// @param owner a class of the module whose resource it is
  /// @param load maps the file
  /// @return what that gives; nothing when the build has no such library
  /// @throws IOException when it cannot be unpacked
  public static <R> Optional<R> use(Class<?> owner, String name, Function<Path, R> load)
      throws IOException {
    String path = path(name);
    URL resource = owner.getResource(path);
    if (resource == null) {
      return Optional.empty();
    }
    if (resource.getProtocol().equals("file")) {
      return Optional.of(load.apply(fileOf(resource)));
    }
    Path folder = Files.createTempDirectory("kogluktualuk-native");
    Path file = folder.resolve(name);
    try (InputStream in = resource.openStream()) {
      Files.copy(in, file);
      return Optional.of(load.apply(file));
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }

  private static Path fileOf(URL resource) throws IOException {
    try {
      return Path.of(resource.toURI());
    } catch (URISyntaxException e) {
      throw new IOException("a native library's name is no path: " + resource, e);
    }
  }
}

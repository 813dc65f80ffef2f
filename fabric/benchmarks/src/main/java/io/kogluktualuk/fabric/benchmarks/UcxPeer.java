package io.kogluktualuk.fabric.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// UCX over its shared-memory transport `posix`, by its own Java binding, in two processes.
///
/// **Threading:** one thread. **Ownership:** closes both processes.
final class UcxPeer implements AutoCloseable {

  private static final List<String> FOLDERS =
      List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib");

  private static final List<String> LIBRARIES = List.of("ucm", "ucs", "uct", "ucp");

  private final Agent target;
  private final Agent initiator;

  private UcxPeer(Agent target, Agent initiator) {
    this.target = target;
    this.initiator = initiator;
  }

  /// Starts it; null where it cannot be had, and then says why.
  static @Nullable UcxPeer start(Path folder, Consumer<String> why) throws IOException {
    Path libraries = libraries(folder);
    if (libraries == null) {
      why.accept("not measured: libucx0 is not installed");
      return null;
    }
    List<String> flags = List.of("-Djava.library.path=" + libraries, "-Xmx128m");
    Map<String, String> settings =
        Map.of("UCX_TLS", "posix", "UCX_LOG_LEVEL", "error", "UCX_ERROR_SIGNALS", "");
    Path errors = folder.resolve("ucx.err");
    Agent target = null;
    try {
      target = Agent.start(Agent.java(flags, UcxTarget.class), settings, errors);
      String[] words = target.greeting().split(" ");
      List<String> command = Agent.java(flags, UcxInitiator.class, words[0], words[1], words[2]);
      return new UcxPeer(target, Agent.start(command, settings, errors));
    } catch (IOException e) {
      if (target != null) {
        target.close();
      }
      why.accept("not measured: UCX does not work here: " + e.getMessage());
      return null;
    }
  }

  /// The binding asks for libraries by names that only development packages have; in this folder
  /// they lead to those of the runtime package.
  private static @Nullable Path libraries(Path folder) throws IOException {
    for (String place : FOLDERS) {
      if (Files.exists(Path.of(place, "libucp.so.0"))) {
        Path links = Files.createDirectory(folder.resolve("ucx"));
        for (String name : LIBRARIES) {
          Files.createSymbolicLink(
              links.resolve("lib" + name + ".so"), Path.of(place, "lib" + name + ".so.0"));
        }
        return links;
      }
    }
    return null;
  }

  /// @param operation `get` or `put`
  Contest.Contender contender(String operation, int bytes) {
    return times -> initiator.ask(operation, bytes, times);
  }

  @Override
  public void close() {
    initiator.close();
    target.close();
  }
}

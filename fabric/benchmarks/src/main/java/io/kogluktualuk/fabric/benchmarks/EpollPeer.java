package io.kogluktualuk.fabric.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The raw TCP peer, `epoll_peer.c`, compiled here and run as two processes.
///
/// **Threading:** one thread. **Ownership:** closes both processes.
final class EpollPeer implements AutoCloseable {

  private static final String SOURCE = "epoll_peer.c";
  private static final int COMPILE_SECONDS_MAX = 30;

  private final Agent server;
  private final Agent client;

  private EpollPeer(Agent server, Agent client) {
    this.server = server;
    this.client = client;
  }

  /// Compiles and starts it; null where there is no compiler, and then says so.
  static @Nullable EpollPeer start(Path folder, Consumer<String> why)
      throws IOException, InterruptedException {
    Path source = folder.resolve(SOURCE);
    try (InputStream in = EpollPeer.class.getResourceAsStream(SOURCE)) {
      if (in == null) {
        throw new IOException(SOURCE + " is not on the class path");
      }
      Files.copy(in, source);
    }
    Path program = folder.resolve("epoll_peer");
    Path log = folder.resolve("cc.log");
    if (!compiled(List.of("cc", "-O2", "-o", program.toString(), source.toString()), log)) {
      why.accept("not measured: there is no C compiler (cc) that works; see " + log);
      return null;
    }
    Path errors = folder.resolve("epoll_peer.err");
    Agent server = Agent.start(List.of(program.toString(), "serve"), Map.of(), errors);
    try {
      List<String> command = List.of(program.toString(), "connect", server.greeting());
      return new EpollPeer(server, Agent.start(command, Map.of(), errors));
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  private static boolean compiled(List<String> command, Path log)
      throws IOException, InterruptedException {
    try {
      Process compiler =
          new ProcessBuilder(command)
              .redirectInput(new File("/dev/null"))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!compiler.waitFor(COMPILE_SECONDS_MAX, TimeUnit.SECONDS)) {
        compiler.destroyForcibly();
        return false;
      }
      return compiler.exitValue() == 0;
    } catch (IOException e) {
      Files.writeString(log, String.valueOf(e.getMessage()));
      return false;
    }
  }

  /// @param operation `pingpong` or `stream`
  Contest.Contender contender(String operation, int bytes) {
    return times -> client.ask(operation, bytes, times);
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}

package io.kogluktualuk.rdma.doctor;

import io.kogluktualuk.rdma.provider.Verbs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.LogManager;

/// One process of the self-test. It speaks in lines that begin with [#WORD]; whatever else it
/// prints is a library's.
///
/// **Threading:** one thread.
public final class SelfTestProcess {

  /// Begins each line of ours.
  static final String WORD = "self-test ";

  private SelfTestProcess() {}

  /// @param args how long each step may take in milliseconds; then `serve ADDRESS`, or `connect
  ///     ADDRESS PORT`, or `inspect`
  public static void main(String[] args) throws IOException {
    LogManager.getLogManager().reset();
    try {
      // Before the choice: the software provider takes a class that the native library has, too.
      List<String> facts = new ArrayList<>();
      if (args[1].equals("inspect")) {
        AdapterFacts.tell(facts::add);
      }
      Verbs.Choice choice = Verbs.install();
      say("choice " + choice.provider() + " " + choice.reason());
      Duration patience = Duration.ofMillis(Long.parseLong(args[0]));
      switch (args[1]) {
        case "serve" -> {
          SelfTestServer.serve(
              InetAddress.getByName(args[2]), patience, port -> say("port " + port));
          awaitEnd();
        }
        case "connect" -> {
          var server = new InetSocketAddress(args[2], Integer.parseInt(args[3]));
          SelfTestClient.run(
              server, patience, path -> say("path " + path), step -> say("step " + step));
          say("done");
        }
        default -> {
          say("network " + Verbs.network());
          facts.forEach(SelfTestProcess::say);
          say("done");
        }
      }
    } catch (IOException | RuntimeException | LinkageError e) {
      say("failed " + e);
      throw e;
    }
  }

  /// The other process's operations need this one's memory; its end is the sign.
  private static void awaitEnd() throws IOException {
    while (System.in.read() >= 0) {
      // Nothing is said on it.
    }
  }

  private static void say(String line) {
    System.out.println(WORD + line.replace('\n', ' '));
    System.out.flush();
  }
}

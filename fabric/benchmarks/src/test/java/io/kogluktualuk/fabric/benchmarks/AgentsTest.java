package io.kogluktualuk.fabric.benchmarks;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentsTest {

  @TempDir private Path folder = Path.of("set by JUnit");

  /// Starting a pair checks that bytes come and go.
  @ParameterizedTest
  @ValueSource(strings = {"shared", "tcp"})
  void everyVerbThatIsMeasuredWorks(String path) throws Exception {
    try (VerbsPair pair = VerbsPair.start(path, folder)) {
      List<String> operations =
          List.of(
              "read-warm",
              "read-cold",
              "write-warm",
              "write-cold",
              "copy-in-warm",
              "copy-in-cold",
              "copy-out-warm",
              "copy-out-cold",
              "stream-warm",
              "stream-cold");
      for (String operation : operations) {
        assertTrue(pair.contender(operation, 1 << 20).nanos(130) > 0, operation);
      }
      IOException wrong =
          assertThrows(IOException.class, () -> pair.contender("nothing", 1).nanos(1));
      assertTrue(String.valueOf(wrong.getMessage()).contains("nothing of 1 bytes failed"));
    }
  }

  @Test
  void theRawPeerAnswersOneByOneAndMany() throws Exception {
    List<String> why = new ArrayList<>();
    EpollPeer started = EpollPeer.start(folder, why::add);
    assumeTrue(started != null, () -> String.join("", why));
    try (EpollPeer peer = Objects.requireNonNull(started)) {
      assertTrue(peer.contender("pingpong", 4096).nanos(100) > 0);
      assertTrue(peer.contender("stream", 1 << 20).nanos(100) > 0);
      assertTrue(peer.contender("pingpong", 1).nanos(1) > 0);
    }
  }

  @Test
  void aProcessThatDiesIsAnErrorWithItsLog() throws IOException {
    Path errors = folder.resolve("errors");
    IOException died =
        assertThrows(
            IOException.class,
            () -> Agent.start(List.of("sh", "-c", "echo broken >&2; exit 3"), Map.of(), errors));
    assertTrue(String.valueOf(died.getMessage()).contains("ended before it was ready"));
    assertTrue(String.valueOf(died.getMessage()).contains(errors.toString()));
    assertTrue(Files.readString(errors).contains("broken"));
  }
}

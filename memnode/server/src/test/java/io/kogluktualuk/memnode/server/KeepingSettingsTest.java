package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.retention.RetentionLimits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What an operator says of how a node keeps its blobs, seen in what it does.
@Timeout(60)
final class KeepingSettingsTest {

  /// Longer than the test: no sync happens unless somebody waits for it.
  private static final Duration NEVER = Duration.ofMinutes(30);

  @TempDir private Path folder = Path.of("unset");

  private static Blob blob(String text) {
    return Blob.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static KeepingSettings settings(boolean isDurable, long step) {
    return new KeepingSettings(RetentionLimits.STANDARD, step, isDurable, NEVER, 0);
  }

  @Test
  void whereEveryPutIsDurableEachWaitsForTheDevice() {
    try (TestNodes nodes = new TestNodes(folder)) {
      MemoryServer asked = nodes.start("asked", settings(false, 8 << 20));
      FabricBlobs blobs = nodes.reader(1);
      blobs.put(List.of(blob("a")));
      blobs.put(List.of(blob("b")));
      assertEquals(0, asked.keeping().syncs());
      nodes.stop("asked");
      nodes.forget("asked");

      MemoryServer always = nodes.start("always", settings(true, 8 << 20));
      FabricBlobs others = nodes.reader(1);
      others.put(List.of(blob("a")));
      others.put(List.of(blob("b")));
      assertTrue(always.keeping().syncs() >= 2, () -> always.keeping().toString());
      assertTrue(always.keeping().syncTimes().count() >= 2);
      assertTrue(always.keeping().putTimes().count() >= 2);
      assertEquals("b", new String(others.get(blob("b").hash()).toArray(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void aTurnReadsItsShareOfASecondAgain() {
    assertEquals(4 << 20, KeepingSettings.STANDARD.scrubBytesEachTurn());
    assertEquals(0, settings(false, 1).scrubBytesEachTurn());
    assertThrows(IllegalArgumentException.class, () -> settings(false, 0));
  }
}

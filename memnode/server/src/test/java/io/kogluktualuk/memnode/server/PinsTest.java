package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.NodeState;
import io.kogluktualuk.memnode.reader.Pins;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Whom a mark tells what.
class PinsTest {

  private static final MemoryNode NODE =
      new MemoryNode("away", new InetSocketAddress("127.0.0.1", 1), 1, NodeState.ACTIVE);

  /// Without blobs the call says that a generation begins. When roots reached nothing, a node that
  /// had started again since it began was told so, and collected what was put since.
  @Test
  void aMarkThatReachesNothingTellsNobodyThatItBegins() {
    try (FabricBlobs blobs = FabricBlobs.open(List::of, ReaderSettings.defaults())) {
      Pins pins = new Pins(blobs.nodes(), Duration.ofSeconds(1));
      pins.stamp(List.of(NODE), 7, List.of());
      assertEquals(Set.of(), pins.failures().keySet(), "nobody was asked");
      pins.begin(List.of(NODE), 7);
      assertEquals(Set.of(NODE.id()), pins.failures().keySet());
      Pins others = new Pins(blobs.nodes(), Duration.ofSeconds(1));
      others.stamp(List.of(NODE), 7, List.of(Hash.of(new byte[1])));
      assertEquals(Set.of(NODE.id()), others.failures().keySet());
    }
  }
}

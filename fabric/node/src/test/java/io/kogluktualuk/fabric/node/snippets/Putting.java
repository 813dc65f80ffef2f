package io.kogluktualuk.fabric.node.snippets;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Hold;
import io.kogluktualuk.fabric.client.PutOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;

/// Content in.
public final class Putting {

  private Putting() {}

  /// What is in memory off the heap.
  public static Ref segment(Fabric fabric) {
    // @start region="segment"
    try (Arena arena = Arena.ofShared()) {
      MemorySegment frame = arena.allocate(8 << 20).fill((byte) 7);
      return fabric.put(frame); // cut, hashed and sent from where it is
    }
    // @end
  }

  /// How long it stays.
  public static Ref options(Fabric fabric, byte[] bytes) {
    // @start region="options"
    try (Hold hold = fabric.hold()) {
      fabric.put(bytes, PutOptions.source().replicas(2).durable());
      fabric.put(bytes, PutOptions.derived(Duration.ofMillis(40)));
      // Handed over: first to be evicted, but not as long as the hold is open.
      return fabric.put(bytes, PutOptions.passing().heldBy(hold));
    }
    // @end
  }

  /// The other forms.
  public static Ref others(Fabric fabric, Path file, byte[] bytes) throws IOException {
    // @start region="others"
    Ref ofFile = fabric.put(file);
    try (InputStream stream = new ByteArrayInputStream(bytes)) {
      fabric.put(stream);
    }
    fabric.put(ByteBuffer.wrap(bytes));
    // @end
    return ofFile;
  }
}

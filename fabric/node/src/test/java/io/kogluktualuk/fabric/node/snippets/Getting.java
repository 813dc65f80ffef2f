package io.kogluktualuk.fabric.node.snippets;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.View;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/// Content out.
public final class Getting {

  private Getting() {}

  /// In place.
  public static long view(Fabric fabric, Ref ref) {
    // @start region="view"
    long sum = 0;
    try (View view = fabric.get(ref)) {
      for (MemorySegment part : view.segments()) {
        for (long i = 0; i < part.byteSize(); i++) {
          sum += part.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
        }
      }
    }
    return sum;
    // @end
  }

  /// Without a hold, of one blob.
  public static int read(Fabric fabric, String text) {
    // @start region="read"
    Ref ref = fabric.ref(text); // kind:hash:length, or the first digits of a hash
    if (fabric.stat(ref).missing() == 0) {
      return fabric.read(ref.hash(), bytes -> bytes.get(ValueLayout.JAVA_BYTE, 0));
    }
    // @end
    return -1;
  }

  /// By copies.
  public static byte[] others(Fabric fabric, Ref ref, Path file) throws IOException {
    // @start region="others"
    fabric.get(ref, file); // appears when it is complete
    try (InputStream stream = fabric.open(ref)) {
      stream.skipNBytes(1); // of any length, in constant memory
    }
    return fabric.bytes(ref, 64 << 20); // no more than that
    // @end
  }
}

package io.kogluktualuk.fabric.node.snippets;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Hold;
import java.util.List;
import java.util.Set;

/// What stays.
public final class Holding {

  private Holding() {}

  /// For as long as it is needed.
  public static Set<Ref> hold(Fabric fabric, List<Ref> refs, Ref one) {
    // @start region="hold"
    try (Hold hold = fabric.hold()) {
      Set<Ref> absent = hold.add(refs); // one call to each memory node
      if (hold.add(one)) {
        fabric.bytes(one, 1 << 20);
        hold.release(one);
      }
      return absent;
    } // all that is left is let go
    // @end
  }
}

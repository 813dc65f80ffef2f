package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The narrowed thunks of namespaces whose inputs are being computed: one [Binding] for each in a
/// run, however many need it. So those that need each other are seen to, and what many have as an
/// input is begun once.
///
/// **Threading:** any thread. **Bound:** the thunks that are being computed.
final class Bindings {

  private static final byte[] MAGIC = "kogB\u0001".getBytes(StandardCharsets.US_ASCII);

  private final Map<Place, Binding> bindings = new ConcurrentHashMap<>();

  /// A thunk in a namespace, for a run.
  ///
  /// @param key names the thunk in that namespace
  record Place(Run run, Recall recall, Hash key) {
    static Place of(Run run, Recall recall, Ref root, Ref thunk) {
      ByteBuffer bytes = ByteBuffer.allocate(MAGIC.length + 2 * Hash.BYTES);
      bytes.put(MAGIC).put(root.hash().toBytes()).put(thunk.hash().toBytes());
      return new Place(run, recall, Hash.of(bytes.array()));
    }

    /// What it has come to in the run, if it needs its own value.
    @Nullable Settled circle() {
      return recall.isRestoring() ? null : run.circle(key);
    }
  }

  /// One that is held once for the caller: another's, or the fresh one, begun.
  Binding begin(Place place, Binding fresh) {
    fresh.hold();
    Settled circle = place.circle();
    if (circle != null) {
      fresh.settle(circle);
      return fresh;
    }
    while (true) {
      Binding other = bindings.putIfAbsent(place, fresh);
      if (other == null) {
        return fresh.start();
      }
      if (other.hold()) {
        return other;
      }
      bindings.remove(place, other);
    }
  }

  void landed(Place place, Binding binding) {
    bindings.remove(place, binding);
  }

  /// What a thunk runs that is being computed; null when it is not.
  @Nullable List<String> find(Hash key) {
    for (Map.Entry<Place, Binding> each : bindings.entrySet()) {
      if (each.getKey().key.equals(key)) {
        return each.getValue().argv();
      }
    }
    return null;
  }
}

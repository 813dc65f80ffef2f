package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/// Holds that nodes may have, although nobody here counts them: a call's answer was not heard, as
/// its thread was interrupted or its time was over, or a release did not arrive.
///
/// **Threading:** safe. **Bound:** [#HASHES_MAX] blobs; of more, the oldest are held until the
/// session ends.
final class Doubts {

  static final int HASHES_MAX = 1 << 16;

  /// @param nodeId may hold them
  /// @param untilNanos until then it may still begin to: it has the call and waits for something
  record Doubt(String nodeId, List<Hash> hashes, long untilNanos) {}

  private final Deque<Doubt> open = new ArrayDeque<>();
  private int size;

  synchronized void add(Doubt doubt) {
    open.add(doubt);
    size += doubt.hashes.size();
    while (size > HASHES_MAX && open.size() > 1) {
      size -= open.remove().hashes.size();
    }
  }

  /// All of them; who takes them adds those again that stay in doubt.
  synchronized Collection<Doubt> take() {
    List<Doubt> all = List.copyOf(open);
    open.clear();
    size = 0;
    return all;
  }
}

package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.fault.FabricException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The nodes that live, asked for again when the answer has become old.
///
/// While one thread asks, the others go on with the old answer. When the source fails, so does
/// everybody who has no answer yet; the others go on as well: data does not stop because the
/// control plane does.
///
/// **Threading:** any thread.
final class Membership {

  private final Supplier<List<MemoryNode>> source;
  private final long ageNanosMax;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile @Nullable Answer answer;

  private record Answer(Rendezvous rendezvous, long atNanos) {}

  Membership(Supplier<List<MemoryNode>> source, Duration ageMax) {
    this.source = source;
    this.ageNanosMax = ageMax.toNanos();
  }

  Rendezvous current() {
    Answer known = answer;
    if (known != null && System.nanoTime() - known.atNanos() <= ageNanosMax) {
      return known.rendezvous();
    }
    if (known == null) {
      asking.lock();
    } else if (!asking.tryLock()) {
      return known.rendezvous();
    }
    try {
      Answer meanwhile = answer;
      if (meanwhile != known && meanwhile != null) {
        return meanwhile.rendezvous();
      }
      return ask(known);
    } finally {
      asking.unlock();
    }
  }

  private Rendezvous ask(@Nullable Answer known) {
    try {
      List<MemoryNode> nodes = source.get();
      Rendezvous rendezvous =
          known != null && known.rendezvous().nodes().equals(nodes)
              ? known.rendezvous()
              : new Rendezvous(nodes);
      answer = new Answer(rendezvous, System.nanoTime());
      return rendezvous;
    } catch (FabricException e) {
      if (known == null) {
        throw e;
      }
      answer = new Answer(known.rendezvous(), System.nanoTime());
      return known.rendezvous();
    }
  }
}

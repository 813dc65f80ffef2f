package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.CopyAge;
import io.kogluktualuk.memnode.api.LeaseTerms;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.Retention;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.lease.FenceKeeper;
import io.kogluktualuk.memnode.retention.Arrival;
import io.kogluktualuk.memnode.retention.TenantRetention;
import io.kogluktualuk.memnode.store.MemoryStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is meant to become of blobs that are on their way: held from the moment on in which they
/// are sealed, sources, as old as what they are copies of.
///
/// **Threading:** any thread. **Ownership:** everything else is lent.
/// **Bound:** [#WINDOWS_MAX] windows; the eldest are forgotten.
final class Arrivals {

  /// More than there are windows.
  private static final int WINDOWS_MAX = 4096;

  private final MemoryStore store;
  private final TenantRetention retention;
  private final FenceKeeper fences;

  /// By window; guarded by itself.
  private final Map<Long, Intent> intents =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Intent> eldest) {
          return size() > WINDOWS_MAX;
        }
      };

  /// What shall be held once it is sealed, or is as old as what it is a copy of.
  record Intent(Arrival arrival, List<Hash> hashes, List<Hash> sources) {}

  Arrivals(MemoryStore store, TenantRetention retention, FenceKeeper fences) {
    this.store = store;
    this.retention = retention;
    this.fences = fences;
  }

  /// What a request means for some of its blobs; null when that is nothing.
  @Nullable Intent intent(ReserveRequest request, List<Hash> hashes) {
    LeaseTerms lease = request.lease();
    List<Hash> sources =
        request.items().stream()
            .filter(item -> item.retention() instanceof Retention.Source)
            .map(ReserveRequest.Item::hash)
            .filter(hashes::contains)
            .toList();
    return lease == null && request.age() == null && sources.isEmpty()
        ? null
        : new Intent(new Arrival(lease, quietSince(request.age())), hashes, sources);
  }

  private long quietSince(@Nullable CopyAge age) {
    return age == null
        ? Arrival.WHEN_SEALED
        : store.withResidents(residents -> retention.pins(residents).quietSince(age));
  }

  /// To be taken when the window is sealed.
  void expect(long window, Intent intent) {
    synchronized (intents) {
      intents.put(window, intent);
    }
  }

  /// What was expected of a window; null for nothing.
  @Nullable Intent take(long window) {
    synchronized (intents) {
      return intents.remove(window);
    }
  }

  /// Seals blobs.
  interface Seal {
    SealResponse run();
  }

  /// Seals; what was sealed is held from that very moment on, and is as old as it is meant to be.
  SealResponse sealed(@Nullable Intent intent, Seal seal) {
    try {
      if (intent == null) {
        return seal.run();
      }
      return sealAs(intent, seal);
    } finally {
      store.withResidents(
          residents -> {
            retention.settle(residents);
            return residents;
          });
    }
  }

  private SealResponse sealAs(Intent intent, Seal seal) {
    LeaseTerms lease = intent.arrival().lease();
    if (lease != null) {
      fences.check(lease.proof());
    }
    store.withResidents(
        residents -> {
          retention.expect(residents, intent.arrival(), intent.hashes());
          return intent;
        });
    try {
      SealResponse response = seal.run();
      keepEach(intent);
      if (lease != null) {
        holdEach(lease, intent.hashes());
      }
      return response;
    } finally {
      store.withResidents(
          residents -> {
            retention.unexpect(residents, intent.hashes());
            return intent;
          });
    }
  }

  /// Somebody else may have sealed them first, as what can be computed again, or long ago.
  private void keepEach(Intent intent) {
    store.withResidents(
        residents -> {
          long since =
              Math.min(intent.arrival().sinceSeconds(), retention.pins(residents).quietSince(null));
          intent.sources().forEach(hash -> retention.keepAsSource(residents, hash, since));
          return intent;
        });
  }

  private void holdEach(LeaseTerms lease, List<Hash> hashes) {
    store.withResidents(
        residents -> {
          hashes.forEach(hash -> retention.hold(residents, lease, hash));
          return hashes;
        });
  }
}

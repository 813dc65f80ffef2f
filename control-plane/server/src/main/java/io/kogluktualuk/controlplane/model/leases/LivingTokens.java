package io.kogluktualuk.controlplane.model.leases;

import io.kogluktualuk.controlplane.api.Fences;
import io.kogluktualuk.controlplane.api.TokenRange;
import io.kogluktualuk.fabric.lease.LeaseId;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The tokens that live, and so all that are dead.
///
/// **Threading:** one writer; [#fences] by any number of readers at once, not beside the writer.
/// **Bound:** as many tokens as there are living leases.
final class LivingTokens {

  private final NavigableMap<Long, LeaseId> living = new TreeMap<>();
  private long issued;

  /// Computed when asked for; two readers may both do it, with the same result.
  private volatile @Nullable Fences fences;

  long issued() {
    return issued;
  }

  void raiseIssued(long token) {
    issued = Math.max(issued, token);
    fences = null;
  }

  void live(long token, LeaseId id) {
    living.put(token, id);
    raiseIssued(token);
  }

  void die(long token) {
    living.remove(token);
    fences = null;
  }

  void clear() {
    living.clear();
    issued = 0;
    fences = null;
  }

  Fences fences() {
    Fences known = fences;
    if (known == null) {
      known = compute();
      fences = known;
    }
    return known;
  }

  private Fences compute() {
    if (living.isEmpty()) {
      return new Fences(issued + 1, issued, List.of());
    }
    List<TokenRange> dead = new ArrayList<>();
    long next = living.firstKey();
    for (long token : living.keySet()) {
      if (token > next) {
        dead.add(new TokenRange(next, token - 1));
      }
      next = token + 1;
    }
    if (next <= issued) {
      dead.add(new TokenRange(next, issued));
    }
    return new Fences(living.firstKey(), issued, dead);
  }
}

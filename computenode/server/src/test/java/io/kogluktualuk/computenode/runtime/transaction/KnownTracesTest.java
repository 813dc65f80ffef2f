package io.kogluktualuk.computenode.runtime.transaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.kogluktualuk.computenode.runtime.store.Memo;
import io.kogluktualuk.computenode.runtime.store.MemoIndex;
import io.kogluktualuk.computenode.runtime.store.Recent;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.TraceClaim;
import io.kogluktualuk.fabric.transaction.TraceEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KnownTracesTest {

  private final AtomicLong now = new AtomicLong(-5);
  private final Nodes index = new Nodes();
  private final KnownTraces known =
      new KnownTraces(index, new Recent<>(10), new InMemoryBlobs(), now::get);

  private static Hash hash(int number) {
    return Hash.of(new byte[] {(byte) number});
  }

  @Test
  void whoHasANodeIsRememberedForAWhile() {
    index.holders.put(hash(1), hash(10));
    assertEquals(hash(10), known.at(hash(1)));
    index.holders.put(hash(1), hash(11));
    now.addAndGet(KnownTraces.REMEMBERED_NANOS);
    assertEquals(hash(10), known.at(hash(1)));
    assertEquals(hash(10), known.remembered(hash(1)));
    now.incrementAndGet();
    assertNull(known.remembered(hash(1)));
    assertEquals(hash(11), known.at(hash(1)));
  }

  @Test
  void whatIsOfUseIsClaimedAgainOnceInThatTime() {
    List<TraceEntry> ways = List.of(new TraceEntry(hash(1), hash(10)));
    known.at(hash(1));
    known.wereOfUse(ways);
    known.wereOfUse(ways);
    assertEquals(List.of(TraceClaim.of(hash(1), hash(10))), known.takeUseful());
    known.wereOfUse(ways);
    assertEquals(List.of(), known.takeUseful());
    now.addAndGet(KnownTraces.REMEMBERED_NANOS + 1);
    known.at(hash(1));
    known.wereOfUse(ways);
    assertEquals(List.of(TraceClaim.of(hash(1), hash(10))), known.takeUseful());
  }

  /// Knows who has which node, and no outcomes.
  private static final class Nodes implements MemoIndex {
    final Map<Hash, Hash> holders = new HashMap<>();

    @Override
    public Map<Hash, Outcome> lookup(Collection<Hash> keys) {
      return Map.of();
    }

    @Override
    public List<Hash> producersOf(Hash output) {
      return List.of();
    }

    @Override
    public void record(List<Memo> memos) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<Hash, Hash> traced(Collection<Hash> nodes) {
      Map<Hash, Hash> found = new HashMap<>(holders);
      found.keySet().retainAll(nodes);
      return found;
    }

    @Override
    public List<@Nullable Hash> trace(List<TraceClaim> claims) {
      List<@Nullable Hash> found = new ArrayList<>();
      claims.forEach(claim -> found.add(holders.get(claim.entry().node())));
      return found;
    }
  }
}

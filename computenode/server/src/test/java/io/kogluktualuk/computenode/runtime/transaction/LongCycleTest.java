package io.kogluktualuk.computenode.runtime.transaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.api.ExecuteReply;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LongCycleTest {

  private final InMemoryBlobs blobs = new InMemoryBlobs();

  private static List<Hash> cycle(int members) {
    return IntStream.range(0, members)
        .mapToObj(i -> Hash.of(ByteBuffer.allocate(4).putInt(i).array()))
        .toList();
  }

  private static ExecuteReply reply(List<Hash> cycle, @Nullable Ref longCycle) {
    Ref empty = Ref.ofBlob(Blob.of(new byte[0]));
    Outcome outcome = new Outcome(new Ending.Invalid(), 0, empty, empty, empty);
    return new ExecuteReply(outcome, Disposition.RUN, cycle, longCycle);
  }

  @Test
  void shortOnesTravelInTheMessage() {
    List<Hash> cycle = cycle(ExecuteReply.CYCLE_MAX);
    assertNull(LongCycle.store(cycle, blobs));
    assertEquals(cycle, LongCycle.of(reply(cycle, null), blobs));
  }

  @Test
  void longOnesComeBackWhole() {
    for (int members : List.of(ExecuteReply.CYCLE_MAX + 1, 1_000, LongCycle.MEMBERS_MAX)) {
      Ref ref = LongCycle.store(cycle(members), blobs);
      assertNotNull(ref);
      assertEquals(cycle(members), LongCycle.of(reply(List.of(), ref), blobs));
    }
  }

  @Test
  void oneThatIsTooLongIsRefusedWithItsLength() {
    List<Hash> cycle = cycle(LongCycle.MEMBERS_MAX + 1);
    Refused e = assertThrows(Refused.class, () -> LongCycle.store(cycle, blobs));
    assertTrue(e.toString().contains("a circle of 4097 transactions"), e.toString());
  }

  @Test
  void whatIsNoListOfHashesIsRefused() {
    for (int bytes : List.of(1, 33, (LongCycle.MEMBERS_MAX + 1) * Hash.BYTES)) {
      Blob blob = Blob.of(new byte[bytes]);
      blobs.put(List.of(blob));
      ExecuteReply reply = reply(List.of(), Ref.ofBlob(blob));
      assertThrows(MalformedEncoding.class, () -> LongCycle.of(reply, blobs));
    }
  }
}

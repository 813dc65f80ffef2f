package io.kogluktualuk.fabric.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What a stage has in progress for links that fall silent, end, and come again. Links are texts.
final class LedgerTest {

  private static final long SECOND = 1_000_000_000;

  /// Others hold after five seconds.
  private static final Claim CLAIM = new Claim(Duration.ofSeconds(30));

  private final Ledger<String> ledger = new Ledger<>(4, 1 << 20, 10);
  private final Map<String, Long> heard = new HashMap<>();

  private static Envelope envelope(int i, @Nullable Claim claim) {
    Ref ref = new Ref(Kind.BLOB, Hash.of(new byte[] {(byte) i}), 100);
    return Envelope.of(
        new Origin("near", Origin.NOTHING, i), ref, Metadata.NONE, claim, null, null);
  }

  private void open(String link) {
    ledger.open(link);
    heard.put(link, 0L);
  }

  private Ledger.Work<String> fresh(String link, Envelope envelope) {
    return switch (ledger.arrive(link, envelope)) {
      case Ledger.Arrival.Fresh<String>(Ledger.Work<String> work) -> work;
      case Ledger.Arrival<String> other -> throw new AssertionError(other.toString());
    };
  }

  private List<Ledger.Work<String>> adopted(long nowNanos) {
    return ledger.adopt(nowNanos, link -> known(heard.get(link)));
  }

  private static long known(@Nullable Long heardNanos) {
    if (heardNanos == null) {
      throw new AssertionError("a link that never was");
    }
    return heardNanos;
  }

  @Test
  void whatASilentLinkHasBroughtIsAdoptedOnce() {
    open("a");
    Ledger.Work<String> work = fresh("a", envelope(1, CLAIM));
    fresh("a", envelope(2, null)); // it carries what it stands for
    assertEquals(List.of(), adopted(5 * SECOND));
    heard.put("a", 5 * SECOND);
    assertEquals(List.of(), adopted(10 * SECOND));
    assertEquals(List.of(work), adopted(10 * SECOND + 1));
    assertEquals(List.of(), adopted(100 * SECOND));
    ledger.notAdopted(work);
    assertEquals(List.of(work), adopted(101 * SECOND));
  }

  @Test
  void aLinkThatHasEndedIsSilentFromThenOn() {
    open("a");
    Ledger.Work<String> work = fresh("a", envelope(1, CLAIM));
    ledger.close("a", 3 * SECOND);
    assertEquals(List.of(), adopted(8 * SECOND));
    assertEquals(List.of(work), adopted(8 * SECOND + 1));
  }

  @Test
  void whatSomebodyElseHasSentTooIsHisToHold() {
    open("a");
    open("b");
    Ledger.Work<String> work = fresh("a", envelope(1, CLAIM));
    assertInstanceOf(Ledger.Arrival.Attached.class, ledger.arrive("b", envelope(1, CLAIM)));
    ledger.close("a", SECOND);
    heard.put("b", 60 * SECOND);
    assertEquals(List.of(), adopted(62 * SECOND));
    ledger.restart("b", 62 * SECOND); // another one, which does not send it again
    heard.put("b", 90 * SECOND);
    assertEquals(List.of(work), adopted(90 * SECOND));
  }

  @Test
  void aNameKeepsWhatIsTriedAgain() {
    ledger.again(envelope(1, CLAIM));
    assertEquals(List.of(), adopted(100 * SECOND));
  }

  @Test
  void whoComesAgainAndAgainIsGrantedLessAndThenNothing() {
    for (int i = 0; i < 8; i++) {
      open("a");
      assertEquals(4 - Math.max(0, i - 4), ledger.grant("a", 1000).envelopes());
      fresh("a", envelope(i, CLAIM));
      ledger.close("a", SECOND);
    }
    open("a");
    assertEquals(0, ledger.grant("a", 1000).envelopes());
  }
}

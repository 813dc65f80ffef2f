package io.kogluktualuk.fabric.transaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.NamePath;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TransactionTest {

  private static final Hash H1 = Hash.parse("11".repeat(32));
  private static final Hash H2 = Hash.parse("22".repeat(32));
  private static final Ref ROOT = new Ref(Kind.TREE, H1, 6);
  private static final Ref BLOB = new Ref(Kind.BLOB, H2, 0);

  @Test
  void hasItsGoldenBytes() {
    Transaction transaction = Transaction.of(ROOT, List.of("/p", "x"), new Limits(1, 2, 300));
    String golden =
        "6b6f675801" + "07" + "11".repeat(32) + "06" + "0102ac02" + "02" + "022f70" + "0178";
    byte[] encoding = transaction.encode().toArray();
    assertEquals(golden, HexFormat.of().formatHex(encoding));
    assertEquals(transaction, Transaction.decode("x", encoding));
    assertEquals(Hash.of(encoding), transaction.key());
  }

  @Test
  void everythingInItIsInItsKey() {
    Transaction base = Transaction.of(ROOT, List.of("/p", "x"), Limits.DEFAULT);
    List<Transaction> others =
        List.of(
            Transaction.of(new Ref(Kind.TREE, H2, 6), base.argv(), base.limits()),
            Transaction.of(ROOT, List.of("/px"), base.limits()),
            Transaction.of(ROOT, base.argv(), new Limits(1, 2, 3)),
            new Transaction(ROOT, base.argv(), base.limits(), Transaction.VM_VERSION + 1));
    others.forEach(other -> assertNotEquals(base.key(), other.key()));
  }

  @Test
  void outcomesAreReadBack() {
    for (Ending ending :
        List.of(new Ending.Exited(3), new Ending.Trapped(Trap.OUT_OF_FUEL), new Ending.Invalid())) {
      Outcome outcome = new Outcome(ending, 42, BLOB, BLOB, BLOB);
      CanonicalWriter writer = new CanonicalWriter();
      Outcome.CODEC.write(outcome, writer);
      CanonicalReader reader = new CanonicalReader("outcome", writer.toBytes());
      assertEquals(outcome, Outcome.CODEC.read(reader));
      reader.end();
    }
  }

  @Test
  void tracesAreReadBack() {
    Trace trace =
        new Trace(
            List.of(
                new Trace.Opened(Trace.Place.of("/a"), BLOB),
                new Trace.Looked(Trace.Place.of("/b"), Trace.Sort.ABSENT),
                new Trace.Listed(Trace.Place.ROOT, 3, H1),
                new Trace.ListedPart(Trace.Place.of("/w"), 4_096, 9, H1),
                new Trace.Measured(Trace.Place.of("/m"), 1L << 40),
                new Trace.Computed(Trace.Place.of("/c"), H1, BLOB),
                new Trace.Failed(Trace.Place.of("/d"), H2, "it failed"),
                new Trace.Failed(Trace.Place.of("/e"), null, "ä".repeat(10_000)),
                new Trace.Bound("/tmp/f", new Ref(Kind.THUNK, H1, 9), Trace.Base.UNCHANGED),
                new Trace.Opened(Trace.Place.ofOutput(1).child("x"), BLOB),
                new Trace.Evaluated(new Capture.Output(1, NamePath.parse("/x")), BLOB)));
    assertEquals(trace, Trace.decode("t", trace.encode()));
    byte[] unknown = trace.encode();
    unknown[6] = 99;
    assertThrows(MalformedEncoding.class, () -> Trace.decode("t", unknown));
    assertEquals(List.of("/tmp/f", "/tmp/f/x", "output 1 /x"), trace.paths().subList(8, 11));
  }

  @Test
  void aTraceSpeaksOfComputationsThatItHasBound() {
    Trace early = new Trace(List.of(new Trace.Opened(Trace.Place.ofOutput(1), BLOB)));
    assertThrows(MalformedEncoding.class, () -> Trace.decode("t", early.encode()));
  }

  @Test
  void aNodeKnowsTheAnswersButNotTheKeysOfSubtransactions() {
    TraceNode nodes = new TraceNode();
    Trace.Place c = Trace.Place.of("/c");
    var computed = new Trace.Computed(c, H1, BLOB);
    var alike = new Trace.Computed(c, H2, new Ref(Kind.BLOB, H2, 7));
    var other = new Trace.Computed(c, H1, ROOT);
    assertEquals(nodes.next(H1, computed), nodes.next(H1, alike));
    assertTrue(TraceNode.isSame(computed, alike));
    assertNotEquals(nodes.next(H1, computed), nodes.next(H2, computed));
    assertNotEquals(nodes.next(H1, computed), nodes.next(H1, other));
    assertFalse(TraceNode.isSame(computed, other));
    assertFalse(TraceNode.isSame(new Trace.Opened(c, BLOB), new Trace.Opened(c, ROOT)));
    var failed = new Trace.Failed(c, H1, "why");
    assertEquals(nodes.next(H1, failed), nodes.next(H1, new Trace.Failed(c, null, "why")));
    assertNotEquals(nodes.next(H1, failed), nodes.next(H1, new Trace.Failed(c, H1, "else")));
  }

  @Test
  void aFamilyIsAllButTheNamespace() {
    Transaction one = Transaction.of(ROOT, List.of("/a", "b"), Limits.DEFAULT);
    Transaction other = Transaction.of(new Ref(Kind.TREE, H2, 6), one.argv(), one.limits());
    assertEquals(one.family(), other.family());
    assertNotEquals(one.key(), other.key());
    Limits more = new Limits(1, 2, 3);
    assertNotEquals(one.family(), Transaction.of(ROOT, one.argv(), more).family());
    assertNotEquals(one.family(), Transaction.of(ROOT, List.of("/a"), one.limits()).family());
    Transaction later = new Transaction(ROOT, one.argv(), one.limits(), one.vmVersion() + 1);
    assertNotEquals(one.family(), later.family());
  }
}

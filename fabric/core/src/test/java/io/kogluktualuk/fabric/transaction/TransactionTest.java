package io.kogluktualuk.fabric.transaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
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
        "6b6f675801" + "02" + "11".repeat(32) + "06" + "0102ac02" + "02" + "022f70" + "0178";
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
            new Transaction(ROOT, base.argv(), base.limits(), 3));
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
                new Trace.Found("/a", BLOB),
                new Trace.Absent("/b"),
                new Trace.Listed("/", ROOT),
                new Trace.Computed("/c", H1, BLOB),
                new Trace.Failed("/d", H2),
                new Trace.Failed("/e", null),
                new Trace.Bound("/tmp/f", new Ref(Kind.THUNK, H1, 9))));
    assertEquals(trace, Trace.decode("t", trace.encode()));
    byte[] unknown = trace.encode();
    unknown[6] = 99;
    assertThrows(MalformedEncoding.class, () -> Trace.decode("t", unknown));
  }
}

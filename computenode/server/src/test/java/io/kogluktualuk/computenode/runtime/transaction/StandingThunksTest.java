package io.kogluktualuk.computenode.runtime.transaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.namespace.Thunk;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandingThunksTest {

  private static final int CHARGE = 2_000;

  private final InMemoryBlobs blobs = new InMemoryBlobs();

  private Ref thunk(String word) {
    List<Thunk.Input> inputs = List.of(Thunk.Input.parse("/bin/sh"), Thunk.Input.parse("/in=/a"));
    Blob encoding = new Thunk(List.of("/bin/sh", word), inputs).encode();
    blobs.put(List.of(encoding));
    return Thunk.refOf(encoding);
  }

  private static Ref file(String text) {
    return Ref.ofBlob(Blob.of(text.getBytes()));
  }

  @Test
  void aThunkIsDecodedOnce() {
    StandingThunks thunks = new StandingThunks();
    Ref ref = thunk("one");
    StandingThunk first = thunks.get(blobs, ref);
    assertEquals(List.of("/bin/sh", "one"), first.argv());
    assertTrue(first.isNarrowed());
    assertSame(first, thunks.get(new InMemoryBlobs(), ref));
  }

  @Test
  void thoseNotMetForLongestGoFirst() {
    StandingThunks thunks = new StandingThunks(2 * CHARGE);
    Ref one = thunk("one");
    Ref two = thunk("two");
    StandingThunk first = thunks.get(blobs, one);
    StandingThunk second = thunks.get(blobs, two);
    assertSame(first, thunks.get(blobs, one));
    thunks.get(blobs, thunk("three"));
    assertTrue(thunks.chargedBytes() <= 2 * CHARGE, thunks.chargedBytes() + " bytes");
    assertSame(first, thunks.get(blobs, one));
    assertNotSame(second, thunks.get(blobs, two));
  }

  @Test
  void oneThatIsLargerThanTheBoundIsNotKept() {
    StandingThunks thunks = new StandingThunks(CHARGE / 2);
    assertNotNull(thunks.get(blobs, thunk("one")));
    assertEquals(0, thunks.chargedBytes());
  }

  @Test
  void otherBytesAreNoThunk() {
    Blob foreign = Blob.of("kogD?".getBytes());
    blobs.put(List.of(foreign));
    Ref ref = new Ref(Kind.THUNK, foreign.hash(), foreign.length());
    StandingThunks thunks = new StandingThunks();
    assertThrows(MalformedEncoding.class, () -> thunks.get(blobs, ref));
    assertEquals(0, thunks.chargedBytes());
  }

  @Test
  void itIsTheTransactionThatItLastWasOnlyWithTheSameInputsAndLimits() {
    StandingThunk thunk = new StandingThunks().get(blobs, thunk("one"));
    Ref namespace = new Ref(Kind.TREE, file("namespace").hash(), 9);
    Transaction transaction = Transaction.of(namespace, thunk.argv(), Limits.DEFAULT);
    List<Ref> inputs = List.of(file("sh"), file("a"));
    assertNull(thunk.latest(inputs, Limits.DEFAULT));
    StandingThunk.Narrowed narrowed =
        new StandingThunk.Narrowed(inputs, Limits.DEFAULT, transaction, transaction.encode());
    thunk.remember(narrowed);
    assertSame(narrowed, thunk.latest(List.of(file("sh"), file("a")), Limits.DEFAULT));
    assertNull(thunk.latest(List.of(file("sh"), file("b")), Limits.DEFAULT));
    assertNull(thunk.latest(List.of(file("a"), file("sh")), Limits.DEFAULT));
    Limits more = new Limits(Limits.DEFAULT.fuel() + 1, Limits.DEFAULT.memoryBytes(), 1);
    assertNull(thunk.latest(inputs, more));
  }
}

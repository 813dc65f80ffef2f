package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.NamespaceText;
import io.kogluktualuk.fabric.namespace.Thunk;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.transaction.Capture;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.fabric.transaction.Trap;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/// Foreign bytes into every decoder of the core: they are refused, or they are the canonical form
/// of what they decode to.
final class DecodersFuzz {

  private static final int SEEDS = 3_000;
  private static final Hash HASH = Hash.of(new byte[0]);
  private static final Ref BLOB = new Ref(Kind.BLOB, HASH, 0);
  private static final Ref TREE = new Ref(Kind.TREE, HASH, 6);
  private static final Ref THUNK = new Ref(Kind.THUNK, HASH, 9);

  @Test
  void trees() {
    byte[] valid = Tree.of(Map.of("a", BLOB, "bc", TREE, "ü", BLOB)).encode().toArray();
    fuzz(valid, bytes -> Tree.decode("x", bytes).encode().toArray());
  }

  @Test
  void lists() {
    List<ContentList.Chunk> chunks =
        List.of(
            new ContentList.Chunk(HASH, 4 << 20),
            new ContentList.Chunk(HASH, 77),
            new ContentList.Chunk(HASH, 1));
    for (ContentList list : List.of(ContentList.of(HASH, chunks), ContentList.ofParts(chunks))) {
      fuzz(list.encode().toArray(), bytes -> ContentList.decode("x", bytes).encode().toArray());
    }
  }

  @Test
  void thunks() {
    byte[] valid =
        new Thunk(
                List.of("/bin/x", "y"),
                List.of(Thunk.Input.parse("/a=/p"), Thunk.Input.parse("/b")))
            .encode()
            .toArray();
    fuzz(valid, bytes -> Thunk.decode("x", bytes).encode().toArray());
  }

  @Test
  void transactions() {
    byte[] valid = Transaction.of(TREE, List.of("/x", "y"), Limits.DEFAULT).encode().toArray();
    fuzz(valid, bytes -> Transaction.decode("x", bytes).encode().toArray());
  }

  @Test
  void outcomes() {
    Outcome outcome = new Outcome(new Ending.Trapped(Trap.OUT_OF_FUEL), 9, BLOB, BLOB, BLOB);
    fuzz(
        encode(outcome),
        bytes -> {
          CanonicalReader reader = new CanonicalReader("x", bytes);
          Outcome decoded = Outcome.CODEC.read(reader);
          reader.end();
          return encode(decoded);
        });
  }

  private static Thunk needed() {
    return new Thunk(List.of("/p"), List.of(Thunk.Input.parse("/a=/b"), Thunk.Input.parse("/c")));
  }

  private static Capture made() {
    TreeMap<String, Capture> entries = new TreeMap<>();
    entries.put("a", new Capture.Stored(BLOB));
    entries.put("b", new Capture.Output(1, NamePath.parse("/x")));
    return new Capture.Made(entries);
  }

  private static Capture changed() {
    TreeMap<String, Optional<Capture>> changes = new TreeMap<>();
    changes.put("a", Optional.of(made()));
    changes.put("b", Optional.empty());
    return new Capture.Changed(TREE, changes);
  }

  @Test
  void traces() {
    Trace.Place inOutput = new Trace.Place(1, NamePath.parse("/x/y"));
    Trace trace =
        new Trace(
            List.of(
                new Trace.Looked(Trace.Place.of("/a"), Trace.Sort.ABSENT),
                new Trace.Opened(Trace.Place.of("/a"), BLOB),
                new Trace.Listed(Trace.Place.ROOT, 2, HASH),
                new Trace.ListedPart(Trace.Place.ROOT, 8_192, 2, HASH),
                new Trace.Computed(Trace.Place.of("/c"), HASH, BLOB),
                new Trace.Bound("/tmp/a", THUNK, new Trace.Base(TREE, 70)),
                new Trace.Measured(inOutput, 7),
                new Trace.Needed("/tmp/b", needed(), List.of(made(), new Capture.Missing("gone"))),
                new Trace.Failed(Trace.Place.ofOutput(2), HASH, "transaction failed"),
                new Trace.Evaluated(new Capture.Root(Trace.Base.UNCHANGED), TREE),
                new Trace.Unevaluable(new Capture.At(NamePath.ROOT), "no"),
                new Trace.Evaluated(changed(), TREE)));
    fuzz(trace.encode(), bytes -> Trace.decode("x", bytes).encode());
  }

  @Test
  void namespaceText() {
    byte[] valid =
        "/a blob 3f1a0000 # c\n/b do {/a=/c} /x \"y z\"\n/c file ./x\n"
            .getBytes(StandardCharsets.UTF_8);
    Seeds.run(
        DecodersFuzz.class,
        SEEDS,
        random -> {
          String text = new String(Mutations.mutate(valid, random), StandardCharsets.ISO_8859_1);
          try {
            NamespaceText.parse("x", text);
          } catch (FabricException e) {
            Assertions.assertInstanceOf(MalformedEncoding.class, e);
          }
        });
  }

  private static byte[] encode(Outcome outcome) {
    CanonicalWriter writer = new CanonicalWriter();
    Outcome.CODEC.write(outcome, writer);
    return writer.toBytes();
  }

  private static void fuzz(byte[] valid, Function<byte[], byte[]> decodeAndEncode) {
    Assertions.assertArrayEquals(valid, decodeAndEncode.apply(valid));
    Seeds.run(
        DecodersFuzz.class,
        SEEDS,
        random -> {
          byte[] bytes =
              random.nextInt(10) == 0
                  ? Mutations.randomBytes(random.nextInt(200), random)
                  : Mutations.mutate(valid, random);
          try {
            byte[] again = decodeAndEncode.apply(bytes);
            Assertions.assertArrayEquals(
                bytes, again, () -> "accepted but not canonical: " + Arrays.toString(bytes));
          } catch (FabricException e) {
            Assertions.assertInstanceOf(MalformedEncoding.class, e);
          }
        });
  }
}

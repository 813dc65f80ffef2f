package io.kogluktualuk.fabric.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Envelopes and frames from anybody: read as they were written, or refused.
final class EnvelopeFuzz {

  private static final int SEEDS = 500;
  private static final int MUTATIONS = 20;

  static Envelope random(RandomGenerator random) {
    Map<String, String> metadata = new TreeMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      metadata.put("key-" + random.nextInt(100), "välue " + random.nextInt());
    }
    Origin origin =
        new Origin(
            "stage-" + random.nextInt(9),
            Hash.ofBytes(Mutations.randomBytes(32, random)),
            random.nextInt(1000));
    Claim lease =
        random.nextBoolean() ? null : new Claim(Duration.ofMillis(random.nextLong(1, 300_000)));
    if (random.nextBoolean()) {
      byte[] bytes = Mutations.randomBytes(random.nextInt(300), random);
      MemorySegment carried = MemorySegment.ofArray(bytes);
      return Envelope.of(
          origin, Ref.ofBlob(Blob.of(carried)), Metadata.of(metadata), lease, null, carried);
    }
    Ref ref = new Ref(Kind.LIST, Hash.ofBytes(Mutations.randomBytes(32, random)), 5L << 20);
    return Envelope.of(origin, ref, Metadata.of(metadata), lease, null, null);
  }

  @Test
  void envelopesAreReadAsTheyWereWritten() {
    Seeds.run(
        EnvelopeFuzz.class,
        SEEDS,
        random -> {
          Envelope envelope = random(random);
          byte[] bytes = envelope.encode();
          Envelope read = Envelope.decode("a test", bytes, 0, bytes.length);
          assertEquals(envelope.id(), read.id());
          assertEquals(envelope.ref(), read.ref());
          assertEquals(envelope.metadata(), read.metadata());
          assertEquals(envelope.origin(), read.origin());
          assertEquals(envelope.lease(), read.lease());
          assertArrayEquals(bytes, read.encode());
          assertEquals(envelope.id(), read.again().id(), "trying again changes no id");
        });
  }

  @Test
  void damagedEnvelopesAreRefusedOrCanonical() {
    Seeds.run(
        EnvelopeFuzz.class,
        SEEDS,
        random -> {
          byte[] valid = random(random).encode();
          for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = Mutations.mutate(valid, random);
            try {
              assertArrayEquals(bytes, Envelope.decode("a test", bytes, 0, bytes.length).encode());
            } catch (MalformedEncoding e) {
              assertTrue(String.valueOf(e.getMessage()).contains("a test"));
            }
          }
        });
  }

  @Test
  void damagedFramesAreRefusedOrRead() {
    Seeds.run(
        EnvelopeFuzz.class,
        SEEDS,
        random -> {
          Envelope envelope = random(random);
          Frames frames = new Frames();
          frames.hello("someone", random.nextLong()).credit(random.nextInt(99), 1 << 20);
          frames.envelope(envelope.id(), envelope.encode());
          frames.done(envelope.id(), Verdict.setAside("why not"));
          byte[] valid = frames.take();
          assertEquals(4, Frames.read("a test", valid).size());
          for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = Mutations.mutate(valid, random);
            try {
              assertTrue(Frames.read("a test", bytes).size() <= bytes.length);
            } catch (MalformedEncoding e) {
              assertTrue(String.valueOf(e.getMessage()).contains("a test"));
            }
          }
        });
  }

  @Test
  void anIdDependsOnEverythingThatMakesAnOutput() {
    Ref ref = Ref.ofBlob(Blob.of(new byte[] {1}));
    Ref other = Ref.ofBlob(Blob.of(new byte[] {2}));
    Envelope one = plain("a", 0, ref, Metadata.NONE);
    assertEquals(one.id(), plain("a", 0, ref, Metadata.NONE).id());
    for (Envelope different :
        new Envelope[] {
          plain("b", 0, ref, Metadata.NONE),
          plain("a", 1, ref, Metadata.NONE),
          plain("a", 0, other, Metadata.NONE),
          plain("a", 0, ref, Metadata.of("k", "v"))
        }) {
      assertTrue(!one.id().equals(different.id()), different.toString());
    }
  }

  private static Envelope plain(String stage, int index, Ref ref, Metadata metadata) {
    return Envelope.of(new Origin(stage, Origin.NOTHING, index), ref, metadata, null, null, null);
  }

  @Test
  void giantsAreRefusedBeforeTheyAreMade() {
    assertThrows(InvalidArgument.class, () -> Metadata.of("k", "x".repeat(Metadata.BYTES_MAX)));
    MemorySegment giant = MemorySegment.ofArray(new byte[Envelope.CARRIED_MAX + 1]);
    assertThrows(
        InvalidArgument.class,
        () ->
            Envelope.of(
                new Origin("a", Origin.NOTHING, 0),
                Ref.ofBlob(Blob.of(giant)),
                Metadata.NONE,
                null,
                null,
                giant));
    byte[] long1 = new byte[Envelope.ENCODED_MAX + 1];
    assertThrows(MalformedEncoding.class, () -> Envelope.decode("a test", long1, 0, long1.length));
    byte[] long2 = new byte[Wire.FRAME_MAX + 1];
    assertThrows(MalformedEncoding.class, () -> Frames.read("a test", long2));
  }

  @Test
  void whatIsCarriedUnderAForgedHashIsFound() {
    MemorySegment bytes = MemorySegment.ofArray(new byte[] {1, 2, 3});
    Ref forged = new Ref(Kind.BLOB, Hash.of(new byte[] {9}), 3);
    Envelope envelope =
        Envelope.of(
            new Origin("forger", Origin.NOTHING, 0), forged, Metadata.NONE, null, null, bytes);
    Corruption e = assertThrows(Corruption.class, envelope::verifiedCarried);
    assertTrue(String.valueOf(e.getMessage()).contains("forger"));
  }
}

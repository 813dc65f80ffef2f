package io.kogluktualuk.fabric.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Voucher;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentPutTest {

  private static final int MIB = 1 << 20;

  @Test
  void evenPartsAreTheContentAndNothingElse() {
    Seeds.run(
        SegmentPutTest.class,
        4,
        random -> {
          for (int length : new int[] {4 * MIB + 1, 8 * MIB, 4 * MIB + random.nextInt(70 * MIB)}) {
            byte[] bytes = Mutations.randomBytes(length, random);
            InMemoryBlobs store = new InMemoryBlobs();
            List<MemorySegment> heard = new ArrayList<>();
            Ref ref = SegmentPut.put(store, MemorySegment.ofArray(bytes), true, heard::add);
            assertEquals(Kind.LIST, ref.kind());
            assertEquals(length, ref.length());
            Content content = Content.open(store, ref);
            assertNull(content.contentHash());
            assertEquals(heard.size(), content.chunkCount());
            assertTrue(heard.size() <= Voucher.TAGS_MAX);
            for (int i = 0; i < heard.size(); i++) {
              assertEquals(Hash.of(heard.get(i)), content.chunkHash(i));
            }
            assertArrayEquals(bytes, streamed(store, ref));
            assertArrayEquals(bytes, written(content));
          }
        });
  }

  @Test
  void asManyPartsAsAreHashedAtOnce() {
    for (long length : new long[] {4L * MIB + 1, 5L * MIB + 77, 8L * MIB, 64L * MIB}) {
      List<MemorySegment> parts = SegmentPut.parts(MemorySegment.NULL.reinterpret(length));
      long longest = parts.getFirst().byteSize();
      assertTrue(parts.size() <= 16 && parts.size() > 12, () -> parts.size() + " of " + length);
      assertTrue(parts.stream().allMatch(part -> part.byteSize() <= longest));
    }
    assertEquals(17, SegmentPut.parts(MemorySegment.NULL.reinterpret(64L * MIB + 1)).size());
  }

  @Test
  void otherPutsHaveTheHashOfTheWhole() {
    byte[] bytes = Mutations.randomBytes(9 * MIB, java.util.random.RandomGenerator.getDefault());
    InMemoryBlobs store = new InMemoryBlobs();
    Ref ref = SegmentPut.put(store, MemorySegment.ofArray(bytes), false, _ -> {});
    assertEquals(Hash.of(bytes), Content.open(store, ref).contentHash());
    Ref even = SegmentPut.put(store, MemorySegment.ofArray(bytes), true, _ -> {});
    assertNotEquals(ref, even, "the price: the same bytes under two names");
  }

  @Test
  void whatFitsInABlobIsOne() {
    InMemoryBlobs store = new InMemoryBlobs();
    byte[] bytes = new byte[4 * MIB];
    Ref ref = SegmentPut.put(store, MemorySegment.ofArray(bytes), true, _ -> {});
    assertEquals(Ref.ofBlob(Blob.of(bytes)), ref);
  }

  @Test
  void aPartThatIsMissingIsNoticed() {
    byte[] bytes = Mutations.randomBytes(5 * MIB, java.util.random.RandomGenerator.getDefault());
    InMemoryBlobs all = new InMemoryBlobs();
    List<MemorySegment> parts = new ArrayList<>();
    Ref ref = SegmentPut.put(all, MemorySegment.ofArray(bytes), true, parts::add);
    InMemoryBlobs some = new InMemoryBlobs();
    some.put(List.of(all.get(ref.hash())));
    parts.removeLast();
    parts.forEach(part -> some.put(List.of(Blob.of(part.toArray(ValueLayout.JAVA_BYTE)))));
    assertThrows(NotFound.class, () -> streamed(some, ref));
  }

  private static byte[] streamed(InMemoryBlobs store, Ref ref) {
    try (ContentStream stream = ContentStream.open(store, ref)) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] written(Content content) {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    try {
      content.writeTo(target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return target.toByteArray();
  }
}

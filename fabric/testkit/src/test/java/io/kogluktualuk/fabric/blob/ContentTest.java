package io.kogluktualuk.fabric.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class ContentTest {

  private final InMemoryBlobs store = new InMemoryBlobs();

  @Test
  void upToTheLimitIsABlobAndOneByteMoreIsAList() {
    assertEquals(Kind.BLOB, put(new byte[0]).kind());
    assertEquals(Kind.BLOB, put(new byte[Blob.LENGTH_MAX]).kind());
    Ref longer = put(new byte[Blob.LENGTH_MAX + 1]);
    assertEquals(Kind.LIST, longer.kind());
    assertEquals(Hash.of(new byte[Blob.LENGTH_MAX + 1]), Content.open(store, longer).contentHash());
  }

  @Test
  void whatIsWrittenInAnyPiecesIsReadBackAnywhere() {
    Seeds.run(
        ContentTest.class,
        6,
        random -> {
          byte[] bytes = text(random, random.nextInt(1, 12 << 20));
          ContentWriter writer = new ContentWriter(store);
          for (int at = 0; at < bytes.length; ) {
            int part = Math.min(bytes.length - at, random.nextInt(1, 3 << 20));
            writer.write(bytes, at, part);
            at += part;
          }
          Ref ref = writer.finish();
          assertEquals(put(bytes), ref, "pieces do not matter");
          Content content = Content.open(store, ref);
          assertArrayEquals(bytes, whole(content));
          int from = random.nextInt(bytes.length);
          byte[] part = new byte[Math.min(bytes.length - from, 5 << 20)];
          assertEquals(part.length, content.read(from, MemorySegment.ofArray(part)));
          assertArrayEquals(Arrays.copyOfRange(bytes, from, from + part.length), part);
        });
  }

  @Test
  void chunksOfTextEndWithLines() {
    Seeds.run(
        ContentTest.class,
        3,
        random -> {
          byte[] bytes = text(random, 20 << 20);
          Content content = Content.open(store, put(bytes));
          assertTrue(content.chunkCount() >= 5);
          for (int i = 0; i < content.chunkCount() - 1; i++) {
            assertEquals('\n', bytes[(int) (content.startOf(i + 1) - 1)]);
          }
        });
  }

  @Test
  void anInsertionChangesOnlyTheChunksAroundIt() {
    Seeds.run(
        ContentTest.class,
        3,
        random -> {
          byte[] bytes = text(random, 40 << 20);
          put(bytes);
          int before = store.size();
          byte[] longer = new byte[bytes.length + 5];
          int at = random.nextInt(bytes.length);
          System.arraycopy(bytes, 0, longer, 0, at);
          System.arraycopy(bytes, at, longer, at + 5, bytes.length - at);
          put(longer);
          assertTrue(store.size() - before <= 8, () -> store.size() - before + " new blobs");
        });
  }

  @Test
  void aPartIsTheSameBytesAndSharesWholeChunks() {
    Seeds.run(
        ContentTest.class,
        4,
        random -> {
          byte[] bytes = text(random, 16 << 20);
          Content content = Content.open(store, put(bytes));
          assertEquals(content.ref(), content.slice(0, bytes.length));
          Ref second = content.slice(content.startOf(1), content.chunk(1).length());
          assertEquals(content.chunk(1).hash(), second.hash());
          int from = random.nextInt(bytes.length);
          int length = random.nextInt(bytes.length - from + 1);
          byte[] expected = Arrays.copyOfRange(bytes, from, from + length);
          assertArrayEquals(expected, whole(Content.open(store, content.slice(from, length))));
        });
    Content small = Content.open(store, put(new byte[10]));
    assertThrows(InvalidArgument.class, () -> small.slice(5, 6));
    assertThrows(InvalidArgument.class, () -> small.slice(-1, 2));
  }

  @Test
  void appendedChunksAreSharedAndJoinedWhenShort() throws IOException {
    byte[] bytes = text(RandomGenerator.getDefault(), 9 << 20);
    Content content = Content.open(store, put(bytes));
    ContentWriter writer = new ContentWriter(store);
    for (int i = 0; i < content.chunkCount(); i++) {
      writer.append(content.chunk(i));
    }
    assertEquals(content.ref(), writer.finish());
    Blob half = Blob.of(Arrays.copyOf(bytes, 2 << 20));
    Ref joined = new ContentWriter(store).append(half).append(half).finish();
    assertEquals(Kind.BLOB, joined.kind());
    assertEquals(4 << 20, joined.length());
  }

  @Test
  void aListThatLiesAboutItsContentIsFoundOut() {
    byte[] bytes = new byte[5 << 20];
    Ref ref = put(bytes);
    List<ContentList.Chunk> chunks =
        ContentList.decode("l", store.get(ref.hash()).toArray()).chunks();
    Blob lie = ContentList.of(Hash.of("other".getBytes(StandardCharsets.UTF_8)), chunks).encode();
    store.put(List.of(lie));
    Content content = Content.open(store, new Ref(Kind.LIST, lie.hash(), bytes.length));
    assertThrows(Corruption.class, () -> content.writeTo(new ByteArrayOutputStream()));
    assertThrows(
        Corruption.class, () -> Content.open(store, new Ref(Kind.LIST, lie.hash(), 6 << 20)));
  }

  private Ref put(byte[] bytes) {
    return new ContentWriter(store).write(bytes, 0, bytes.length).finish();
  }

  private static byte[] whole(Content content) throws IOException {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    content.writeTo(target);
    return target.toByteArray();
  }

  private static byte[] text(RandomGenerator random, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (random.nextInt(60) == 0 ? '\n' : 'a' + random.nextInt(26));
    }
    return bytes;
  }
}

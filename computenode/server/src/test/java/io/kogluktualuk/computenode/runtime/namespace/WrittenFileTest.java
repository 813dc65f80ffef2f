package io.kogluktualuk.computenode.runtime.namespace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.ContentWriter;
import io.kogluktualuk.fabric.blob.LentBlob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class WrittenFileTest {

  /// The same file as one array.
  private static final class Model {
    byte[] bytes = new byte[0];

    void write(int offset, byte[] added) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length, offset + added.length));
      System.arraycopy(added, 0, bytes, offset, added.length);
    }
  }

  @Test
  void behavesAsOneArray() {
    Seeds.run(WrittenFileTest.class, 30, WrittenFileTest::work);
  }

  private static void work(RandomGenerator random) {
    InMemoryBlobs blobs = new InMemoryBlobs();
    WrittenFile file = new WrittenFile(blobs);
    Model model = new Model();
    for (int i = 0; i < 20; i++) {
      int length = model.bytes.length;
      byte[] piece = Mutations.randomBytes(random.nextInt(1, 3 << 20), random);
      switch (random.nextInt(9)) {
        case 0, 1, 2 -> write(file, model, length, piece);
        case 3 -> write(file, model, random.nextInt(length + 1), piece);
        case 4 -> write(file, model, length + random.nextInt(100_000), Arrays.copyOf(piece, 10));
        case 5 -> {
          Blob blob = Blob.of(piece);
          file.append(blob.hash(), LentBlob.of(blob, random.nextBoolean()));
          model.write(length, piece);
        }
        case 6 -> {
          int kept = random.nextInt(length + 1);
          file.truncate(kept);
          model.bytes = Arrays.copyOf(model.bytes, kept);
        }
        case 7 -> file.rest();
        default -> check(blobs, file, model, random);
      }
    }
    check(blobs, file, model, random);
  }

  private static void write(WrittenFile file, Model model, int offset, byte[] piece) {
    file.write(offset, MemorySegment.ofArray(piece));
    model.write(offset, piece);
  }

  private static void check(
      InMemoryBlobs blobs, WrittenFile file, Model model, RandomGenerator random) {
    assertEquals(model.bytes.length, file.length());
    int offset = random.nextInt(model.bytes.length + 1);
    byte[] read = new byte[random.nextInt(1, 1 << 20)];
    int count = file.read(offset, MemorySegment.ofArray(read));
    assertArrayEquals(
        Arrays.copyOfRange(model.bytes, offset, offset + count), Arrays.copyOf(read, count));
    Content content = Content.open(blobs, file.finish());
    assertEquals(Hash.of(model.bytes), content.contentHash());
    byte[] whole = new byte[model.bytes.length];
    assertEquals(whole.length, content.read(0, MemorySegment.ofArray(whole)));
    assertArrayEquals(model.bytes, whole);
  }

  @Test
  void isCutAsContentIsCut() {
    Seeds.run(
        WrittenFileTest.class,
        5,
        random -> {
          InMemoryBlobs blobs = new InMemoryBlobs();
          byte[] bytes = Mutations.randomBytes(random.nextInt(1, 20 << 20), random);
          WrittenFile file = new WrittenFile(blobs);
          for (int at = 0; at < bytes.length; ) {
            int part = Math.min(bytes.length - at, random.nextInt(1, 100_000));
            file.write(at, MemorySegment.ofArray(bytes).asSlice(at, part));
            at += part;
          }
          Ref expected = new ContentWriter(blobs).write(bytes, 0, bytes.length).finish();
          assertEquals(expected, file.finish());
        });
  }
}

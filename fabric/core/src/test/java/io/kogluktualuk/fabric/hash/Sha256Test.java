package io.kogluktualuk.fabric.hash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class Sha256Test {

  /// Around the ends of blocks, of padding, and of what is handed to native code at a time.
  private static final int[] LENGTHS = {
    0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 16_383, 16_384, 16_385, 70_000
  };

  @Test
  void everyLengthIsWhatThePlatformSays() {
    Random random = new Random(1);
    for (int length : LENGTHS) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      assertEquals(expected(bytes), Hash.of(bytes), "of " + length + " bytes");
    }
  }

  @Test
  void nativeCodeIsUsedWhereItCanBe() throws IOException, InterruptedException {
    assumeTrue(hasCompiler(), "without gcc there is no native SHA-256");
    String processor = Files.readString(Path.of("/proc/cpuinfo"));
    assumeTrue(processor.contains(" sha_ni"), "this processor has no SHA extensions");
    assertTrue(ShaLibrary.IS_USABLE);
    assertEquals(
        processor.contains(" avx512f") && processor.contains(" avx512bw"), ShaLibrary.IS_WIDE);
  }

  private static boolean hasCompiler() throws InterruptedException {
    try {
      Process gcc =
          new ProcessBuilder("gcc", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return gcc.waitFor(1, TimeUnit.MINUTES) && gcc.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void severalStreamsAtOnceAreWhatEachIsAlone() {
    Random random = new Random(2);
    try (Arena arena = Arena.ofConfined()) {
      for (int round = 0; round < 200; round++) {
        List<Sha256> streams = new ArrayList<>();
        List<byte[]> contents = new ArrayList<>();
        List<MemorySegment> rests = new ArrayList<>();
        for (int i = random.nextInt(round % 2 == 0 ? 6 : 40); i >= 0; i--) {
          byte[] content = new byte[random.nextInt(50_000) >> random.nextInt(10)];
          random.nextBytes(content);
          int begun = random.nextInt(content.length + 1) >> random.nextInt(12);
          contents.add(content);
          streams.add(new Sha256().update(content, 0, begun));
          rests.add(anywhere(MemorySegment.ofArray(content).asSlice(begun), arena, random));
        }
        Sha256.updateEach(streams, rests);
        for (int i = 0; i < contents.size(); i++) {
          assertEquals(expected(contents.get(i)), streams.get(i).finish(), "round " + round);
        }
      }
    }
  }

  private static MemorySegment anywhere(MemorySegment bytes, Arena arena, Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> bytes;
      case 1 -> bytes.asReadOnly();
      default -> arena.allocate(bytes.byteSize()).copyFrom(bytes).asReadOnly();
    };
  }

  @Test
  void thePlatformsDigestDoesTheSame() {
    byte[] bytes = new byte[1000];
    new Random(3).nextBytes(bytes);
    Digest digest = new JdkDigest();
    for (int round = 0; round < 2; round++) {
      digest.update(bytes, 0, 100);
      digest.update(bytes, 100, 900);
      assertEquals(expected(bytes), Hash.ofBytes(digest.finish()), "fresh after finish");
    }
  }

  @Test
  void eachStreamNeedsItsBytes() {
    assertThrows(
        IllegalArgumentException.class, () -> Sha256.updateEach(List.of(new Sha256()), List.of()));
  }

  private static Hash expected(byte[] bytes) {
    try {
      return Hash.ofBytes(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

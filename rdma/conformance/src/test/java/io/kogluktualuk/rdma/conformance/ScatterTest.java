package io.kogluktualuk.rdma.conformance;

import static io.kogluktualuk.rdma.conformance.VerbsEnd.piece;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvSge;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Requests and RECVs of one to four pieces that are split at odd places.
class ScatterTest {

  private static final int RUNS = 60;
  private static final int BYTES_MAX = 200_000;
  private static final int GAP = 13;

  @Test
  void scatterListsJoinAndSplit() throws IOException {
    try (Pair pair = Pair.connect()) {
      MemorySegment from = pair.client().allocate(BYTES_MAX + 4 * GAP);
      MemorySegment to = pair.server().allocate(BYTES_MAX + 4 * GAP);
      IbvMr source = pair.client().register(from, VerbsEnd.LOCAL);
      IbvMr target = pair.server().register(to, VerbsEnd.ALL_RIGHTS);
      Seeds.run(
          ScatterTest.class,
          RUNS,
          random -> {
            Memory.fill(from, random.nextLong());
            to.fill((byte) 0);
            switch (random.nextInt(3)) {
              case 0 -> send(pair, source, target, random);
              case 1 -> write(pair, source, target, random);
              default -> read(pair, source, target, random);
            }
          });
    }
  }

  /// One to four lengths that add up, some of them none at all.
  private static int[] split(int bytes, RandomGenerator random) {
    int[] lengths = new int[random.nextInt(1, 5)];
    int left = bytes;
    for (int i = 0; i < lengths.length - 1; i++) {
      lengths[i] = random.nextInt(4) == 0 ? 0 : random.nextInt(left + 1);
      left -= lengths[i];
    }
    lengths[lengths.length - 1] = left;
    return lengths;
  }

  /// Pieces of a region with gaps between them.
  private static IbvSge[] pieces(IbvMr region, int[] lengths) {
    IbvSge[] pieces = new IbvSge[lengths.length];
    long at = 0;
    for (int i = 0; i < lengths.length; i++) {
      pieces[i] = piece(region, at, lengths[i]);
      at += lengths[i] + GAP;
    }
    return pieces;
  }

  private static byte[] join(MemorySegment memory, int[] lengths, int bytes) {
    MemorySegment joined = MemorySegment.ofArray(new byte[bytes]);
    long at = 0;
    long into = 0;
    for (int length : lengths) {
      int taken = (int) Math.min(length, bytes - into);
      MemorySegment.copy(memory, at, joined, into, taken);
      into += taken;
      at += length + GAP;
    }
    return (byte[]) joined.heapBase().orElseThrow();
  }

  private static void assertSame(byte[] expected, byte[] actual) {
    assertEquals(-1, java.util.Arrays.mismatch(expected, actual), "the first byte that differs");
  }

  private static MemorySegment memory(IbvMr region) {
    return MemorySegment.ofAddress(region.getAddr()).reinterpret(region.getLength());
  }

  private static int bytes(RandomGenerator random) {
    return random.nextInt(random.nextBoolean() ? 100 : BYTES_MAX + 1);
  }

  private static void send(Pair pair, IbvMr source, IbvMr target, RandomGenerator random)
      throws IOException {
    int bytes = bytes(random);
    // A RECV may have room to spare.
    int room = Math.min(BYTES_MAX, bytes + (random.nextBoolean() ? 0 : random.nextInt(100)));
    int[] from = split(bytes, random);
    int[] to = split(room, random);
    pair.server().receive(1, pieces(target, to));
    pair.client().post(VerbsEnd.send(2, pieces(source, from)));
    assertEquals(bytes, Check.success(pair.server(), 1).bytes());
    Check.success(pair.client(), 2);
    assertSame(join(memory(source), from, bytes), join(memory(target), to, bytes));
  }

  private static void write(Pair pair, IbvMr source, IbvMr target, RandomGenerator random)
      throws IOException {
    int bytes = bytes(random);
    int[] from = split(bytes, random);
    pair.client().post(VerbsEnd.write(3, target, GAP, pieces(source, from)));
    Check.success(pair.client(), 3);
    assertSame(
        join(memory(source), from, bytes),
        join(memory(target).asSlice(GAP), new int[] {bytes}, bytes));
  }

  private static void read(Pair pair, IbvMr local, IbvMr target, RandomGenerator random)
      throws IOException {
    int bytes = bytes(random);
    int[] into = split(bytes, random);
    Memory.fill(memory(target), random.nextLong());
    pair.client().post(VerbsEnd.read(4, target, GAP, pieces(local, into)));
    Check.success(pair.client(), 4);
    assertSame(
        join(memory(target).asSlice(GAP), new int[] {bytes}, bytes),
        join(memory(local), into, bytes));
  }
}

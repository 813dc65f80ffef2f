package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Voucher;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Reads of blobs that somebody who is believed has vouched for; what verified them is counted.
@Timeout(120)
class VouchersTest {

  private static final int LENGTH = 100_000;

  private final TestNodes nodes;
  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  VouchersTest(@TempDir Path folder) {
    nodes = new TestNodes(folder);
  }

  @AfterEach
  void close() {
    nodes.close();
  }

  private Blob random() {
    return Blob.of(Mutations.randomBytes(LENGTH, random));
  }

  private static List<Hash> hashes(List<Blob> blobs) {
    return blobs.stream().map(Blob::hash).toList();
  }

  private static List<MemorySegment> bytes(List<Blob> blobs) {
    return blobs.stream().map(Blob::bytes).toList();
  }

  @Test
  void whoBelievesReadsWithoutSha256() {
    nodes.start("a");
    List<Blob> blobs = List.of(random(), random(), Blob.of(new byte[0]));
    FabricBlobs producer = nodes.reader(1);
    producer.put(blobs);
    Voucher voucher = producer.vouch(bytes(blobs));
    FabricBlobs reader = nodes.reader(1);
    reader.believe(voucher, hashes(blobs));
    for (Blob blob : blobs) {
      assertArrayEquals(blob.toArray(), reader.get(blob.hash()).toArray());
    }
    assertEquals(3, reader.counts().vouched());
    assertEquals(0, reader.counts().fullVerifications());
    assertEquals(0, reader.counts().rejected());
  }

  @Test
  void aVoucherForOtherBytesMisleadsNobody() {
    nodes.start("a");
    Blob blob = random();
    Blob other = random();
    FabricBlobs producer = nodes.reader(1);
    producer.put(List.of(blob));
    FabricBlobs reader = nodes.reader(1);
    reader.believe(producer.vouch(bytes(List.of(other))), List.of(blob.hash()));
    assertArrayEquals(blob.toArray(), reader.get(blob.hash()).toArray());
    assertEquals(0, reader.counts().vouched());
    assertEquals(1, reader.counts().fullVerifications());
    assertEquals(1, reader.counts().wrongVouchers(), "told, for whoever vouches wrongly");
  }

  @Test
  void theSameBytesUnderTwoKeysHaveTwoTags() {
    nodes.start("a");
    List<MemorySegment> bytes = bytes(List.of(random()));
    Voucher first = nodes.reader(1).vouch(bytes);
    Voucher second = nodes.reader(1).vouch(bytes);
    assertEquals(2, List.of(first.key(), second.key()).stream().distinct().count());
    assertEquals(2, List.of(first.tags(), second.tags()).stream().distinct().count());
  }

  @Test
  void aVoucherIsForAllBlobsOfTheContent() {
    nodes.start("a");
    FabricBlobs reader = nodes.reader(1);
    Voucher voucher = reader.vouch(bytes(List.of(random())));
    assertEquals(
        "a voucher for 1 blobs, expected one for 2",
        assertThrows(
                InvalidArgument.class,
                () -> reader.believe(voucher, hashes(List.of(random(), random()))))
            .getMessage());
  }
}

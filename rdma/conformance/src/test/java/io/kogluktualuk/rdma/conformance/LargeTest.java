package io.kogluktualuk.rdma.conformance;

import static io.kogluktualuk.rdma.conformance.VerbsEnd.piece;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.ibm.disni.verbs.IbvMr;
import io.kogluktualuk.rdma.provider.Verbs;
import io.kogluktualuk.rdma.verbs.FileMapping;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Transfers of 256 MiB and 1 GiB, each in as few operations as the provider allows.
@Tag("large")
class LargeTest {

  private static final long SPARE_BYTES = 512L << 20;
  private static final int WINDOW = 8;

  /// Does one operation on a part of both regions.
  private interface Operation {
    void post(long id, long offset, int bytes) throws IOException;
  }

  @ParameterizedTest
  @ValueSource(ints = {256 << 20, 1 << 30})
  void largeTransfersArriveWhole(int bytes) throws IOException {
    long available = Suite.availableBytes();
    assumeTrue(
        available >= 2L * bytes + SPARE_BYTES,
        "two times " + bytes + " bytes are needed, " + available + " can be had");
    try (Pair pair = Pair.connect();
        Scratch here = Scratch.of(bytes);
        Scratch there = Scratch.of(bytes)) {
      MemorySegment from = here.mapping().segment();
      MemorySegment to = there.mapping().segment();
      VerbsEnd client = pair.client();
      VerbsEnd server = pair.server();
      IbvMr local = client.register(from, VerbsEnd.LOCAL);
      IbvMr remote = server.register(to, VerbsEnd.ALL_RIGHTS);

      Memory.fillQuickly(to, 1);
      transfer(
          pair,
          bytes,
          (id, at, part) -> client.post(VerbsEnd.read(id, remote, at, piece(local, at, part))));
      Memory.assertSame(to, from, bytes);
      Memory.fillQuickly(from, 2);
      transfer(
          pair,
          bytes,
          (id, at, part) -> client.post(VerbsEnd.write(id, remote, at, piece(local, at, part))));
      Memory.assertSame(from, to, bytes);
      to.fill((byte) 0);
      transfer(
          pair,
          bytes,
          (id, at, part) -> {
            server.receive(id, piece(remote, at, part));
            client.post(VerbsEnd.send(id, piece(local, at, part)));
          });
      Memory.assertSame(from, to, bytes);
      client.deregister(local);
      server.deregister(remote);
    }
  }

  private static void transfer(Pair pair, int bytes, Operation operation) throws IOException {
    int part = (int) Math.min(bytes, Verbs.operationBytesMax());
    int count = bytes / part;
    for (int i = 0; i < count + WINDOW; i++) {
      if (i >= WINDOW && i - WINDOW < count) {
        Check.success(pair.client(), i - WINDOW);
      }
      if (i < count) {
        operation.post(i, (long) i * part, part);
      }
    }
    VerbsEnd.Completion arrived = pair.server().poll();
    for (int i = 0; arrived != null; i++) {
      assertEquals(i, arrived.id());
      assertEquals(part, arrived.bytes());
      arrived = pair.server().poll();
    }
  }

  /// Memory that does not count as the JVM's, in a file of the memory file system where there is
  /// one.
  private record Scratch(Path file, FileMapping mapping) implements AutoCloseable {

    static Scratch of(long bytes) throws IOException {
      Path shm = Path.of("/dev/shm");
      Path file =
          Files.isWritable(shm)
              ? Files.createTempFile(shm, "kog-large", ".tmp")
              : Files.createTempFile("kog-large", ".tmp");
      try (RandomAccessFile whole = new RandomAccessFile(file.toFile(), "rw")) {
        whole.setLength(bytes);
      }
      return new Scratch(file, FileMapping.open(file, 0, bytes));
    }

    @Override
    public void close() throws IOException {
      mapping.close();
      Files.delete(file);
    }
  }
}

package io.kogluktualuk.computenode.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.ComputeMethods;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.api.RunRequest;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.ContentWriter;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.NamespaceEditor;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A program reads a file with one copy of each byte: from registered memory to its own.
@Timeout(120)
class CopiesTest {

  private static final Limits LIMITS = new Limits(1L << 40, 64L << 20, 64L << 20);
  private static final int CHUNKED_BYTES = 9 << 20;

  /// Much shorter than any chunk, longer than all that the node itself looks into.
  private static final int METADATA_BYTES_MAX = 128 << 10;

  private final Neighbours nodes;
  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
  private int runs;

  CopiesTest(@TempDir Path folder) {
    nodes = new Neighbours(folder);
  }

  @AfterEach
  void close() throws Exception {
    nodes.close();
  }

  /// What was copied meanwhile.
  private record Copied(long toPrograms, long toHeap) {
    static Copied by(ComputeServer server) {
      return new Copied(server.engine().copiedToPrograms(), server.fabric().counts().copiedBytes());
    }

    Copied since(Copied before) {
      return new Copied(toPrograms - before.toPrograms, toHeap - before.toHeap);
    }
  }

  private ComputeServer compute(ByteCount kept) {
    return nodes.add(ComputeServer.open(nodes.compute("c1").withKept(kept)));
  }

  private byte[] content(int length) {
    return Mutations.randomBytes(length, random);
  }

  private static Ref store(FabricBlobs fabric, byte[] bytes) {
    return new ContentWriter(fabric).write(bytes, 0, bytes.length).finish();
  }

  /// A namespace with a program, which has run once, and a file.
  private Ref namespace(ComputeServer server, byte[] file) throws IOException {
    FabricBlobs fabric = server.fabric();
    NamespaceEditor editor = new NamespaceEditor(fabric);
    byte[] probe = Files.readAllBytes(Path.of("src/test/programs", "probe.wasm"));
    editor.bind(NamePath.parse("/bin/probe"), store(fabric, probe));
    editor.bind(NamePath.parse("/x"), store(fabric, file));
    Ref root = editor.write();
    run(server, root, "say", "hello");
    return root;
  }

  private Ref run(ComputeServer server, Ref root, String... words) {
    List<String> argv = Stream.concat(Stream.of("/bin/probe"), Stream.of(words)).toList();
    Transaction transaction = Transaction.of(root, argv, LIMITS);
    server.fabric().put(List.of(transaction.encode()));
    try (Channel channel = RpcClient.open(server.address())) {
      RunReport report =
          channel.call(
              ComputeMethods.RUN,
              RunRequest.of(transaction.key(), new RunId(1, ++runs), Duration.ofSeconds(60)),
              Deadline.after(Duration.ofSeconds(70)));
      assertTrue(report.outcome().ending().isSuccess(), report.toString());
      return report.outcome().output();
    }
  }

  private static byte[] bytes(ComputeServer server, Ref ref) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Content.open(server.fabric(), ref).writeTo(bytes);
    return bytes.toByteArray();
  }

  private static void requireNoContent(long bytes) {
    assertTrue(bytes < METADATA_BYTES_MAX, bytes + " bytes");
  }

  @Test
  void eachByteIsCopiedOnceWhetherItIsAtHandOrNot() throws IOException {
    ComputeServer server = compute(ByteCount.mebibytes(64));
    byte[] file = content(CHUNKED_BYTES);
    Ref root = namespace(server, file);
    Copied start = Copied.by(server);
    long read = server.fabric().counts().readBytes();
    Ref first = run(server, root, "cat", "/x");
    Copied uncached = Copied.by(server).since(start);
    assertEquals(CHUNKED_BYTES, uncached.toPrograms());
    requireNoContent(uncached.toHeap());
    assertTrue(server.fabric().counts().readBytes() - read >= CHUNKED_BYTES, "it was not here");
    assertArrayEquals(file, bytes(server, first));

    start = Copied.by(server);
    read = server.fabric().counts().readBytes();
    Ref second = run(server, root, "cat", "/x", "cat", "/x");
    Copied cached = Copied.by(server).since(start);
    assertEquals(2L * CHUNKED_BYTES, cached.toPrograms());
    requireNoContent(cached.toHeap());
    requireNoContent(server.fabric().counts().readBytes() - read);
    assertEquals(2L * CHUNKED_BYTES, second.length());
  }

  @Test
  void aFileOfOneBlobToo() throws IOException {
    ComputeServer server = compute(ByteCount.mebibytes(64));
    Ref root = namespace(server, content(METADATA_BYTES_MAX * 2));
    for (String time : List.of("first", "second")) {
      Copied start = Copied.by(server);
      run(server, root, "say", time, "cat", "/x");
      Copied copied = Copied.by(server).since(start);
      assertEquals(METADATA_BYTES_MAX * 2, copied.toPrograms());
      requireNoContent(copied.toHeap());
    }
  }

  @Test
  void whatIsReadInPlaceIsNotCopied() throws IOException {
    ComputeServer server = compute(ByteCount.mebibytes(64));
    Ref root = namespace(server, content(CHUNKED_BYTES));
    Copied start = Copied.by(server);
    run(server, root, "view", "/x");
    Copied copied = Copied.by(server).since(start);
    assertEquals(3, copied.toPrograms(), "the last bytes, which it reads");
    requireNoContent(copied.toHeap());
  }

  @Test
  void contentThatIsJoinedIsNotCopied() throws IOException {
    ComputeServer server = compute(ByteCount.mebibytes(64));
    byte[] file = content(CHUNKED_BYTES);
    Ref root = namespace(server, file);
    Copied start = Copied.by(server);
    Ref joined = run(server, root, "join", "/tmp/y", "/x", "out", "/tmp/y");
    Copied copied = Copied.by(server).since(start);
    assertEquals(0, copied.toPrograms());
    requireNoContent(copied.toHeap());
    assertArrayEquals(file, bytes(server, joined));
  }

  @Test
  void withoutRoomItGoesByTheHeap() throws IOException {
    ComputeServer server = compute(new ByteCount(0));
    Ref root = namespace(server, content(CHUNKED_BYTES));
    Copied start = Copied.by(server);
    run(server, root, "cat", "/x");
    Copied copied = Copied.by(server).since(start);
    assertEquals(CHUNKED_BYTES, copied.toPrograms());
    assertTrue(copied.toHeap() >= CHUNKED_BYTES, copied.toString());
    assertEquals(0, server.fabric().keptBytes());
  }
}

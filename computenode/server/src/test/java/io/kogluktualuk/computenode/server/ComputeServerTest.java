package io.kogluktualuk.computenode.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.ComputeMethods;
import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.api.Nothing;
import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.ProgressRequest;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.api.RunRequest;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.MemoLimit;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.ContentWriter;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.NamespaceEditor;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ComputeServerTest {

  private static final Limits LIMITS = new Limits(1L << 40, 64L << 20, 64L << 20);

  private final Neighbours nodes;

  ComputeServerTest(@TempDir Path folder) {
    nodes = new Neighbours(folder);
  }

  @AfterEach
  void close() throws Exception {
    nodes.close();
  }

  private ComputeServer compute(String name) {
    return nodes.add(ComputeServer.open(nodes.compute(name)));
  }

  private static Ref namespace(FabricBlobs fabric) throws IOException {
    NamespaceEditor editor = new NamespaceEditor(fabric);
    for (String program : List.of("hello", "probe")) {
      byte[] wasm = Files.readAllBytes(Path.of("src/test/programs", program + ".wasm"));
      Ref ref = new ContentWriter(fabric).write(wasm, 0, wasm.length).finish();
      editor.bind(NamePath.parse("/bin/" + program), ref);
    }
    return editor.write();
  }

  private static String text(FabricBlobs fabric, Ref ref) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Content.open(fabric, ref).writeTo(bytes);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static RunReport run(Channel channel, FabricBlobs fabric, RunId id, List<String> argv)
      throws IOException {
    Transaction transaction = Transaction.of(namespace(fabric), argv, LIMITS);
    fabric.put(List.of(transaction.encode()));
    return channel.call(
        ComputeMethods.RUN,
        RunRequest.of(transaction.key(), id, Duration.ofSeconds(60)),
        Deadline.after(Duration.ofSeconds(70)));
  }

  private static List<String> fanOut(int width) {
    List<String> argv = new ArrayList<>(List.of("/bin/probe"));
    for (int i = 0; i < width; i++) {
      argv.addAll(
          List.of(
              "need",
              "/tmp/" + i,
              "1",
              "/bin/probe",
              "5",
              "/bin/probe",
              "spin",
              "5000000",
              "say",
              "" + i));
    }
    for (int i = 0; i < width; i++) {
      argv.addAll(List.of("cat", "/tmp/" + i));
    }
    return argv;
  }

  @Test
  void twoNodesShareAWideRunAndRememberIt() throws Exception {
    ComputeServer one = compute("c1");
    ComputeServer two = compute("c2");
    Neighbours.await(() -> one.peers() == 1 && two.peers() == 1);
    FabricBlobs fabric = one.fabric();
    Channel channel = nodes.add(RpcClient.open(one.address()));
    RunReport first = run(channel, fabric, new RunId(1, 1), fanOut(24));
    assertTrue(first.outcome().ending().isSuccess(), first.toString());
    assertEquals(24, text(fabric, first.outcome().output()).lines().count());
    assertEquals(25, first.counters().run(), first.toString());
    // How much each of them ran depends on the machine; that both did does not.
    assertTrue(one.status().ran() >= 1, one.status().toString());
    assertTrue(two.status().ran() >= 1, two.status().toString());

    Channel other = nodes.add(RpcClient.open(two.address()));
    RunReport second = run(other, fabric, new RunId(2, 2), fanOut(24));
    assertEquals(Disposition.HIT, second.disposition());
    assertEquals(first.outcome(), second.outcome());

    Progress progress =
        channel.call(
            ComputeMethods.PROGRESS,
            new ProgressRequest(new RunId(1, 1), false),
            Deadline.after(Duration.ofSeconds(10)));
    assertEquals(25, progress.counters().run());
    assertTrue(progress.finished());
    assertEquals(
        "c1",
        channel
            .call(ComputeMethods.STATUS, new Nothing(), Deadline.after(Duration.ofSeconds(10)))
            .name());
  }

  @Test
  void outcomesSurviveTheNodeThatFoundThem() throws Exception {
    RunReport first;
    try (ComputeServer one = compute("c1");
        Channel channel = RpcClient.open(one.address())) {
      first = run(channel, one.fabric(), new RunId(1, 1), List.of("/bin/hello"));
      assertEquals(Disposition.RUN, first.disposition());
    }
    ComputeServer again = compute("c1");
    Channel channel = nodes.add(RpcClient.open(again.address()));
    RunReport second = run(channel, again.fabric(), new RunId(2, 2), List.of("/bin/hello"));
    assertEquals(Disposition.HIT, second.disposition());
    assertEquals(first.outcome(), second.outcome());
    assertEquals("hello\n", text(again.fabric(), second.outcome().output()));
  }

  /// The memo index has room for nothing: outcomes are answered all the same, and found again.
  @Test
  void outcomesThatCannotBeRecordedAreAnswersStill() throws Exception {
    try (Channel plane = RpcClient.open(nodes.control().getFirst())) {
      new ControlClient(plane, Duration.ofSeconds(10)).setMemoLimit(new MemoLimit(0));
    }
    ComputeServer one = compute("c1");
    Channel channel = nodes.add(RpcClient.open(one.address()));
    RunReport first = run(channel, one.fabric(), new RunId(1, 1), fanOut(5));
    assertTrue(first.outcome().ending().isSuccess(), first.toString());
    assertEquals(5, text(one.fabric(), first.outcome().output()).lines().count());
    assertEquals(6, one.unrecorded());
    one.close();
    ComputeServer again = compute("c1");
    Channel other = nodes.add(RpcClient.open(again.address()));
    RunReport second = run(other, again.fabric(), new RunId(2, 2), fanOut(5));
    assertEquals(Disposition.RUN, second.disposition());
    assertEquals(first.outcome(), second.outcome());
  }

  @Test
  void aFolderHasOneNodeAndAnIdentity() {
    ComputeServer one = compute("c1");
    assertThrows(Conflict.class, () -> compute("c1"));
    one.close();
    assertEquals(one.id(), compute("c1").id());
  }

  @Test
  void anUnknownTransactionIsNotFound() {
    ComputeServer one = compute("c1");
    Neighbours.await(one::isEnrolled);
    Channel channel = nodes.add(RpcClient.open(one.address()));
    Hash unknown = Hash.of(new byte[] {1, 2, 3});
    NotFound thrown =
        assertThrows(
            NotFound.class,
            () ->
                channel.call(
                    ComputeMethods.RUN,
                    RunRequest.of(unknown, new RunId(1, 1), Duration.ofSeconds(20)),
                    Deadline.after(Duration.ofSeconds(30))));
    assertTrue(String.valueOf(thrown.getMessage()).contains(unknown.toHex()));
  }
}

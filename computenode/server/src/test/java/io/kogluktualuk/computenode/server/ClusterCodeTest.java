package io.kogluktualuk.computenode.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.ComputeMethods;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.api.RunRequest;
import io.kogluktualuk.computenode.vm.compile.ModuleCompiler;
import io.kogluktualuk.computenode.vm.gate.CodeGate;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.computenode.vm.run.CodeOrigins;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.client.RecordBatcher;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.ContentWriter;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.NamespaceEditor;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Over real control and memory nodes: a cluster compiles a program once, and what is recorded as
/// compiled code but is none does no harm.
@Timeout(120)
class ClusterCodeTest {

  private static final Limits LIMITS = new Limits(1L << 40, 64L << 20, 64L << 20);

  private final Path folder;
  private final Neighbours nodes;
  private final byte[] wasm;
  private int runs;

  ClusterCodeTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    wasm = Files.readAllBytes(Path.of("src/test/programs", "probe.wasm"));
    nodes = new Neighbours(folder);
  }

  @AfterEach
  void close() throws Exception {
    nodes.close();
  }

  /// Each has a machine of its own, as if in a process of its own.
  private ComputeServer compute(String name, boolean sharesCode) {
    return ComputeServer.open(nodes.compute(name).withSharedCode(sharesCode));
  }

  /// Runs the program, whether or not its outcome is known: another outcome would be a Conflict.
  private RunReport run(ComputeServer node) {
    NamespaceEditor editor = new NamespaceEditor(node.fabric());
    Ref program = new ContentWriter(node.fabric()).write(wasm, 0, wasm.length).finish();
    editor.bind(NamePath.parse("/bin/probe"), program);
    Transaction transaction =
        Transaction.of(editor.write(), List.of("/bin/probe", "spin", "100000", "say", "x"), LIMITS);
    node.fabric().put(List.of(transaction.encode()));
    RunId id = new RunId(7, ++runs);
    try (Channel channel = RpcClient.open(node.address())) {
      RunReport report =
          channel.call(
              ComputeMethods.RUN,
              new RunRequest(transaction.key(), id, Duration.ofSeconds(60), true),
              Deadline.after(Duration.ofSeconds(70)));
      assertTrue(report.outcome().ending().isSuccess(), report.toString());
      return report;
    }
  }

  private Outcome compiledAndStored() {
    try (ComputeServer one = compute("c1", true)) {
      Outcome outcome = run(one).outcome();
      assertEquals(new CodeOrigins(1, 0, 0, 0), one.codeOrigins());
      Neighbours.await(() -> one.codeStored() == 1);
      return outcome;
    }
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void theSecondNodeDoesNotCompile() throws IOException {
    Outcome first = compiledAndStored();
    try (ComputeServer two = compute("c2", true)) {
      assertEquals(first, run(two).outcome());
      assertEquals(new CodeOrigins(0, 0, 1, 0), two.codeOrigins());
    }
    try (ComputeServer again = compute("c2", true)) {
      assertEquals(first, run(again).outcome());
      assertEquals(new CodeOrigins(0, 1, 0, 0), again.codeOrigins());
    }
    delete(folder.resolve("c2").resolve("modules-shared"));
    try (ComputeServer emptied = compute("c2", true)) {
      assertEquals(first, run(emptied).outcome());
      assertEquals(new CodeOrigins(0, 0, 1, 0), emptied.codeOrigins());
    }
    try (ComputeServer alone = compute("c2", false)) {
      assertEquals(first, run(alone).outcome());
      assertEquals(new CodeOrigins(1, 0, 0, 0), alone.codeOrigins());
    }
  }

  // ---- what others may have recorded ---------------------------------------------------------

  private void record(Ref code) {
    Ref nothing = Ref.ofBlob(Blob.of(new byte[0]));
    Outcome outcome = new Outcome(new Ending.Exited(0), 0, code, nothing, nothing);
    MemoRecord memo = new MemoRecord(ClusterCode.key(Hash.of(wasm)), outcome, "c0", 1);
    try (Channel channel = RpcClient.open(nodes.control().getFirst())) {
      var _ =
          new RecordBatcher(channel).record(List.of(memo), Deadline.after(Duration.ofSeconds(30)));
    }
  }

  private static Ref store(BlobStore store, byte[] code) {
    return new ContentWriter(store).write(code, 0, code.length).finish();
  }

  /// The form of a container; see `CodeContainer`.
  private static byte[] container(SortedMap<String, byte[]> classes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeBytes("kogC\u0001");
    out.writeInt(classes.size());
    for (Map.Entry<String, byte[]> each : classes.entrySet()) {
      out.writeUTF(each.getKey());
      out.writeInt(each.getValue().length);
      out.write(each.getValue());
    }
    return bytes.toByteArray();
  }

  private SortedMap<String, byte[]> compiled() {
    return new TreeMap<>(ModuleCompiler.compile(decoded()));
  }

  private DecodedModule decoded() {
    return ModuleDecoder.decode(wasm, wasm.length);
  }

  /// Code of which every function ends the process.
  private SortedMap<String, byte[]> ending() {
    CodeTransform exit =
        new CodeTransform() {
          @Override
          public void atStart(CodeBuilder builder) {
            builder
                .bipush(77)
                .invokestatic(
                    ClassDesc.of("java.lang.System"),
                    "exit",
                    MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int));
          }

          @Override
          public void accept(CodeBuilder builder, CodeElement element) {
            builder.with(element);
          }
        };
    ClassFile files = ClassFile.of(ClassFile.StackMapsOption.DROP_STACK_MAPS);
    SortedMap<String, byte[]> classes = compiled();
    classes.replaceAll(
        (name, file) ->
            name.contains(".Code")
                ? files.transformClass(
                    files.parse(file), ClassTransform.transformingMethodBodies(exit))
                : file);
    return classes;
  }

  @Test
  void codeThatDoesMoreThanComputeIsRefusedAndSeen() throws IOException {
    SortedMap<String, byte[]> hostile = ending();
    assertThrows(MalformedEncoding.class, () -> CodeGate.check(decoded(), hostile));
    Outcome honest;
    try (ComputeServer one = compute("c1", true)) {
      record(store(one.fabric(), container(hostile)));
      honest = run(one).outcome();
      assertEquals(new CodeOrigins(1, 0, 0, 1), one.codeOrigins());
      Neighbours.await(() -> disagreements() == 1);
      assertEquals(0, one.codeStored());
    }
    try (ComputeServer again = compute("c1", true)) {
      assertEquals(honest, run(again).outcome());
      assertEquals(new CodeOrigins(0, 1, 0, 0), again.codeOrigins());
    }
  }

  private long disagreements() {
    try (Channel channel = RpcClient.open(nodes.control().getFirst())) {
      return new ControlClient(channel, Duration.ofSeconds(10)).status().disagreementCount();
    }
  }

  /// What was recorded was evicted since, or never stored: the next who compiles stores the same.
  @Test
  void lostCodeIsCompiledAndStoredAgain() throws IOException {
    record(store(new InMemoryBlobs(), container(compiled())));
    Outcome first = compiledAndStored();
    assertEquals(0, disagreements());
    try (ComputeServer two = compute("c2", true)) {
      assertEquals(first, run(two).outcome());
      assertEquals(new CodeOrigins(0, 0, 1, 0), two.codeOrigins());
    }
  }

  @Test
  void whatIsNoCodeOrTooLongIsNotUsed() throws IOException {
    byte[] text = "no code".getBytes(StandardCharsets.UTF_8);
    try (ComputeServer one = compute("c1", true)) {
      record(store(one.fabric(), text));
      var _ = run(one);
      assertEquals(new CodeOrigins(1, 0, 0, 1), one.codeOrigins());
    }
  }

  @Test
  void codeThatIsTooLongIsNotFetched() {
    record(new Ref(io.kogluktualuk.fabric.blob.Kind.LIST, Hash.of(wasm), 1L << 50));
    try (ComputeServer one = compute("c1", true)) {
      var _ = run(one);
      assertEquals(new CodeOrigins(1, 0, 0, 0), one.codeOrigins());
    }
  }
}

package io.kogluktualuk.computenode.runtime;

import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.api.RunRequest;
import io.kogluktualuk.computenode.runtime.store.Keeper;
import io.kogluktualuk.computenode.runtime.transaction.Engine;
import io.kogluktualuk.computenode.runtime.transaction.EngineSettings;
import io.kogluktualuk.computenode.runtime.transaction.Peers;
import io.kogluktualuk.computenode.vm.run.SharedCode;
import io.kogluktualuk.computenode.vm.run.Vm;
import io.kogluktualuk.computenode.vm.run.VmSettings;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.ContentWriter;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.NamespaceEditor;
import io.kogluktualuk.fabric.namespace.Thunk;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/// A workbench for tests: stores in memory, one engine, a namespace to be filled, programs to run.
///
/// **Threading:** running, any thread; filling the namespace, one.
final class Bench implements AutoCloseable {

  static final Limits LIMITS = new Limits(5_000_000_000L, 64L << 20, 256L << 20);
  static final Duration TIMEOUT = Duration.ofSeconds(30);

  final BlobStore store;
  final InMemoryMemos memos;
  final Engine engine;
  private final Vm vm;
  private final AtomicLong runs = new AtomicLong();
  private NamespaceEditor namespace;

  Bench(int slots) {
    this(new InMemoryBlobs(), new InMemoryMemos(), slots, Peers.NONE);
  }

  Bench(VmSettings vm) {
    this(new InMemoryBlobs(), new InMemoryMemos(), settings(1), Peers.NONE, vm);
  }

  /// @param trivialMax as in the engine's settings
  Bench(int slots, Duration trivialMax) {
    this(
        new InMemoryBlobs(),
        new InMemoryMemos(),
        settings(slots).withTrivialMax(trivialMax),
        Peers.NONE,
        VmSettings.defaults());
  }

  /// @param trivialMax as in the engine's settings
  Bench(BlobStore store, InMemoryMemos memos, int slots, Peers peers, Duration trivialMax) {
    this(store, memos, settings(slots).withTrivialMax(trivialMax), peers, VmSettings.defaults());
  }

  private static EngineSettings settings(int slots) {
    return EngineSettings.of("bench", slots);
  }

  Bench(BlobStore store, InMemoryMemos memos, int slots, Peers peers) {
    this(store, memos, settings(slots), peers, VmSettings.defaults());
  }

  private Bench(
      BlobStore store, InMemoryMemos memos, EngineSettings settings, Peers peers, VmSettings vm) {
    this.store = store;
    this.memos = memos;
    this.vm = Vm.open(vm);
    this.engine =
        new Engine(
            settings, new PlainShelf(store), this::keep, memos, peers, this.vm, SharedCode.NONE);
    this.namespace = new NamespaceEditor(store);
    for (String program : List.of("hello", "hostile", "nothing", "probe", "wasi")) {
      bind("/bin/" + program, program(program));
    }
  }

  /// The programs that are there, each at its path.
  void programs(BiConsumer<String, Ref> each) {
    each.accept("/bin/probe", content(program("probe")));
  }

  private Ref content(byte[] content) {
    return new ContentWriter(store).write(content, 0, content.length).finish();
  }

  /// What is stored stays, but nothing is believed for long.
  private Keeper.Kept keep(Collection<Hash> hashes) {
    return new Keeper.Kept(store.missing(hashes), System.nanoTime());
  }

  static byte[] program(String name) {
    try {
      return Files.readAllBytes(Path.of("src/test/programs", name + ".wasm"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Bench bind(String path, String text) {
    return bind(path, text.getBytes(StandardCharsets.UTF_8));
  }

  Bench bind(String path, byte[] content) {
    return bind(path, content(content));
  }

  Bench bind(String path, Ref ref) {
    namespace.bind(NamePath.parse(path), ref);
    return this;
  }

  /// Binds a thunk that sees the whole namespace.
  Bench thunk(String path, String... argv) {
    return bind(path, store(new Thunk(List.of(argv), null)));
  }

  /// Binds a thunk that sees its inputs, separated by spaces, alone.
  Bench narrowed(String path, String inputs, String... argv) {
    List<Thunk.Input> parsed = List.of(inputs.split(" ")).stream().map(Thunk.Input::parse).toList();
    return bind(path, store(new Thunk(List.of(argv), parsed)));
  }

  private Ref store(Thunk thunk) {
    Blob encoding = thunk.encode();
    store.put(List.of(encoding));
    return Thunk.refOf(encoding);
  }

  Ref root() {
    Ref root = namespace.write();
    namespace = new NamespaceEditor(store, root);
    return root;
  }

  Transaction transaction(String... argv) {
    return Transaction.of(root(), List.of(argv), LIMITS);
  }

  RunReport run(String... argv) {
    return run(transaction(argv));
  }

  RunReport run(Transaction transaction) {
    return run(transaction, TIMEOUT);
  }

  RunReport run(Transaction transaction, Duration timeout) {
    store.put(List.of(transaction.encode()));
    RunId id = new RunId(0, runs.incrementAndGet());
    return engine.run(RunRequest.of(transaction.key(), id, timeout));
  }

  /// The run that was begun last.
  RunId lastRun() {
    return new RunId(0, runs.get());
  }

  /// Asks for what is stored.
  RunRequest request(Hash key) {
    return RunRequest.of(key, new RunId(2, runs.incrementAndGet()), TIMEOUT);
  }

  /// Runs a stored transaction and all its subtransactions, whatever is known of them.
  RunReport runAfresh(Hash key) {
    RunId id = new RunId(1, runs.incrementAndGet());
    return engine.run(new RunRequest(key, id, TIMEOUT, true));
  }

  /// What a program writes to its output.
  String output(String... argv) {
    return text(run(argv).outcome().output());
  }

  String text(Ref ref) {
    return new String(bytes(ref), StandardCharsets.UTF_8);
  }

  byte[] bytes(Ref ref) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      Content.open(store, ref).writeTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  String diagnostics(RunReport report) {
    return text(report.outcome().diagnostics());
  }

  List<Trace.Step> trace(RunReport report) {
    Ref ref = report.outcome().trace();
    return Trace.decode("trace", bytes(ref)).steps();
  }

  boolean isRecorded(Hash key) {
    return memos.outcomes.containsKey(key);
  }

  @Override
  public void close() {
    engine.close();
    vm.close();
  }
}

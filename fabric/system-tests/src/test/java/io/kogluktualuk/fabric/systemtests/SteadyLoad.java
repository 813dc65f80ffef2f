package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.computenode.programs.Program;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ContentStream;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Root;
import io.kogluktualuk.fabric.client.RunListener;
import io.kogluktualuk.fabric.client.RunResult;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;

/// Clients that ask for everything a fabric does, one thread and one session for each kind of
/// request, until told to finish. Answers are checked; a request that fails, or whose answer is
/// wrong, is kept with its time.
///
/// **Threading:** any thread. **Ownership:** closing it ends the threads and their sessions.
/// **Bound:** [#KEPT_MAX] refs are remembered for reading; a thread ends after [#FAILURES_MAX]
/// failures.
final class SteadyLoad implements AutoCloseable {

  /// What is asked for.
  enum Kind {
    PUT,
    GET,
    RUN,
    HIT,
    LOOKUP,
    ROOT
  }

  private interface Request {
    void once() throws Exception;
  }

  private static final int KEPT_MAX = 64;
  private static final int FAILURES_MAX = 20;
  private static final Duration RUN_WITHIN = Duration.ofMinutes(1);
  private static final long MORE = 3;
  private static final long LOOK_EVERY_MILLIS = 20;
  private static final long START_NANOS_PER_MILLI = 1_000_000;

  private record Stored(Ref ref, byte[] content) {}

  private final long startNanos = System.nanoTime();
  private final AtomicLongArray done = new AtomicLongArray(Kind.values().length);
  private final List<String> failures = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Deque<Stored> kept = new ArrayDeque<>();
  private final Deque<Hash> keys = new ArrayDeque<>();
  private final List<Thread> threads = new ArrayList<>();
  private final List<Fabric> sessions = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(1);
  private volatile boolean isFinished;

  private SteadyLoad() {}

  static SteadyLoad start(Supplier<Fabric> connect) {
    SteadyLoad load = new SteadyLoad();
    for (Kind kind : Kind.values()) {
      Fabric fabric = connect.get();
      load.sessions.add(fabric);
      Request request = load.request(kind, fabric);
      load.threads.add(
          Thread.ofPlatform().name("load-" + kind).start(() -> load.repeat(kind, request)));
    }
    return load;
  }

  private Request request(Kind kind, Fabric fabric) {
    return switch (kind) {
      case PUT -> () -> put(fabric);
      case GET -> () -> get(fabric);
      case RUN -> new Runs(fabric, false);
      case HIT -> new Runs(fabric, true);
      case LOOKUP -> () -> lookup(fabric);
      case ROOT -> new Roots(fabric);
    };
  }

  private void repeat(Kind kind, Request request) {
    for (int failed = 0; !isFinished && failed < FAILURES_MAX; ) {
      long from = System.nanoTime();
      try {
        request.once();
        done.incrementAndGet(kind.ordinal());
        Thread.sleep(LOOK_EVERY_MILLIS); // leaves the processors to the nodes
      } catch (InterruptedException e) {
        return;
      } catch (Exception | AssertionError e) {
        failed++;
        long took = (System.nanoTime() - from) / START_NANOS_PER_MILLI;
        synchronized (this) {
          failures.add("%s %s failed after %d ms: %s".formatted(at(), kind, took, trace(e)));
          notes.add(failures.getLast());
        }
      }
    }
  }

  private static String trace(Throwable thrown) {
    StringBuilder text = new StringBuilder(thrown.toString());
    for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
      text.append("; because ").append(cause);
    }
    for (Throwable other : thrown.getSuppressed()) {
      text.append("; also ").append(other);
    }
    return text + " at " + Arrays.stream(thrown.getStackTrace()).limit(6).toList();
  }

  private String at() {
    return "%6d ms".formatted((System.nanoTime() - startNanos) / START_NANOS_PER_MILLI);
  }

  /// Tells when something happened beside the load.
  synchronized void note(String text) {
    notes.add(at() + " " + text + " " + done);
  }

  /// Waits until each kind of request has been answered some times more.
  void awaitMoreOfEach() throws InterruptedException {
    long[] before = new long[done.length()];
    Arrays.setAll(before, done::get);
    for (int kind = 0; kind < before.length; kind++) {
      while (done.get(kind) < before[kind] + MORE && failures().isEmpty()) {
        Thread.sleep(LOOK_EVERY_MILLIS);
      }
    }
  }

  /// Lets the requests under way end.
  void finish() throws InterruptedException {
    isFinished = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  /// What happened and what failed, in order.
  synchronized String report() {
    return failures.size() + " requests failed\n" + String.join("\n", notes);
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
    try {
      finish();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sessions.forEach(Fabric::close);
    }
  }

  private synchronized byte[] content() {
    byte[] bytes = new byte[random.nextInt(1, 300_000)];
    random.nextBytes(bytes);
    return bytes;
  }

  private void put(Fabric fabric) throws Exception {
    byte[] bytes = content();
    Stored stored = new Stored(fabric.put(new ByteArrayInputStream(bytes)), bytes);
    synchronized (this) {
      if (kept.size() == KEPT_MAX) {
        kept.removeFirst();
      }
      kept.addLast(stored);
    }
  }

  private void get(Fabric fabric) throws Exception {
    Stored stored;
    synchronized (this) {
      stored = kept.pollFirst();
      if (stored == null) {
        return;
      }
      kept.addLast(stored);
    }
    try (ContentStream stream = fabric.open(stored.ref())) {
      check(Arrays.equals(stored.content(), stream.readAllBytes()), "other bytes");
    }
  }

  private void lookup(Fabric fabric) {
    Hash key;
    synchronized (this) {
      key = keys.peekLast();
    }
    if (key != null) {
      check(
          Operator.of(fabric).control().lookup(key) != null,
          "the outcome of " + key + " is not known");
    }
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  /// Runs a program: over another input each time, or over the same.
  private final class Runs implements Request {
    private final Fabric fabric;
    private final boolean isSame;
    private long count;

    Runs(Fabric fabric, boolean isSame) {
      this.fabric = fabric;
      this.isSame = isSame;
    }

    @Override
    public void once() throws Exception {
      Ref program = fabric.put(new ByteArrayInputStream(Program.WC.wasm()));
      byte[] input =
          isSame
              ? "one two\n".getBytes(StandardCharsets.UTF_8)
              : ("word " + count++ + "\n").getBytes(StandardCharsets.UTF_8);
      Ref text = fabric.put(new ByteArrayInputStream(input));
      String names = "/bin/wc blob %s\n/text blob %s\n".formatted(program.hash(), text.hash());
      Ref namespace = fabric.trees().load("names", names, Path.of("/"));
      Transaction transaction =
          Transaction.of(namespace, List.of("/bin/wc", "/text"), Limits.DEFAULT);
      RunResult result = fabric.run(transaction, RUN_WITHIN, RunListener.SILENT);
      Outcome outcome = result.report().outcome();
      check(outcome.ending().isSuccess(), outcome.toString());
      try (ContentStream stream = fabric.open(outcome.output())) {
        String expected = "1 2 " + input.length + " /text\n";
        String found = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        check(found.equals(expected), "expected " + expected + ", found " + found);
      }
      synchronized (SteadyLoad.this) {
        keys.clear();
        keys.add(transaction.encode().hash());
      }
    }
  }

  /// Moves a root on, each time from the revision that the last change gave: a change that was
  /// lost, or done twice, shows.
  private static final class Roots implements Request {
    private static final String NAME = "load";

    private final Fabric fabric;
    private long revision;

    Roots(Fabric fabric) {
      this.fabric = fabric;
    }

    @Override
    public void once() throws Exception {
      byte[] bytes = ("revision after " + revision).getBytes(StandardCharsets.UTF_8);
      Ref ref = fabric.put(new ByteArrayInputStream(bytes));
      revision = fabric.roots().compareAndSet(NAME, revision, ref);
      Root root = fabric.roots().get(NAME);
      check(root != null && root.ref().equals(ref), "the root is " + root);
    }
  }
}

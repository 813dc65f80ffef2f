package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.runtime.transaction.Peers;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.blob.TreeBuilder;
import io.kogluktualuk.fabric.blob.TreeEdit;
import io.kogluktualuk.fabric.blob.TreePieces;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.Thunk;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Programs that change directories of many pieces.
@Timeout(120)
class WideChangesTest {

  private static final int MILLION = 1_000_000;

  /// Of a directory of a million: its three ranks, for some names and a few directories above.
  private static final int PIECES_MAX = 40;

  private final Counted store = new Counted(new InMemoryBlobs());
  private final Bench bench = new Bench(store, new InMemoryMemos(), 2, Peers.NONE);

  /// Counts what is read.
  private record Counted(InMemoryBlobs blobs, AtomicInteger reads) implements BlobStore {
    Counted(InMemoryBlobs blobs) {
      this(blobs, new AtomicInteger());
    }

    @Override
    public Blob get(Hash hash) {
      reads.incrementAndGet();
      return blobs.get(hash);
    }

    @Override
    public void put(List<Blob> added) {
      blobs.put(added);
    }

    @Override
    public Set<Hash> missing(Collection<Hash> hashes) {
      return blobs.missing(hashes);
    }
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private Ref blob(String text) {
    Blob blob = Blob.of(text.getBytes(StandardCharsets.UTF_8));
    store.put(List.of(blob));
    return Ref.ofBlob(blob);
  }

  private static String name(int number) {
    return "n%07d".formatted(number);
  }

  private Ref million() {
    Ref old = blob("old\n");
    TreeBuilder builder = new TreeBuilder(TreePieces.of(store), piece -> store.put(List.of(piece)));
    for (int i = 0; i < MILLION; i++) {
      builder.add(name(i), old);
    }
    return builder.finish();
  }

  private Ref edit(Ref tree, Map<String, Optional<Ref>> changes) {
    return TreeEdit.apply(TreePieces.of(store), tree, changes, piece -> store.put(List.of(piece)));
  }

  @Test
  void aFewNamesOfAMillionAreChangedWithoutTheOthers() {
    bench.bind("/tmp/wide", million());
    bench.run("/bin/probe", "say", "warm");
    int before = store.reads.get();
    int stored = store.blobs.size();
    RunReport report =
        bench.run(
            words(
                "/bin/probe put /tmp/wide/n0500000 new rm /tmp/wide/n0000007"
                    + " put /tmp/wide/more text mkdir /tmp/wide/n0000007"
                    + " put /tmp/wide/n0000007/in deeper mv /tmp/wide/n0999999 /tmp/wide/a"
                    + " cat /tmp/wide/n0500000 say | cat /tmp/wide/n0000007/in say |"
                    + " cat /tmp/wide/a stat /tmp/wide/n0999999"
                    // What is bound sees all of it.
                    + " bind /tmp/sub 5 /bin/probe cat /tmp/wide/more cat /tmp/wide/n0000042"
                    + " cat /tmp/sub"));
    assertEquals(
        "new|\ndeeper|\nold\nstat /tmp/wide/n0999999: errno 44\ntextold\n",
        bench.text(report.outcome().output()));
    int reads = store.reads.get() - before;
    assertTrue(reads <= PIECES_MAX, reads + " blobs were read");
    assertTrue(store.blobs.size() - stored <= PIECES_MAX, store.blobs.size() + " after " + stored);
    assertTrue(report.counters().bytesWritten() < 1 << 20, report.counters().toString());
  }

  @Test
  void aChangedDirectoryOfAMillionIsTheOutput() {
    Ref wide = million();
    bench.bind("/tmp/wide", wide);
    String[] argv =
        words(
            "/bin/probe rm /tmp/wide/n0000007 put /tmp/wide/n0500000 new"
                + " put /tmp/wide/more text out /tmp/wide");
    RunReport report = bench.run(argv);
    Ref expected =
        edit(
            wide,
            Map.of(
                "n0000007",
                Optional.empty(),
                "n0500000",
                Optional.of(blob("new")),
                "more",
                Optional.of(blob("text"))));
    assertEquals(expected, report.outcome().output());
    // That nothing has to be computed in it is known from then on, piece by piece.
    int before = store.reads.get();
    argv[2] = "/tmp/wide/n0999999";
    RunReport other = bench.run(argv);
    assertNotEquals(report.key(), other.key());
    assertTrue(store.reads.get() - before <= PIECES_MAX, store.reads.get() - before + " reads");
  }

  @Test
  void whatIsNotReadOfTheNamespaceCausesNoRunAgain() {
    Map<String, Ref> entries = new TreeMap<>();
    for (int i = 0; i < 3_000; i++) {
      entries.put(name(i) + "x".repeat(30), blob("old\n"));
    }
    bench.bind("/tmp/wide", TreeBuilder.write(entries, piece -> store.put(List.of(piece))));
    bench.bind("/other", "1");
    String[] argv =
        words(
            "/bin/probe put /tmp/wide/more text need /tmp/out 2 /bin/probe /w=/tmp/wide"
                + " 3 /bin/probe cat /w/more cat /tmp/out out /tmp/wide");
    assertEquals(2, bench.run(argv).counters().run());
    bench.bind("/other", "2");
    assertEquals(0, bench.run(argv).counters().run());
    bench.bind("/tmp/wide/" + name(7) + "x".repeat(30), "new\n");
    assertEquals(1, bench.run(argv).counters().run(), "the other reads one name of it");
  }

  private static String[] words(String line) {
    return line.split(" ");
  }

  /// What programs do to wide directories against what becomes of a map of names.
  @Test
  void randomChangesAreThoseOfAMap() {
    Seeds.run(WideChangesTest.class, 15, this::change);
  }

  private void change(RandomGenerator random) {
    Map<String, Ref> given = new TreeMap<>(Tree.NAME_ORDER);
    int size = 1_200 + random.nextInt(9_000);
    String tail = "-".repeat(60);
    for (int i = 0; i < size; i++) {
      given.put(random.nextInt(100_000) + tail, blob("old " + i % 10 + "\n"));
    }
    Map<String, String> thunks = new TreeMap<>(Tree.NAME_ORDER);
    for (int i = random.nextInt(8); i > 0; i--) {
      String name = random.nextInt(100_000) + tail;
      Thunk thunk = new Thunk(List.of("/bin/probe", "say", "thunk " + i), null);
      store.put(List.of(thunk.encode()));
      given.put(name, Thunk.refOf(thunk.encode()));
      thunks.put(name, "thunk " + i + "\n");
    }
    Ref wide = TreeBuilder.write(given, piece -> store.put(List.of(piece)));
    bench.bind("/tmp/wide", wide);
    Script script = new Script(random, given, thunks);
    for (int i = random.nextInt(60); i >= 0; i--) {
      script.step();
    }
    script.finish();
    RunReport report = bench.run(script.argv.toArray(String[]::new));
    RunReport outside = bench.run("/bin/probe", "out", "/tmp/wide");
    assertEquals(script.value(given, thunks), outside.outcome().output());
    assertEquals(script.value(script.now, script.thunks), report.outcome().output());
    String[] again = script.argv.toArray(String[]::new);
    again[again.length - 2] = "ls";
    assertEquals(script.said() + script.listing(), bench.output(again));
  }

  /// What is done, and what is to come of it.
  private final class Script {
    private final RandomGenerator random;
    private final Map<String, Ref> now;
    private final Map<String, String> thunks;
    private final List<String> names;
    private final List<String> argv = new ArrayList<>(List.of("/bin/probe"));
    private final StringBuilder said = new StringBuilder();

    Script(RandomGenerator random, Map<String, Ref> given, Map<String, String> thunks) {
      this.random = random;
      this.now = new TreeMap<>(Tree.NAME_ORDER);
      this.now.putAll(given);
      this.thunks = new TreeMap<>(thunks);
      this.names = new ArrayList<>(given.keySet());
      names.addAll(thunks.keySet());
    }

    private void act(String... words) {
      argv.addAll(Arrays.asList(words));
    }

    private String path(String name) {
      return "/tmp/wide/" + name;
    }

    private String anyName() {
      return random.nextInt(4) == 0
          ? "fresh" + random.nextInt(10)
          : names.get(random.nextInt(random.nextInt(2) == 0 ? names.size() : 20));
    }

    void step() {
      String name = anyName();
      boolean isThere = now.containsKey(name);
      switch (random.nextInt(5)) {
        case 0 -> {
          act("put", path(name), "new " + name);
          now.put(name, blob("new " + name));
          thunks.remove(name);
        }
        case 1 -> {
          act("rm", path(name));
          if (!isThere) {
            said.append("rm " + path(name) + ": errno 44\n");
          }
          now.remove(name);
          thunks.remove(name);
        }
        case 2 -> {
          act("cat", path(name), "say", "");
          said.append(isThere ? text(name) : "cat " + path(name) + ": errno 44\n").append('\n');
        }
        case 3 -> move(name, anyName());
        default -> {
          String directory = "dir" + random.nextInt(1_000_000);
          act("mkdir", path(directory));
          now.put(directory, TreeBuilder.write(Map.of(), piece -> store.put(List.of(piece))));
        }
      }
    }

    private void move(String from, String to) {
      act("mv", path(from), path(to));
      Ref moved = now.get(from);
      if (moved == null) {
        said.append("mv " + path(from) + ": errno 44\n");
      } else if (!from.equals(to)) {
        now.remove(from);
        now.put(to, moved);
        String computed = thunks.remove(from);
        thunks.remove(to);
        if (computed != null) {
          thunks.put(to, computed);
        }
      }
    }

    private String text(String name) {
      String computed = thunks.get(name);
      Ref there = now.get(name);
      return computed != null || there == null ? String.valueOf(computed) : bench.text(there);
    }

    void finish() {
      // Changes something in any case, so that the listing is one of a changed directory.
      act("put", path("last"), "last", "out", "/tmp/wide");
      now.put("last", blob("last"));
    }

    String said() {
      return said.toString();
    }

    String listing() {
      StringBuilder lines = new StringBuilder();
      now.forEach(
          (name, ref) ->
              lines.append(name).append(suffix(ref.kind(), name.startsWith("dir"))).append('\n'));
      return lines.toString();
    }

    private String suffix(Kind kind, boolean isDirectory) {
      return isDirectory ? "/" : kind == Kind.THUNK ? "?" : "";
    }

    /// With all thunks computed.
    Ref value(Map<String, Ref> entries, Map<String, String> computed) {
      Map<String, Ref> all = new TreeMap<>(Tree.NAME_ORDER);
      all.putAll(entries);
      computed.forEach((name, text) -> all.put(name, blob(text)));
      return TreeBuilder.write(all, piece -> store.put(List.of(piece)));
    }
  }
}

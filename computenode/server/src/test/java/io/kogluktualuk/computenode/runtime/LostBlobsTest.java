package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.api.HealRequest;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.runtime.transaction.Peers;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.blob.TreePage;
import io.kogluktualuk.fabric.blob.TreePieces;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is lost from memory nodes and can be computed again is there when it is wanted.
///
/// One node computes, blobs are lost, another node, which remembers nothing, goes on.
@Timeout(300)
final class LostBlobsTest {

  private static final Limits ENOUGH = new Limits(1L << 40, 256L << 20, 1L << 30);

  private final InMemoryBlobs store = new InMemoryBlobs();
  private final InMemoryMemos memos = new InMemoryMemos();
  private final Bench first = new Bench(store, memos, 2, Peers.NONE);
  private Bench second = new Bench(store, memos, 2, Peers.NONE);

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  private void forget() {
    second.close();
    second = new Bench(store, memos, 2, Peers.NONE);
  }

  @Test
  void aKnownOutcomeWhoseOutputIsLostIsComputedAgainBeforeItIsAnswered() {
    Transaction transaction = first.transaction("/bin/hello");
    Ref output = first.run(transaction).outcome().output();
    assertEquals(Disposition.HIT, second.run(transaction).disposition());
    forget();
    store.lose(List.of(output.hash()));
    RunReport healed = second.run(transaction);
    assertEquals(Disposition.RUN, healed.disposition());
    assertEquals("hello\n", second.text(healed.outcome().output()));
    assertEquals(Set.of(), store.missing(List.of(output.hash())));
  }

  @Test
  void whatANodeRemembersIsNotTakenForWhatIsStored() {
    Transaction transaction = first.transaction("/bin/hello");
    Ref output = first.run(transaction).outcome().output();
    store.lose(List.of(output.hash()));
    assertEquals(Disposition.RUN, first.run(transaction).disposition());
    assertEquals(Set.of(), store.missing(List.of(output.hash())));
  }

  @Test
  void aLostPieceOfAWideOutputIsComputedAgain() {
    List<String> argv = new ArrayList<>(List.of("/bin/probe", "mkdir", "/tmp/d"));
    for (int i = 0; i < 1_500; i++) {
      argv.addAll(List.of("put", "/tmp/d/%04d".formatted(i) + "-".repeat(60), "text"));
    }
    argv.addAll(List.of("out", "/tmp/d"));
    Ref made = first.run(argv.toArray(String[]::new)).outcome().output();
    TreePage page = assertInstanceOf(TreePage.class, TreePieces.of(store).get(made));
    Hash piece = page.part(page.partCount() - 1).ref().hash();
    store.lose(List.of(piece));
    second.bind("/data", made);
    RunReport report = second.run("/bin/probe", "cat", "/data/1499" + "-".repeat(60));
    assertEquals("text", second.text(report.outcome().output()));
    assertEquals(2, report.counters().run());
    assertEquals(Set.of(), store.missing(List.of(piece)));
    forget();
    store.lose(List.of(piece));
    assertEquals(Disposition.RUN, second.run(argv.toArray(String[]::new)).disposition());
    assertEquals(Set.of(), store.missing(List.of(piece)));
  }

  @Test
  void aLostInputOfARunningTransactionIsComputedAgain() {
    Ref made =
        first
            .run("/bin/probe", "fill", "/tmp/x", "9000000", "7", "out", "/tmp/x")
            .outcome()
            .output();
    assertEquals(Kind.LIST, made.kind());
    byte[] bytes = first.bytes(made);
    Hash chunk = Content.open(store, made).chunk(1).hash();
    store.lose(List.of(chunk));
    second.bind("/data", made);
    RunReport report = second.run("/bin/probe", "cat", "/data");
    assertTrue(Arrays.equals(bytes, second.bytes(report.outcome().output())), "same bytes");
    assertEquals(2, report.counters().run());
  }

  @Test
  void aChainComesBackFromItsBeginning() {
    first
        .bind("/data", "alpha\n")
        .thunk("/one", "/bin/probe", "cat", "/data", "cat", "/data")
        .thunk("/two", "/bin/probe", "cat", "/one", "cat", "/one");
    Transaction third = first.transaction("/bin/probe", "cat", "/two", "cat", "/two");
    RunReport cold = first.run(third);
    assertEquals("alpha\n".repeat(8), first.text(cold.outcome().output()));
    memos.outcomes.values().forEach(outcome -> store.lose(List.of(outcome.output().hash())));
    RunReport healed = second.run(third);
    assertEquals(cold.outcome(), healed.outcome());
    assertEquals("alpha\n".repeat(8), second.text(healed.outcome().output()));
    assertEquals(3, healed.counters().run());
  }

  @Test
  void aValueOfWhichPartsAreLostIsMadeWholeOnDemand() {
    Ref made =
        first
            .run("/bin/probe", "fill", "/tmp/x", "9000000", "7", "out", "/tmp/x")
            .outcome()
            .output();
    List<Hash> lost = List.of(made.hash(), Content.open(store, made).chunk(0).hash());
    store.lose(lost);
    HealRequest request = new HealRequest(made, new RunId(1, 1), Bench.TIMEOUT);
    assertEquals(1, second.engine.heal(request).ran());
    assertEquals(Set.of(), store.missing(lost));
    assertEquals(
        0, second.engine.heal(new HealRequest(made, new RunId(1, 2), Bench.TIMEOUT)).ran());
    Blob foreign = Blob.of(new byte[] {1, 2, 3});
    HealRequest hopeless = new HealRequest(Ref.ofBlob(foreign), new RunId(1, 3), Bench.TIMEOUT);
    assertThrows(NotFound.class, () -> second.engine.heal(hopeless));
  }

  @Test
  void whatNobodyCanComputeIsNamed() {
    second.bind("/data", "source");
    Hash source = Blob.of("source".getBytes(StandardCharsets.UTF_8)).hash();
    Transaction transaction = second.transaction("/bin/probe", "cat", "/data");
    store.lose(List.of(source));
    NotFound e = assertThrows(NotFound.class, () -> second.run(transaction));
    assertTrue(String.valueOf(e.getMessage()).contains(source.toHex()), e.getMessage());
  }

  @Test
  void aSortedFileIsWholeWhateverOfItsPartsIsLost() throws IOException {
    for (String program : List.of("make-trades", "sort", "merge")) {
      first.bind("/bin/" + program, Files.readAllBytes(Path.of("../programs", program + ".wasm")));
    }
    Transaction make = Transaction.of(first.root(), List.of("/bin/make-trades", "200000"), ENOUGH);
    first.bind("/data/trades", first.run(make).outcome().output());
    Transaction sort = Transaction.of(first.root(), List.of("/bin/sort", "/data/trades"), ENOUGH);
    Set<Hash> given = store.hashes();
    RunReport cold = first.run(sort);
    byte[] sorted = first.bytes(cold.outcome().output());
    Set<Hash> derived = new TreeSet<>(Comparator.comparing(Hash::toHex));
    derived.addAll(store.hashes());
    derived.removeAll(given);
    derived.removeAll(recipes());
    assertTrue(derived.size() > 20, derived.toString());
    Seeds.run(
        LostBlobsTest.class,
        4,
        random -> {
          forget();
          store.lose(some(derived, random));
          RunReport healed = second.run(sort);
          assertEquals(cold.outcome(), healed.outcome());
          assertTrue(Arrays.equals(sorted, second.bytes(healed.outcome().output())), "sorted");
        });
  }

  /// Transactions, and the trees they see: what is needed to compute again.
  private Set<Hash> recipes() {
    Set<Hash> recipes = new HashSet<>(memos.outcomes.keySet());
    for (Hash key : memos.outcomes.keySet()) {
      Transaction transaction = Transaction.decode("it", store.get(key).toArray());
      addTrees(transaction.namespace(), recipes);
    }
    return recipes;
  }

  private void addTrees(Ref ref, Set<Hash> trees) {
    if (ref.kind() == Kind.TREE) {
      trees.add(ref.hash());
      Tree.decode("it", store.get(ref.hash()).toArray())
          .entries()
          .values()
          .forEach(child -> addTrees(child, trees));
    }
  }

  private static List<Hash> some(Set<Hash> all, RandomGenerator random) {
    int share = 1 + random.nextInt(10);
    return all.stream().filter(_ -> random.nextInt(10) < share).toList();
  }
}

package io.kogluktualuk.controlplane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.AcquireLease;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.ControlStatus;
import io.kogluktualuk.controlplane.api.FindOldMemos;
import io.kogluktualuk.controlplane.api.ForgetMemos;
import io.kogluktualuk.controlplane.api.MemoLimit;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.api.OldMemos;
import io.kogluktualuk.controlplane.api.Recorded;
import io.kogluktualuk.controlplane.api.RequestId;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.api.SetRoot;
import io.kogluktualuk.controlplane.model.Memos;
import io.kogluktualuk.controlplane.model.actions.MemoTable;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A memo index that is full, in one part and in several.
@Timeout(120)
final class MemoUpkeepTest {

  private final Path folder;

  MemoUpkeepTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private ControlService open(int shards) {
    ControlService service =
        new ControlService(
            ControlSettings.single(
                    folder.resolve("control"), "test", new InetSocketAddress("127.0.0.1", 0))
                .withMemoShards(shards));
    service.join(Memos.member(Role.CONTROL, 3));
    return service;
  }

  private static ControlClient client(ControlService service) {
    return new ControlClient(new TableChannel(service.methods()), Duration.ofSeconds(30));
  }

  private static List<MemoRecord> memos(long from, long to) {
    return LongStream.range(from, to).mapToObj(Memos::memo).toList();
  }

  private static List<OldMemos.Old> old(ControlClient client) {
    List<OldMemos.Old> all = new ArrayList<>();
    long from = 0;
    do {
      OldMemos page = client.oldMemos(new FindOldMemos(Long.MAX_VALUE, from));
      all.addAll(page.memos());
      from = page.next();
    } while (from != 0);
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void itGoesOnWithEverythingElse(int shards) {
    try (ControlService service = open(shards)) {
      ControlClient client = client(service);
      long room = 900 / shards * shards;
      client.setMemoLimit(new MemoLimit(room * MemoTable.CHARGE_BYTES));
      List<Recorded> fates = client.record(memos(0, 2000));
      long first = fates.stream().filter(fate -> fate instanceof Recorded.First).count();
      assertEquals(room, first, "so much there is room for");
      assertTrue(fates.stream().allMatch(MemoUpkeepTest::isFirstOrNone));
      ControlStatus full = client.status();
      assertEquals(room, full.memos());
      assertEquals(full.memoLimitBytes(), full.memoChargedBytes());
      assertEquals(2000 - room, full.memosRefused());
      // What is known is recorded again and found; others are told apart in the same call.
      List<Recorded> again = client.record(memos(0, 2000));
      for (int i = 0; i < 2000; i++) {
        boolean isKnown = fates.get(i) instanceof Recorded.First;
        assertEquals(isKnown, again.get(i) instanceof Recorded.Same, "memo " + i);
        assertEquals(isKnown, client.lookup(Memos.key(i)) != null);
      }
      useOtherTables(client);
    }
  }

  private static boolean isFirstOrNone(Recorded fate) {
    return fate instanceof Recorded.First || fate instanceof Recorded.NoRoom;
  }

  private static void useOtherTables(ControlClient client) {
    client.register(Memos.member(1));
    client.acquire(
        new AcquireLease(new RequestId(1, 1, 1), new LeaseId(1, 2), "me", Account.DEFAULT, 10_000));
    client.setRoot(new SetRoot(new RequestId(1, 1, 2), new RootName("r"), null, Memos.blob("x")));
    assertNotNull(client.root(new RootName("r")));
    client.advancePins(new RequestId(1, 1, 3));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void whatIsOldIsFoundAndForgotten(int shards) {
    Set<Hash> left = new HashSet<>();
    try (ControlService service = open(shards)) {
      ControlClient client = client(service);
      client.record(memos(0, 1500));
      List<OldMemos.Old> all = old(client);
      assertEquals(1500, all.size());
      assertEquals(1500, new HashSet<>(all).size());
      assertTrue(all.contains(new OldMemos.Old(Memos.key(7), Memos.hash("output 7 1"))));
      assertEquals(List.of(), client.oldMemos(new FindOldMemos(1, 0)).memos());
      List<Hash> keys = LongStream.range(0, 400).mapToObj(Memos::key).toList();
      assertEquals(0, client.forgetMemos(new ForgetMemos(1, keys)), "they are younger");
      assertEquals(400, client.forgetMemos(new ForgetMemos(Long.MAX_VALUE, keys)));
      assertEquals(0, client.forgetMemos(new ForgetMemos(Long.MAX_VALUE, keys)));
      assertEquals(0, client.lookup(keys).size());
      service.snapshot(Deadline.after(Duration.ofSeconds(30)));
      assertInstanceOf(Recorded.First.class, client.record(Memos.memo(7)));
      old(client).forEach(memo -> left.add(memo.key()));
      assertEquals(1101, left.size());
    }
    try (ControlService service = open(shards)) {
      ControlClient client = client(service);
      Set<Hash> again = new HashSet<>();
      old(client).forEach(memo -> again.add(memo.key()));
      assertEquals(left, again);
      assertEquals(1101L * MemoTable.CHARGE_BYTES, client.status().memoChargedBytes());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void theFirstLimitFollowsFromTheHeapAndAnotherOneStays(int shards) {
    long heap = Runtime.getRuntime().maxMemory();
    long wanted = 30L << 20;
    try (ControlService service = open(shards)) {
      ControlClient client = client(service);
      long share = Math.min(heap / 4, MemoLimit.BYTES_MAX) / shards;
      assertEquals(share * shards, client.status().memoLimitBytes());
      MemoLimit tooMuch = new MemoLimit(Math.min(heap / 2 + 1, MemoLimit.BYTES_MAX));
      InvalidArgument refused =
          assertThrows(InvalidArgument.class, () -> client.setMemoLimit(tooMuch));
      assertTrue(String.valueOf(refused.getMessage()).contains("-Xmx"), refused::toString);
      client.setMemoLimit(new MemoLimit(wanted));
      assertEquals(wanted, client.status().memoLimitBytes());
    }
    try (ControlService service = open(shards)) {
      assertEquals(wanted, client(service).status().memoLimitBytes());
    }
  }
}

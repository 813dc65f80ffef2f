package io.kogluktualuk.rdma.conformance;

import static io.kogluktualuk.rdma.conformance.VerbsEnd.piece;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import io.kogluktualuk.rdma.verbs.FileMapping;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The death of a process at the other end, by `kill -9` in mid-transfer.
@NullUnmarked // JUnit fills the folder before each test.
class KilledPeerTest {

  private static final int BYTES = 1 << 20;
  private static final int OUTSTANDING = 8;
  private static final int RECEIVES = 2;

  @TempDir Path folder;

  /// The peer: publishes a file and takes the messages that come.
  public static final class Server {
    public static void main(String[] args) throws IOException {
      try (Listening listening = Listening.open();
          FileMapping file = FileMapping.open(Path.of(args[0]), 0, BYTES)) {
        System.out.println(listening.address().getPort());
        VerbsEnd end = listening.accept(Shape.USUAL);
        IbvMr region = end.register(file.segment(), VerbsEnd.ALL_RIGHTS);
        IbvMr inbox = end.register(end.allocate(BYTES), VerbsEnd.LOCAL);
        for (int i = 0; i < OUTSTANDING; i++) {
          end.receive(i, piece(inbox, 0, BYTES));
        }
        System.out.println(region.getAddr() + " " + region.getRkey());
        while (true) {
          VerbsEnd.Completion completion = end.completion();
          assertEquals(Check.SUCCESS, completion.status());
          end.receive(completion.id(), piece(inbox, 0, BYTES));
        }
      }
    }
  }

  /// The peer: connects and sends messages without end.
  public static final class Client {
    public static void main(String[] args) throws IOException {
      VerbsEnd end = VerbsEnd.connect(RdmaAddress.port(Integer.parseInt(args[0])), Shape.USUAL);
      IbvMr source = end.register(end.allocate(64), VerbsEnd.LOCAL);
      while (end.queuePair.isOpen()) {
        end.post(VerbsEnd.send(1, piece(source, 0, 64)));
        Check.success(end, 1);
      }
    }
  }

  /// A connection to a child, with its region and RECVs posted at this end.
  private record Peer(ChildJvm child, VerbsEnd end, long address, int rkey, IbvMr local) {

    static Peer start(Path folder) throws IOException {
      Path file = folder.resolve("region");
      Files.write(
          file,
          Memory.fill(MemorySegment.ofArray(new byte[BYTES]), 1)
              .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
      ChildJvm child = ChildJvm.start(Server.class, file.toString());
      int port = Integer.parseInt(child.line());
      VerbsEnd end = VerbsEnd.connect(RdmaAddress.port(port), Shape.USUAL.connectMillis(20_000));
      String[] region = child.line().split(" ");
      IbvMr local = end.register(end.allocate(BYTES), VerbsEnd.LOCAL);
      for (int i = 0; i < RECEIVES; i++) {
        end.receive(50 + i, piece(local, 0, 8));
      }
      return new Peer(child, end, Long.parseLong(region[0]), Integer.parseInt(region[1]), local);
    }

    IbvSendWR request(int opcode, long id) {
      if (opcode == IbvSendWR.IBV_WR_ATOMIC_FETCH_AND_ADD) {
        return VerbsEnd.atomic(opcode, id, address, rkey, 1, 0, piece(local, 0, 8));
      }
      IbvSendWR request = VerbsEnd.request(opcode, id, piece(local, 0, BYTES));
      return opcode == IbvSendWR.IBV_WR_SEND ? request : VerbsEnd.remote(request, address, rkey);
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        IbvSendWR.IBV_WR_SEND,
        IbvSendWR.IBV_WR_RDMA_READ,
        IbvSendWR.IBV_WR_RDMA_WRITE,
        IbvSendWR.IBV_WR_ATOMIC_FETCH_AND_ADD
      })
  void inMidTransferRequestsFailAndAllElseIsFlushed(int opcode) throws Exception {
    Peer peer = Peer.start(folder);
    try (VerbsEnd end = peer.end()) {
      long posted = 0;
      while (posted < OUTSTANDING) {
        end.post(peer.request(opcode, 1000 + posted++));
      }
      Other killer = null;
      VerbsEnd.Completion completion = end.completion();
      long done = 0;
      while (completion.status() == Check.SUCCESS) {
        assertEquals(1000 + done++, completion.id());
        if (done == 30) {
          killer = Other.thread(peer.child()::kill);
        }
        end.post(peer.request(opcode, 1000 + posted++));
        completion = end.completion();
      }
      assertTrue(done >= 30, "it failed by itself after " + done + ": " + completion);
      int gone = opcode == IbvSendWR.IBV_WR_SEND ? Check.REM_OP_ERR : Check.REM_ACCESS_ERR;
      if (!Differences.DYING_REGIONS.holds() || completion.status() != gone) {
        assertEquals(Check.RETRY_EXC_ERR, completion.status());
      }
      assertEquals(1000 + done, completion.id());
      Map<Long, Integer> flushed = new HashMap<>();
      for (int i = 0; i < OUTSTANDING - 1 + RECEIVES; i++) {
        VerbsEnd.Completion other = end.completion();
        flushed.put(other.id(), other.status());
      }
      assertEquals(expectedFlushes(1001 + done), flushed);
      end.await(EventType.RDMA_CM_EVENT_DISCONNECTED);
      end.post(peer.request(opcode, 7));
      Check.next(end, 7, Check.WR_FLUSH_ERR);
      if (killer != null) {
        killer.join();
      }
    } finally {
      peer.child().kill();
    }
  }

  private static Map<Long, Integer> expectedFlushes(long first) {
    Map<Long, Integer> expected = new HashMap<>();
    for (long i = 0; i < OUTSTANDING - 1; i++) {
      expected.put(first + i, Check.WR_FLUSH_ERR);
    }
    for (long i = 0; i < RECEIVES; i++) {
      expected.put(50 + i, Check.WR_FLUSH_ERR);
    }
    return expected;
  }

  @Test
  void anIdlePeersDeathIsAnEventAndFailsTheNextRequest() throws Exception {
    Peer peer = Peer.start(folder);
    try (VerbsEnd end = peer.end()) {
      peer.child().kill();
      end.await(EventType.RDMA_CM_EVENT_DISCONNECTED);
      assertNull(end.poll());
      end.post(peer.request(IbvSendWR.IBV_WR_RDMA_READ, 1));
      List<Long> ids = new ArrayList<>();
      for (int i = 0; i < 1 + RECEIVES; i++) {
        VerbsEnd.Completion completion = end.completion();
        ids.add(completion.id());
        assertEquals(
            completion.id() == 1 ? Check.RETRY_EXC_ERR : Check.WR_FLUSH_ERR, completion.status());
      }
      ids.sort(null);
      assertEquals(List.of(1L, 50L, 51L), ids);
    } finally {
      peer.child().kill();
    }
    if (Boolean.getBoolean("kog.rdma.portable")) {
      // Named files cannot go with their process; the next one sees to them.
      Peer next = Peer.start(folder);
      next.end().close();
      next.child().kill();
    }
    assertNothingLeft(peer.child().pid());
  }

  @Test
  void theDeathOfAClientIsAnEventAtTheServer() throws Exception {
    try (Listening listening = Listening.open()) {
      ChildJvm child =
          ChildJvm.start(Client.class, Integer.toString(listening.address().getPort()));
      try (VerbsEnd end = listening.accept(Shape.USUAL)) {
        IbvMr inbox = end.register(end.allocate(64), VerbsEnd.LOCAL);
        for (int i = 0; i < 30; i++) {
          end.receive(i, piece(inbox, 0, 64));
          Check.success(end, i);
        }
        child.kill();
        end.await(EventType.RDMA_CM_EVENT_DISCONNECTED);
        end.post(VerbsEnd.send(1, piece(inbox, 0, 64)));
        Check.next(end, 1, Check.RETRY_EXC_ERR);
      } finally {
        child.kill();
      }
    }
  }

  private static void assertNothingLeft(long pid) throws IOException {
    for (Path where : List.of(Path.of("/dev/shm"), Path.of(System.getProperty("java.io.tmpdir")))) {
      if (Files.isDirectory(where)) {
        try (Stream<Path> files = Files.list(where)) {
          assertTrue(
              files.noneMatch(
                  path -> path.getFileName().toString().startsWith("kogluktualuk-" + pid)));
        }
      }
    }
  }
}

package io.kogluktualuk.rdma.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import io.kogluktualuk.rdma.verbs.FileMapping;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a program sees through the verbs, in the words of the statuses that an adapter gives.
@Timeout(20)
@NullUnmarked // JUnit fills the fields before each test.
class ConformanceTest {

  @TempDir Path folder;

  private VerbsEnd.Listening listening;
  private VerbsEnd client;
  private VerbsEnd server;
  private final List<FileMapping> mappings = new ArrayList<>();

  @BeforeEach
  void connect() throws IOException {
    listening = VerbsEnd.listen();
    client = VerbsEnd.begin(listening.address(), 7);
    server = listening.accept(7);
    client.awaitEvent(EventType.RDMA_CM_EVENT_ESTABLISHED);
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
    listening.close();
    mappings.forEach(FileMapping::close);
  }

  private MemorySegment mapped(String name, long bytes) throws IOException {
    Path file = folder.resolve(name);
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
      channel.write(java.nio.ByteBuffer.allocate(1), bytes - 1);
    }
    FileMapping mapping = FileMapping.open(file, 0, bytes);
    mappings.add(mapping);
    return mapping.segment();
  }

  private static void fill(MemorySegment memory, int seed) {
    for (long i = 0; i + 4 <= memory.byteSize(); i += 4) {
      memory.set(ValueLayout.JAVA_INT_UNALIGNED, i, (int) (i * 0x9E3779B9L) ^ seed);
    }
  }

  private static void assertSame(MemorySegment a, MemorySegment b, long bytes) {
    assertEquals(-1, a.asSlice(0, bytes).mismatch(b.asSlice(0, bytes)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, 4096, 32_752, 32_753, 131_072, 1_000_003, 67_108_864})
  void messagesArriveWhole(int bytes) throws IOException {
    MemorySegment from = client.allocate(bytes);
    MemorySegment to = server.allocate(bytes);
    fill(from, bytes);
    IbvMr source = client.register(from, IbvMr.IBV_ACCESS_LOCAL_WRITE);
    IbvMr target = server.register(to, IbvMr.IBV_ACCESS_LOCAL_WRITE);
    server.receive(7, VerbsEnd.piece(target, 0, bytes));
    client.post(VerbsEnd.request(IbvSendWR.IBV_WR_SEND, 3, VerbsEnd.piece(source, 0, bytes)));
    // Both ends have to poll: the message may be longer than the ring.
    Thread poller = Thread.ofVirtual().start(() -> pollClient(3));
    assertEquals(new VerbsEnd.Completion(7, 0, 128, bytes, 0), server.completion());
    assertTrue(join(poller));
    assertSame(from, to, bytes);
  }

  private void pollClient(long id) {
    try {
      VerbsEnd.Completion completion = client.completion();
      assertEquals(0, completion.status());
      assertEquals(id, completion.id());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean join(Thread thread) {
    try {
      return thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, 4096, 1_048_576, 67_108_864})
  void readsAndWritesMoveExactlyTheirBytes(int bytes) throws IOException {
    MemorySegment remote = mapped("region", bytes + 128L);
    fill(remote, 5);
    MemorySegment before = server.allocate(remote.byteSize()).copyFrom(remote);
    IbvMr target = server.register(remote, VerbsEnd.ALL_RIGHTS);
    MemorySegment here = client.allocate(bytes);
    IbvMr local = client.register(here, IbvMr.IBV_ACCESS_LOCAL_WRITE);
    IbvSge piece = VerbsEnd.piece(local, 0, bytes);
    client.post(
        VerbsEnd.remote(
            VerbsEnd.request(IbvSendWR.IBV_WR_RDMA_READ, 1, piece),
            target.getAddr() + 64,
            target.getRkey()));
    assertEquals(new VerbsEnd.Completion(1, 0, 2, bytes, 0), client.completion());
    assertSame(here, remote.asSlice(64), bytes);
    fill(here, 99);
    client.post(
        VerbsEnd.remote(
            VerbsEnd.request(IbvSendWR.IBV_WR_RDMA_WRITE, 2, piece),
            target.getAddr() + 64,
            target.getRkey()));
    assertEquals(new VerbsEnd.Completion(2, 0, 1, bytes, 0), client.completion());
    assertSame(here, remote.asSlice(64), bytes);
    assertSame(before, remote, 64);
    assertSame(before.asSlice(64 + bytes), remote.asSlice(64 + bytes), 64);
  }

  @Test
  void scatterListsJoinAndSplit() throws IOException {
    MemorySegment from = client.allocate(1000);
    fill(from, 1);
    MemorySegment to = server.allocate(1000);
    IbvMr source = client.register(from, IbvMr.IBV_ACCESS_LOCAL_WRITE);
    IbvMr target = server.register(to, IbvMr.IBV_ACCESS_LOCAL_WRITE);
    server.receive(
        1,
        VerbsEnd.piece(target, 0, 100),
        VerbsEnd.piece(target, 100, 1),
        VerbsEnd.piece(target, 101, 899));
    client.post(
        VerbsEnd.request(
            IbvSendWR.IBV_WR_SEND,
            2,
            VerbsEnd.piece(source, 0, 3),
            VerbsEnd.piece(source, 3, 500),
            VerbsEnd.piece(source, 503, 0),
            VerbsEnd.piece(source, 503, 497)));
    assertEquals(0, client.completion().status());
    assertEquals(1000, server.completion().bytes());
    assertSame(from, to, 1000);
    IbvSge five = VerbsEnd.piece(source, 0, 1);
    assertThrows(
        IOException.class,
        () ->
            client.post(VerbsEnd.request(IbvSendWR.IBV_WR_SEND, 2, five, five, five, five, five)));
  }

  @Test
  void immediateDataArrivesWithMessagesAndWrites() throws IOException {
    IbvMr source = client.register(client.allocate(64), IbvMr.IBV_ACCESS_LOCAL_WRITE);
    IbvMr target = server.register(mapped("imm", 64), VerbsEnd.ALL_RIGHTS);
    IbvMr inbox = server.register(server.allocate(64), IbvMr.IBV_ACCESS_LOCAL_WRITE);
    server.receive(1, VerbsEnd.piece(inbox, 0, 64));
    server.receive(2, VerbsEnd.piece(inbox, 0, 64));
    IbvSendWR write =
        VerbsEnd.remote(
            VerbsEnd.request(
                IbvSendWR.IBV_WR_RDMA_WRITE_WITH_IMM, 5, VerbsEnd.piece(source, 0, 64)),
            target.getAddr(),
            target.getRkey());
    client.post(write, VerbsEnd.request(IbvSendWR.IBV_WR_SEND_WITH_IMM, 6));
    assertEquals(1, client.completion().opcode());
    assertEquals(0, client.completion().opcode());
    assertEquals(new VerbsEnd.Completion(1, 0, 129, 64, 0), server.completion());
    assertEquals(new VerbsEnd.Completion(2, 0, 128, 0, 0), server.completion());
  }

  @Test
  void atomicsReturnWhatWasThere() throws IOException {
    MemorySegment remote = mapped("counter", 64);
    remote.set(ValueLayout.JAVA_LONG, 8, 40);
    IbvMr target = server.register(remote, VerbsEnd.ALL_RIGHTS);
    MemorySegment here = client.allocate(8);
    IbvMr local = client.register(here, IbvMr.IBV_ACCESS_LOCAL_WRITE);
    IbvSendWR add =
        VerbsEnd.request(IbvSendWR.IBV_WR_ATOMIC_FETCH_AND_ADD, 1, VerbsEnd.piece(local, 0, 8));
    add.getAtomic().setRemote_addr(target.getAddr() + 8);
    add.getAtomic().setRkey(target.getRkey());
    add.getAtomic().setCompare_add(2);
    client.post(add);
    assertEquals(new VerbsEnd.Completion(1, 0, 4, 8, 0), client.completion());
    assertEquals(40, here.get(ValueLayout.JAVA_LONG, 0));
    IbvSendWR swap =
        VerbsEnd.request(IbvSendWR.IBV_WR_ATOMIC_CMP_AND_SWP, 2, VerbsEnd.piece(local, 0, 8));
    swap.getAtomic().setRemote_addr(target.getAddr() + 8);
    swap.getAtomic().setRkey(target.getRkey());
    swap.getAtomic().setCompare_add(42);
    swap.getAtomic().setSwap(7);
    client.post(swap);
    assertEquals(3, client.completion().opcode());
    assertEquals(42, here.get(ValueLayout.JAVA_LONG, 0));
    assertEquals(7, remote.get(ValueLayout.JAVA_LONG, 8));
  }

  /// Posts two reads; the first must fail as said, the second be flushed, and so all that follow.
  private void assertReadFails(int status, long address, int rkey, int bytes) throws IOException {
    IbvMr local = client.register(client.allocate(bytes), IbvMr.IBV_ACCESS_LOCAL_WRITE);
    IbvSge piece = VerbsEnd.piece(local, 0, bytes);
    client.post(
        VerbsEnd.remote(VerbsEnd.request(IbvSendWR.IBV_WR_RDMA_READ, 1, piece), address, rkey),
        VerbsEnd.remote(VerbsEnd.request(IbvSendWR.IBV_WR_RDMA_READ, 2, piece), address, rkey));
    assertEquals(new VerbsEnd.Completion(1, status, 2, bytes, 0), client.completion());
    assertEquals(5, client.completion().status());
    client.receive(9, piece);
    assertEquals(new VerbsEnd.Completion(9, 5, 128, 0, 0), client.completion());
  }

  @Test
  void anUnknownKeyIsAnAccessError() throws IOException {
    assertReadFails(10, 4096, 0x00FFFF01, 16);
  }

  @Test
  void readingPastTheEndIsAnAccessError() throws IOException {
    IbvMr target = server.register(mapped("end", 100), VerbsEnd.ALL_RIGHTS);
    assertReadFails(10, target.getAddr() + 90, target.getRkey(), 11);
  }

  @Test
  void readingBeforeTheBeginningIsAnAccessError() throws IOException {
    IbvMr target = server.register(mapped("begin", 100), VerbsEnd.ALL_RIGHTS);
    assertReadFails(10, target.getAddr() - 1, target.getRkey(), 2);
  }

  @Test
  void aRegionOfAnotherDomainIsAnAccessError() throws IOException {
    MemorySegment memory = mapped("domain", 100);
    IbvMr target =
        server
            .id
            .getVerbs()
            .allocPd()
            .regMr(memory.address(), 100, VerbsEnd.ALL_RIGHTS)
            .execute()
            .free()
            .getMr();
    assertReadFails(10, target.getAddr(), target.getRkey(), 10);
  }

  @Test
  void aDeregisteredRegionIsAnAccessErrorEvenAfterUse() throws IOException {
    IbvMr target = server.register(mapped("gone", 100), VerbsEnd.ALL_RIGHTS);
    IbvMr local = client.register(client.allocate(100), IbvMr.IBV_ACCESS_LOCAL_WRITE);
    client.post(
        VerbsEnd.remote(
            VerbsEnd.request(IbvSendWR.IBV_WR_RDMA_READ, 1, VerbsEnd.piece(local, 0, 100)),
            target.getAddr(),
            target.getRkey()));
    assertEquals(0, client.completion().status());
    target.deregMr().execute().free();
    assertReadFails(10, target.getAddr(), target.getRkey(), 10);
  }

  @Test
  void writingToAReadOnlyRegionIsAnAccessError() throws IOException {
    MemorySegment memory = mapped("readonly", 100);
    IbvMr target = server.register(memory, IbvMr.IBV_ACCESS_REMOTE_READ);
    IbvMr local = client.register(client.allocate(100), IbvMr.IBV_ACCESS_LOCAL_WRITE);
    client.post(
        VerbsEnd.remote(
            VerbsEnd.request(IbvSendWR.IBV_WR_RDMA_WRITE, 1, VerbsEnd.piece(local, 0, 100)),
            target.getAddr(),
            target.getRkey()));
    assertEquals(10, client.completion().status());
  }

  @Test
  void localMemoryMustBeRegistered() throws IOException {
    IbvMr target = server.register(mapped("local", 100), VerbsEnd.ALL_RIGHTS);
    IbvSge stranger = new IbvSge();
    stranger.setAddr(client.allocate(100).address());
    stranger.setLength(100);
    stranger.setLkey(0x00FFFF01);
    client.post(
        VerbsEnd.remote(
            VerbsEnd.request(IbvSendWR.IBV_WR_RDMA_READ, 1, stranger),
            target.getAddr(),
            target.getRkey()));
    assertEquals(4, client.completion().status());
  }

  @Test
  void aMessageLongerThanItsRecvFailsBothEnds() throws IOException {
    IbvMr source = client.register(client.allocate(100), IbvMr.IBV_ACCESS_LOCAL_WRITE);
    IbvMr target = server.register(server.allocate(100), IbvMr.IBV_ACCESS_LOCAL_WRITE);
    server.receive(1, VerbsEnd.piece(target, 0, 99));
    server.receive(2, VerbsEnd.piece(target, 0, 99));
    IbvSendWR send = VerbsEnd.request(IbvSendWR.IBV_WR_SEND, 5, VerbsEnd.piece(source, 0, 100));
    client.post(send, send);
    assertEquals(11, client.completion().status());
    assertEquals(5, client.completion().status());
    assertEquals(2, server.completion().status());
    assertEquals(5, server.completion().status());
  }

  @Test
  void aSendWithoutRecvWaitsForOne() throws IOException {
    IbvMr source = client.register(client.allocate(8), IbvMr.IBV_ACCESS_LOCAL_WRITE);
    IbvMr target = server.register(server.allocate(8), IbvMr.IBV_ACCESS_LOCAL_WRITE);
    client.post(VerbsEnd.request(IbvSendWR.IBV_WR_SEND, 5, VerbsEnd.piece(source, 0, 8)));
    assertFalse(client.hasCompletion());
    server.receive(1, VerbsEnd.piece(target, 0, 8));
    assertEquals(0, client.completion().status());
    assertEquals(1, server.completion().id());
  }

  @Test
  void aSendWithoutRecvFailsWhenItsRetriesAreUsedUp() throws IOException {
    try (VerbsEnd impatient = VerbsEnd.begin(listening.address(), 1);
        VerbsEnd accepted = listening.accept(1)) {
      impatient.awaitEvent(EventType.RDMA_CM_EVENT_ESTABLISHED);
      IbvMr source = impatient.register(impatient.allocate(8), IbvMr.IBV_ACCESS_LOCAL_WRITE);
      long started = System.nanoTime();
      impatient.post(VerbsEnd.request(IbvSendWR.IBV_WR_SEND, 5, VerbsEnd.piece(source, 0, 8)));
      assertEquals(13, impatient.completion().status());
      assertTrue(System.nanoTime() - started > 500_000_000L);
      assertTrue(accepted.queuePair.isOpen());
    }
  }

  @Test
  void anOrderlyCloseIsAnEventAndLeavesRecvsPosted() throws IOException {
    IbvMr target = server.register(server.allocate(8), IbvMr.IBV_ACCESS_LOCAL_WRITE);
    server.receive(1, VerbsEnd.piece(target, 0, 8));
    client.id.disconnect();
    server.awaitEvent(EventType.RDMA_CM_EVENT_DISCONNECTED);
    assertFalse(server.hasCompletion());
    server.post(VerbsEnd.request(IbvSendWR.IBV_WR_SEND, 2, VerbsEnd.piece(target, 0, 8)));
    assertEquals(12, server.completion().status());
    assertEquals(5, server.completion().status());
  }

  @Test
  void aReceiveQueueHasItsDepth() throws IOException {
    IbvMr target = server.register(server.allocate(8), IbvMr.IBV_ACCESS_LOCAL_WRITE);
    for (int i = 0; i < VerbsEnd.DEPTH; i++) {
      server.receive(i, VerbsEnd.piece(target, 0, 8));
    }
    assertThrows(IOException.class, () -> server.receive(99, VerbsEnd.piece(target, 0, 8)));
  }

  @Test
  void eventsWakeASleeperForMessages() throws Exception {
    IbvMr source = client.register(client.allocate(8), IbvMr.IBV_ACCESS_LOCAL_WRITE);
    IbvMr target = server.register(server.allocate(8), IbvMr.IBV_ACCESS_LOCAL_WRITE);
    for (int i = 0; i < 20; i++) {
      server.receive(i, VerbsEnd.piece(target, 0, 8));
      server.queue.reqNotification(false).execute();
      Thread sender =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      client.post(
                          VerbsEnd.request(IbvSendWR.IBV_WR_SEND, 5, VerbsEnd.piece(source, 0, 8)));
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  });
      assertTrue(server.channel.getCqEvent(server.queue, 10_000));
      assertEquals(i, server.completion().id());
      sender.join();
      assertEquals(0, client.completion().status());
    }
    assertFalse(server.channel.getCqEvent(server.queue, 10));
  }

  @Test
  void mappingsOfPeersEndWithTheirConnections() throws IOException {
    IbvMr target = server.register(mapped("mapped", 4096), VerbsEnd.ALL_RIGHTS);
    IbvMr local = client.register(client.allocate(100), IbvMr.IBV_ACCESS_LOCAL_WRITE);
    client.post(
        VerbsEnd.remote(
            VerbsEnd.request(IbvSendWR.IBV_WR_RDMA_READ, 1, VerbsEnd.piece(local, 0, 100)),
            target.getAddr(),
            target.getRkey()));
    assertEquals(0, client.completion().status());
    Path maps = Path.of("/proc/self/maps");
    if (Files.isReadable(maps)) {
      assertEquals(2, countMaps(maps));
      client.id.destroyQP();
      assertEquals(1, countMaps(maps));
    }
  }

  private static long countMaps(Path maps) throws IOException {
    try (var lines = Files.lines(maps)) {
      return lines.filter(line -> line.endsWith("/mapped")).count();
    }
  }
}

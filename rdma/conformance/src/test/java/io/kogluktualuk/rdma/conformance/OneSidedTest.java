package io.kogluktualuk.rdma.conformance;

import static io.kogluktualuk.rdma.conformance.VerbsEnd.flags;
import static io.kogluktualuk.rdma.conformance.VerbsEnd.piece;
import static io.kogluktualuk.rdma.conformance.VerbsEnd.read;
import static io.kogluktualuk.rdma.conformance.VerbsEnd.remote;
import static io.kogluktualuk.rdma.conformance.VerbsEnd.request;
import static io.kogluktualuk.rdma.conformance.VerbsEnd.send;
import static io.kogluktualuk.rdma.conformance.VerbsEnd.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvSendWR;
import io.kogluktualuk.rdma.provider.Verbs;
import io.kogluktualuk.rdma.verbs.Registration;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// READ, WRITE, WRITE_WITH_IMM, FETCH_ADD and CMP_SWAP.
@NullUnmarked // JUnit fills the fields before each test.
class OneSidedTest {

  private static final int MARGIN = 64;

  private Pair pair;
  private VerbsEnd client;
  private VerbsEnd server;

  @BeforeEach
  void connect() throws IOException {
    pair = Pair.connect(Shape.USUAL.inline(64));
    client = pair.client();
    server = pair.server();
  }

  @AfterEach
  void close() throws IOException {
    pair.close();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 7, 8, 9, 1023, 1024, 1025, 4095, 4096, 4097, 65_536, 1_048_579, 8_388_608})
  void readsAndWritesMoveExactlyTheirBytes(int bytes) throws IOException {
    MemorySegment there = Memory.fill(server.allocate(bytes + 2L * MARGIN), 5);
    MemorySegment before = server.allocate(there.byteSize()).copyFrom(there);
    MemorySegment here = Memory.fill(client.allocate(bytes + 2L * MARGIN), 6);
    IbvMr target = server.register(there, VerbsEnd.ALL_RIGHTS);
    IbvMr local = client.register(here, VerbsEnd.LOCAL);

    client.post(read(1, target, MARGIN, piece(local, MARGIN, bytes)));
    VerbsEnd.Completion done = Check.success(client, 1);
    assertEquals(Check.READ, done.opcode());
    assertEquals(bytes, done.bytes());
    Memory.assertSame(there.asSlice(MARGIN), here.asSlice(MARGIN), bytes);
    MemorySegment margin = Memory.fill(client.allocate(here.byteSize()), 6);
    Memory.assertSame(margin, here, MARGIN);
    Memory.assertSame(margin.asSlice(bytes + MARGIN), here.asSlice(bytes + MARGIN), MARGIN);

    Memory.fill(here, 99);
    client.post(write(2, target, MARGIN, piece(local, MARGIN, bytes)));
    assertEquals(Check.WRITE, Check.success(client, 2).opcode());
    Memory.assertSame(here.asSlice(MARGIN), there.asSlice(MARGIN), bytes);
    Memory.assertSame(before, there, MARGIN);
    Memory.assertSame(before.asSlice(bytes + MARGIN), there.asSlice(bytes + MARGIN), MARGIN);
    assertNull(server.poll());
  }

  /// A long WRITE comes in parts. Over TCP the last part's acknowledgement could go out before
  /// all of it had come, and the next one a heartbeat later.
  @Test
  void oneLongWriteAfterAnotherIsAcknowledged() throws IOException {
    int bytes = 1 << 20;
    IbvMr target = server.register(server.allocate(bytes), VerbsEnd.ALL_RIGHTS);
    IbvMr local = client.register(client.allocate(bytes), VerbsEnd.LOCAL);
    for (int i = 0; i < 100; i++) {
      client.post(write(i, target, 0, piece(local, 0, bytes)));
      Check.success(client, i);
    }
  }

  @Test
  void anOperationHasAllTheBytesThatTheProviderSays() throws IOException {
    long max = Verbs.operationBytesMax();
    if (!Differences.OPERATION_BYTES_MAX.holds()) {
      assertEquals(Registration.BYTES_MAX, max);
    }
    assumeTrue(max < 1 << 28, "no memory for an operation of " + max + " bytes");
    IbvMr target = server.register(server.allocate(max), VerbsEnd.ALL_RIGHTS);
    IbvMr local = client.register(client.allocate(max), VerbsEnd.LOCAL);
    client.post(read(1, target, 0, piece(local, 0, (int) max)));
    Check.success(client, 1);
    client.post(write(2, target, 0, piece(local, 0, (int) max)));
    Check.success(client, 2);
  }

  @Test
  void writesWithImmediateDataCompleteAtBothEnds() throws IOException {
    MemorySegment there = server.allocate(64);
    MemorySegment here = Memory.fill(client.allocate(64), 1);
    IbvMr target = server.register(there, VerbsEnd.ALL_RIGHTS);
    IbvMr source = client.register(here, VerbsEnd.LOCAL);
    for (int bytes : new int[] {0, 1, 64}) {
      // A RECV without room will do: the bytes go elsewhere.
      server.receive(bytes);
      IbvSendWR request = request(IbvSendWR.IBV_WR_RDMA_WRITE_WITH_IMM, 5, piece(source, 0, bytes));
      request.setImm_data(~bytes);
      client.post(remote(request, target.getAddr(), target.getRkey()));
      VerbsEnd.Completion arrived = Check.success(server, bytes);
      assertEquals(Check.RECV_WRITE_WITH_IMM, arrived.opcode());
      assertEquals(bytes, arrived.bytes());
      assertEquals(Check.WITH_IMM, arrived.flags() & Check.WITH_IMM);
      assertEquals(~bytes, arrived.immediate());
      assertEquals(Check.WRITE, Check.success(client, 5).opcode());
      Memory.assertSame(here, there, bytes);
    }
  }

  @Test
  void aWriteCanBeInline() throws IOException {
    MemorySegment there = server.allocate(64);
    MemorySegment here = client.allocate(64).fill((byte) 7);
    IbvMr target = server.register(there, VerbsEnd.ALL_RIGHTS);
    int inline = IbvSendWR.IBV_SEND_INLINE | IbvSendWR.IBV_SEND_SIGNALED;
    client.post(flags(write(1, target, 0, piece(here.address(), 64, 0)), inline));
    here.fill((byte) 9);
    Check.success(client, 1);
    assertEquals(7, there.get(ValueLayout.JAVA_BYTE, 0));
    assertEquals(7, there.get(ValueLayout.JAVA_BYTE, 63));
  }

  @Test
  void unsignalledRequestsAreDoneSilently() throws IOException {
    MemorySegment there = Memory.fill(server.allocate(64), 1);
    MemorySegment here = client.allocate(64);
    IbvMr target = server.register(there, VerbsEnd.ALL_RIGHTS);
    IbvMr local = client.register(here, VerbsEnd.LOCAL);
    for (int i = 0; i < 8; i++) {
      client.post(flags(read(i, target, 8 * i, piece(local, 8 * i, 8)), 0));
    }
    client.post(flags(write(8, target, 0, piece(local, 0, 64)), 0));
    client.post(read(9, target, 0, piece(local, 0, 64)));
    Check.success(client, 9);
    assertNull(client.poll());
    Memory.assertSame(there, here, 64);
  }

  @Test
  void aFencedRequestSeesWhatReadsBeforeItBrought() throws IOException {
    int bytes = 262_144;
    MemorySegment there = Memory.fill(server.allocate(bytes), 1);
    MemorySegment mirror = server.allocate(bytes);
    IbvMr target = server.register(there, VerbsEnd.ALL_RIGHTS);
    IbvMr copy = server.register(mirror, VerbsEnd.ALL_RIGHTS);
    IbvMr local = client.register(client.allocate(bytes), VerbsEnd.LOCAL);
    int fenced = IbvSendWR.IBV_SEND_FENCE | IbvSendWR.IBV_SEND_SIGNALED;
    client.post(
        read(1, target, 0, piece(local, 0, bytes)),
        flags(write(2, copy, 0, piece(local, 0, bytes)), fenced));
    Check.success(client, 1);
    Check.success(client, 2);
    Memory.assertSame(there, mirror, bytes);
    MemorySegment inbox = server.allocate(64);
    server.receive(3, piece(server.register(inbox, VerbsEnd.LOCAL), 0, 64));
    client.post(
        read(4, target, 64, piece(local, 0, 64)), flags(send(5, piece(local, 0, 64)), fenced));
    Check.success(server, 3);
    Memory.assertSame(there.asSlice(64), inbox, 64);
  }

  @Test
  void fetchAndAddReturnsWhatWasThere() throws IOException {
    MemorySegment there = server.allocate(64);
    there.set(ValueLayout.JAVA_LONG, 8, Long.MAX_VALUE);
    MemorySegment here = client.allocate(8);
    IbvMr target = server.register(there, VerbsEnd.ALL_RIGHTS);
    IbvMr local = client.register(here, VerbsEnd.LOCAL);
    long[] expected = {Long.MAX_VALUE, Long.MIN_VALUE + 1, Long.MIN_VALUE + 1, Long.MAX_VALUE - 8};
    long[] added = {2, 0, -10, 5};
    for (int i = 0; i < added.length; i++) {
      client.post(
          VerbsEnd.atomic(
              IbvSendWR.IBV_WR_ATOMIC_FETCH_AND_ADD,
              i,
              target.getAddr() + 8,
              target.getRkey(),
              added[i],
              0,
              piece(local, 0, 8)));
      VerbsEnd.Completion done = Check.success(client, i);
      assertEquals(Check.FETCH_ADD, done.opcode());
      assertEquals(8, done.bytes());
      assertEquals(expected[i], here.get(ValueLayout.JAVA_LONG, 0));
    }
    assertEquals(Long.MAX_VALUE - 3, there.get(ValueLayout.JAVA_LONG, 8));
    assertEquals(0, there.get(ValueLayout.JAVA_LONG, 0));
    assertEquals(0, there.get(ValueLayout.JAVA_LONG, 16));
  }

  @Test
  void compareAndSwapSwapsWhenEqualOnly() throws IOException {
    MemorySegment there = server.allocate(8);
    there.set(ValueLayout.JAVA_LONG, 0, 42);
    MemorySegment here = client.allocate(8);
    IbvMr target = server.register(there, VerbsEnd.ALL_RIGHTS);
    IbvMr local = client.register(here, VerbsEnd.LOCAL);
    long[][] steps = {{41, 1, 42, 42}, {42, -7, 42, -7}, {-7, 0, -7, 0}};
    for (int i = 0; i < steps.length; i++) {
      client.post(
          VerbsEnd.atomic(
              IbvSendWR.IBV_WR_ATOMIC_CMP_AND_SWP,
              i,
              target.getAddr(),
              target.getRkey(),
              steps[i][0],
              steps[i][1],
              piece(local, 0, 8)));
      assertEquals(Check.CMP_SWAP, Check.success(client, i).opcode());
      assertEquals(steps[i][2], here.get(ValueLayout.JAVA_LONG, 0));
      assertEquals(steps[i][3], there.get(ValueLayout.JAVA_LONG, 0));
    }
  }

  @Test
  void atomicsOfManyQueuePairsLoseNothing() throws Exception {
    int rounds = 500;
    MemorySegment there = server.allocate(8);
    try (VerbsEnd second = VerbsEnd.begin(pair.listening().address(), Shape.USUAL);
        VerbsEnd served = pair.listening().accept(second, Shape.USUAL)) {
      IbvMr one = server.register(there, VerbsEnd.ALL_RIGHTS);
      IbvMr same = served.register(there, VerbsEnd.ALL_RIGHTS);
      Other other = Other.thread(() -> count(second, same, rounds));
      count(client, one, rounds);
      other.join();
      assertEquals(2 * rounds, there.get(ValueLayout.JAVA_LONG, 0));
    }
  }

  private static void count(VerbsEnd end, IbvMr counter, int rounds) throws IOException {
    IbvMr local = end.register(end.allocate(8), VerbsEnd.LOCAL);
    for (int i = 0; i < rounds; i++) {
      end.post(
          VerbsEnd.atomic(
              IbvSendWR.IBV_WR_ATOMIC_FETCH_AND_ADD,
              i,
              counter.getAddr(),
              counter.getRkey(),
              1,
              0,
              piece(local, 0, 8)));
      Check.success(end, i);
    }
  }
}

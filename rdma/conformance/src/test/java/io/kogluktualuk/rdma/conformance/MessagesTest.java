package io.kogluktualuk.rdma.conformance;

import static io.kogluktualuk.rdma.conformance.VerbsEnd.flags;
import static io.kogluktualuk.rdma.conformance.VerbsEnd.piece;
import static io.kogluktualuk.rdma.conformance.VerbsEnd.send;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvSendWR;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// SEND and SEND_WITH_IMM, with every flag.
@NullUnmarked // JUnit fills the fields before each test.
class MessagesTest {

  private static final int IMMEDIATE = 0x1234_ABCD;

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

  private IbvMr local(VerbsEnd end, int bytes, int seed) throws IOException {
    return end.register(Memory.fill(end.allocate(bytes), seed), VerbsEnd.LOCAL);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 1, 15, 16, 17, 63, 64, 65, 1023, 1024, 1025, 4095, 4096, 4097, 32_752, 32_753, 65_536,
        131_071, 131_072, 1_000_003, 4_194_304, 8_388_608
      })
  void messagesArriveWhole(int bytes) throws IOException {
    MemorySegment from = Memory.fill(client.allocate(bytes), bytes);
    MemorySegment to = server.allocate(bytes);
    IbvMr source = client.register(from, VerbsEnd.LOCAL);
    IbvMr target = server.register(to, VerbsEnd.LOCAL);
    server.receive(7, piece(target, 0, bytes));
    client.post(send(3, piece(source, 0, bytes)));
    VerbsEnd.Completion arrived = Check.success(server, 7);
    assertEquals(Check.RECV, arrived.opcode());
    assertEquals(bytes, arrived.bytes());
    assertEquals(0, arrived.flags() & Check.WITH_IMM);
    Check.success(client, 3);
    Memory.assertSame(from, to, bytes);
  }

  @Test
  void immediateDataArrivesWithItsMessage() throws IOException {
    IbvMr source = local(client, 8, 1);
    IbvMr target = local(server, 8, 2);
    for (int bytes : new int[] {0, 8}) {
      server.receive(bytes, piece(target, 0, 8));
      IbvSendWR send = VerbsEnd.request(IbvSendWR.IBV_WR_SEND_WITH_IMM, 4, piece(source, 0, bytes));
      send.setImm_data(IMMEDIATE + bytes);
      client.post(send);
      VerbsEnd.Completion arrived = Check.success(server, bytes);
      assertEquals(Check.RECV, arrived.opcode());
      assertEquals(bytes, arrived.bytes());
      assertEquals(Check.WITH_IMM, arrived.flags() & Check.WITH_IMM);
      assertEquals(IMMEDIATE + bytes, arrived.immediate());
      assertEquals(Check.SEND, Check.success(client, 4).opcode());
    }
  }

  @Test
  void onlySignalledRequestsComplete() throws IOException {
    IbvMr source = local(client, 8, 1);
    IbvMr target = local(server, 8, 2);
    for (int i = 0; i < 20; i++) {
      server.receive(i, piece(target, 0, 8));
    }
    for (int i = 0; i < 20; i++) {
      int signalled = i % 10 == 9 ? IbvSendWR.IBV_SEND_SIGNALED : 0;
      client.post(flags(send(i, piece(source, 0, 8)), signalled));
    }
    for (int i = 0; i < 20; i++) {
      Check.success(server, i);
    }
    Check.success(client, 9);
    Check.success(client, 19);
    assertNull(client.poll());
  }

  @Test
  void aQueuePairCanSignalAll() throws IOException {
    try (Pair signalling = Pair.connect(Shape.USUAL.signalingAll())) {
      IbvMr source = local(signalling.client(), 8, 1);
      IbvMr target = local(signalling.server(), 8, 2);
      for (int i = 0; i < 5; i++) {
        signalling.server().receive(i, piece(target, 0, 8));
        signalling.client().post(flags(send(i, piece(source, 0, 8)), 0));
        Check.success(signalling.server(), i);
        Check.success(signalling.client(), i);
      }
    }
  }

  @Test
  void inlineDataIsTakenWhenPosted() throws IOException {
    // Not registered: inline data needs no key.
    MemorySegment from = client.allocate(64);
    MemorySegment to = server.allocate(128);
    IbvMr target = server.register(to, VerbsEnd.LOCAL);
    int inline = IbvSendWR.IBV_SEND_INLINE | IbvSendWR.IBV_SEND_SIGNALED;
    server.receive(1, piece(target, 0, 64));
    for (int i = 1; i <= 2; i++) {
      from.fill((byte) i);
      client.post(flags(send(i, piece(from.address(), 64, 0)), inline));
      from.fill((byte) 99);
    }
    // The second has waited for this, and its bytes have changed meanwhile.
    server.receive(2, piece(target, 64, 64));
    for (int i = 1; i <= 2; i++) {
      assertEquals(64, Check.success(server, i).bytes());
      assertEquals(i, to.get(ValueLayout.JAVA_BYTE, i * 64 - 1));
      Check.success(client, i);
    }
  }

  @Test
  void moreInlineDataThanAskedForIsRefused() throws IOException {
    IbvMr source = local(client, 65_536, 1);
    int inline = IbvSendWR.IBV_SEND_INLINE | IbvSendWR.IBV_SEND_SIGNALED;
    assertThrows(
        IOException.class, () -> client.post(flags(send(1, piece(source, 0, 65_536)), inline)));
    assertTrue(client.queuePair.isOpen());
  }

  @Test
  void aSendWithoutRecvWaitsForOne() throws IOException {
    IbvMr source = local(client, 8, 1);
    IbvMr target = local(server, 8, 2);
    client.post(send(5, piece(source, 0, 8)));
    assertNull(client.poll());
    server.receive(1, piece(target, 0, 8));
    Check.success(server, 1);
    Check.success(client, 5);
  }
}

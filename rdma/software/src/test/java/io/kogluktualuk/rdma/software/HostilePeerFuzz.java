package io.kogluktualuk.rdma.software;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvQPInitAttr;
import com.ibm.disni.verbs.IbvRecvWR;
import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaEventChannel;
import com.ibm.disni.verbs.RdmaProvider;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Peers that introduce themselves well and then say anything: frames with hostile lengths, keys,
/// numbers and order. Memory outside of the one region that they may write stays as it is, and an
/// honest peer is served afterwards.
@Timeout(60)
@NullUnmarked // JUnit fills the fields before the tests.
class HostilePeerFuzz {

  private static final int REGION_BYTES = 4096;
  private static final int GUARD_BYTES = 4096;
  private static final byte GUARD = 0x5A;

  private static final Arena ARENA = Arena.ofShared();
  private static RdmaEventChannel events;
  private static RdmaCmId listening;
  private static InetSocketAddress address;
  private static MemorySegment memory;
  private static IbvPd domain;
  private static IbvMr region;

  @BeforeAll
  static void listen() throws Exception {
    Field field = RdmaProvider.class.getDeclaredField("provider");
    field.setAccessible(true);
    SoftwareSettings settings =
        new SoftwareSettings(0, Duration.ofSeconds(5), PathChoice.TCP, Duration.ofSeconds(3));
    field.set(null, new SoftwareProvider(settings));
    events = RdmaEventChannel.createEventChannel();
    listening = events.createId(RdmaCm.RDMA_PS_TCP);
    listening.bindAddr(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    listening.listen(16);
    address = (InetSocketAddress) listening.getSource();
    memory = ARENA.allocate(REGION_BYTES + 2L * GUARD_BYTES, 4096).fill(GUARD);
  }

  @AfterAll
  static void close() throws IOException {
    listening.destroyId();
    events.destroyEventChannel();
    ARENA.close();
  }

  /// The honest side of one connection.
  private record Served(RdmaCmId id, IbvQP queuePair) implements AutoCloseable {

    static Served accept() throws IOException {
      RdmaCmEvent request = next(EventType.RDMA_CM_EVENT_CONNECT_REQUEST);
      RdmaCmId id = request.getConnIdPriv();
      if (domain == null) {
        domain = id.getVerbs().allocPd();
        int rights =
            IbvMr.IBV_ACCESS_LOCAL_WRITE
                | IbvMr.IBV_ACCESS_REMOTE_READ
                | IbvMr.IBV_ACCESS_REMOTE_WRITE
                | IbvMr.IBV_ACCESS_REMOTE_ATOMIC;
        region =
            domain
                .regMr(memory.address() + GUARD_BYTES, REGION_BYTES, rights)
                .execute()
                .free()
                .getMr();
      }
      IbvQPInitAttr attributes = new IbvQPInitAttr();
      attributes.cap().setMax_recv_wr(4);
      attributes.cap().setMax_send_wr(4);
      attributes.setQp_type(IbvQP.IBV_QPT_RC);
      var queue = id.getVerbs().createCQ(null, 16, 0);
      attributes.setRecv_cq(queue);
      attributes.setSend_cq(queue);
      IbvQP queuePair = id.createQP(domain, attributes);
      IbvSge piece = new IbvSge();
      piece.setAddr(region.getAddr());
      piece.setLength(64);
      piece.setLkey(region.getLkey());
      for (int i = 0; i < 3; i++) {
        IbvRecvWR receive = new IbvRecvWR();
        receive.setSg_list(new LinkedList<>(List.of(piece)));
        queuePair.postRecv(List.of(receive), null).execute().free();
      }
      id.accept(new com.ibm.disni.verbs.RdmaConnParam());
      assertEquals(id, next(EventType.RDMA_CM_EVENT_ESTABLISHED).getConnIdPriv());
      return new Served(id, queuePair);
    }

    @Override
    public void close() throws IOException {
      id.disconnect();
      id.destroyQP();
      id.destroyId();
    }
  }

  /// The next event of this kind; connections that ended meanwhile are passed over.
  private static RdmaCmEvent next(EventType wanted) throws IOException {
    for (int i = 0; i < 1000; i++) {
      RdmaCmEvent event = events.getCmEvent(10_000);
      if (event == null) {
        throw new AssertionError("no " + wanted);
      }
      if (event.getEvent() == wanted.ordinal()) {
        return event;
      }
    }
    throw new AssertionError("never " + wanted);
  }

  private static Socket greet() throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
    CmMessage.Memory none = new CmMessage.Memory("", 0);
    socket
        .getOutputStream()
        .write(Wire.encode(new CmMessage.Hello("other", "hostile", 7, PathChoice.TCP, none, none)));
    return socket;
  }

  private static void readAccept(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    in.readNBytes(in.readInt());
  }

  /// The next head that is not only about counts.
  private static MemorySegment answer(DataInputStream in) throws IOException {
    MemorySegment head = MemorySegment.ofArray(in.readNBytes(Frame.HEADER_BYTES));
    while (Frame.type(head, 0) == Frame.ACK) {
      head = MemorySegment.ofArray(in.readNBytes(Frame.HEADER_BYTES));
    }
    return head;
  }

  private static byte[] frame(
      int type, int flags, int posted, int executed, int key, long at, int length, int immediate) {
    boolean isAtomic = type == Frame.ADD || type == Frame.SWAP;
    MemorySegment bytes =
        MemorySegment.ofArray(new byte[isAtomic ? Frame.HEAD_BYTES_MAX : Frame.HEADER_BYTES]);
    Frame.put(bytes, 0, type, flags, posted, executed, key, at, length, immediate);
    return bytes.toArray(ValueLayout.JAVA_BYTE);
  }

  /// A frame that may be sound, with one thing or more that is not.
  private static byte[] anything(RandomGenerator random) {
    int type = random.nextInt(10) == 0 ? random.nextInt(256) : random.nextInt(1, 11);
    int[] lengths = {0, 1, 8, 16, 64, 65, 4096, 4097, Frame.CHUNK_BYTES, Frame.CHUNK_BYTES + 1};
    int length =
        random.nextInt(4) == 0 ? random.nextInt() : lengths[random.nextInt(lengths.length)];
    int key = random.nextInt(3) == 0 ? random.nextInt() : region.getRkey();
    long[] places = {0, 8, -8, REGION_BYTES - 8, REGION_BYTES, Long.MAX_VALUE, random.nextLong()};
    long at = region.getAddr() + places[random.nextInt(places.length)];
    int count = random.nextInt(8) == 0 ? random.nextInt() : 0;
    byte[] head = frame(type, random.nextInt(4), count, count, key, at, length, random.nextInt());
    int payload = type <= Frame.DATA ? random.nextInt(Math.clamp(length, 1, 8192) + 8) : 0;
    byte[] tail = new byte[payload];
    random.nextBytes(tail);
    byte[] whole = ByteBuffer.allocate(head.length + payload).put(head).put(tail).array();
    if (random.nextInt(8) == 0) {
      whole[random.nextInt(whole.length)] = (byte) random.nextInt();
    }
    return whole;
  }

  private static void assertGuardsStand() {
    for (long i = 0; i < GUARD_BYTES; i++) {
      assertEquals(GUARD, memory.get(ValueLayout.JAVA_BYTE, i));
      assertEquals(GUARD, memory.get(ValueLayout.JAVA_BYTE, GUARD_BYTES + REGION_BYTES + i));
    }
  }

  /// An honest READ is served.
  private static void assertServes() throws IOException {
    try (Socket socket = greet();
        Served served = Served.accept()) {
      readAccept(socket);
      assertTrue(served.queuePair().isOpen());
      socket
          .getOutputStream()
          .write(frame(Frame.READ, 0, 0, 0, region.getRkey(), region.getAddr(), REGION_BYTES, 0));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      MemorySegment head = answer(in);
      assertEquals(Frame.DATA, Frame.type(head, 0));
      assertEquals(REGION_BYTES, Frame.length(head, 0));
      MemorySegment data = MemorySegment.ofArray(in.readNBytes(REGION_BYTES));
      assertEquals(-1, data.mismatch(memory.asSlice(GUARD_BYTES, REGION_BYTES)));
      assertEquals(0, in.readInt());
    }
  }

  @Test
  void anythingIsRefusedOrServedAndTouchesNothingElse() throws IOException {
    assertServes();
    Seeds.run(HostilePeerFuzz.class, 60, HostilePeerFuzz::talk);
    assertServes();
    assertGuardsStand();
  }

  private static void talk(RandomGenerator random) {
    try (Socket socket = greet();
        Served served = Served.accept()) {
      readAccept(socket);
      assertTrue(served.queuePair().getQp_num() > 0);
      try {
        for (int i = random.nextInt(1, 40); i > 0; i--) {
          socket.getOutputStream().write(anything(random));
        }
      } catch (IOException e) {
        // Closed while being written to: it was understood.
        assertTrue(String.valueOf(e.getMessage()).matches(".*(reset|pipe|abort).*"), e.toString());
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertGuardsStand();
  }

  /// Asks for far more than it takes: the requests it may have unanswered are bounded, and nobody
  /// else waits.
  @Test
  void aPeerThatDoesNotReadHoldsUpNobody() throws IOException {
    assertServes();
    try (Socket greedy = greet();
        Served served = Served.accept()) {
      readAccept(greedy);
      assertTrue(served.queuePair().isOpen());
      byte[] read = frame(Frame.READ, 0, 0, 0, region.getRkey(), region.getAddr(), REGION_BYTES, 0);
      try {
        for (int i = 0; i < 100_000; i++) {
          greedy.getOutputStream().write(read);
        }
      } catch (IOException e) {
        assertTrue(String.valueOf(e.getMessage()).matches(".*(reset|pipe|abort).*"), e.toString());
      }
      assertServes();
    }
  }

  /// One byte at a time is slow, not wrong.
  @Test
  void aFrameMayComeByteByByte() throws IOException {
    try (Socket socket = greet();
        Served served = Served.accept()) {
      readAccept(socket);
      assertTrue(served.queuePair().isOpen());
      for (byte b : frame(Frame.READ, 0, 0, 0, region.getRkey(), region.getAddr(), 8, 0)) {
        socket.getOutputStream().write(b);
      }
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertEquals(Frame.DATA, Frame.type(answer(in), 0));
      assertEquals(8, in.readNBytes(8).length);
      assertEquals(0, in.readInt());
    }
  }
}

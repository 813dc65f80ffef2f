package io.kogluktualuk.rdma.transport.rpc;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvRecvWR;
import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.SVCPostRecv;
import com.ibm.disni.verbs.SVCPostSend;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.LinkedList;
import java.util.List;

/// The registered memory of one control connection, cut into messages to receive and to send.
///
/// Every work request is made once and posted again and again: posting allocates nothing. Its id
/// names the endpoint, the direction and the message, because nothing else in an error completion
/// can be relied on (an adapter leaves the queue pair's number and the opcode undefined).
///
/// ```
/// bit 63            32 31            16  15  14        0
///    +----------------+----------------+---+-----------+
///    | generation     | endpoint       |dir| message   |
///    +----------------+----------------+---+-----------+
/// ```
///
/// **Threading:** a message belongs to whoever took it; the calls of different messages may be
/// executed by different threads. **Ownership:** the endpoint deregisters it after its queue pair.
final class MessageBuffers {

  /// The most that the entries of a message take.
  static final int PLAIN_BYTES = Integer.BYTES + Frame.BYTES_MAX;

  private static final long SEND = 1L << 15;
  private static final int INDEX_MASK = (1 << 15) - 1;
  private static final long OWNER_MASK = -1L << 16;

  private final IbvMr region;
  private final ByteBuffer memory;
  private final ByteBuffer[] received;
  private final SVCPostRecv[] receives;
  private final Outgoing[] sends;

  /// One message that can be sent.
  ///
  /// **Threading:** one thread at a time; not to be touched between posting and completion.
  static final class Outgoing {
    final int index;
    final ByteBuffer bytes;
    private final SVCPostSend call;
    private final SVCPostSend.SgeMod piece;

    private Outgoing(int index, ByteBuffer bytes, SVCPostSend call) throws IOException {
      this.index = index;
      this.bytes = bytes;
      this.call = call;
      this.piece = call.getWrMod(0).getSgeMod(0);
    }

    /// Makes room for entries.
    void reset() {
      bytes.clear().limit(PLAIN_BYTES);
    }

    /// Sends the bytes from 0 to the position.
    void post() throws IOException {
      piece.setLength(bytes.position());
      call.execute();
    }
  }

  /// @param owner from [#owner]
  /// @param count messages of each direction
  MessageBuffers(RpcEndpoint endpoint, long owner, int count, int bytesEach) throws IOException {
    this.memory = ByteBuffer.allocateDirect(2 * count * bytesEach);
    this.region = endpoint.registerMemory(memory).execute().free().getMr();
    this.received = new ByteBuffer[count];
    this.receives = new SVCPostRecv[count];
    this.sends = new Outgoing[count];
    for (int i = 0; i < count; i++) {
      received[i] = memory.slice(i * bytesEach, bytesEach);
      IbvRecvWR receive = new IbvRecvWR();
      receive.setWr_id(owner | i);
      receive.setSg_list(piece(received[i]));
      receives[i] = endpoint.postRecv(List.of(receive));
      ByteBuffer out = memory.slice((count + i) * bytesEach, bytesEach);
      IbvSendWR send = new IbvSendWR();
      send.setWr_id(owner | SEND | i);
      send.setSg_list(piece(out));
      send.setSend_flags(IbvSendWR.IBV_SEND_SIGNALED);
      send.setOpcode(IbvSendWR.IBV_WR_SEND);
      sends[i] = new Outgoing(i, out, endpoint.postSend(List.of(send)));
    }
  }

  private LinkedList<IbvSge> piece(ByteBuffer bytes) {
    IbvSge piece = new IbvSge();
    piece.setAddr(MemorySegment.ofBuffer(bytes).address());
    piece.setLength(bytes.capacity());
    piece.setLkey(region.getLkey());
    LinkedList<IbvSge> pieces = new LinkedList<>();
    pieces.add(piece);
    return pieces;
  }

  /// The part of a work request's id that names its endpoint.
  static long owner(int generation, int endpoint) {
    return (long) generation << 32 | (long) endpoint << 16;
  }

  static long ownerOf(long workRequest) {
    return workRequest & OWNER_MASK;
  }

  static int endpointOf(long workRequest) {
    return (int) (workRequest >>> 16) & 0xFFFF;
  }

  static boolean isSend(long workRequest) {
    return (workRequest & SEND) != 0;
  }

  static int indexOf(long workRequest) {
    return (int) workRequest & INDEX_MASK;
  }

  void postReceive(int index) throws IOException {
    receives[index].execute();
  }

  ByteBuffer received(int index) {
    return received[index];
  }

  Outgoing outgoing(int index) {
    return sends[index];
  }

  IbvMr region() {
    return region;
  }
}

package io.kogluktualuk.rdma.conformance;

import com.ibm.disni.verbs.IbvCQ;
import com.ibm.disni.verbs.IbvCompChannel;
import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvQPInitAttr;
import com.ibm.disni.verbs.IbvRecvWR;
import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaConnParam;
import com.ibm.disni.verbs.RdmaEventChannel;
import com.ibm.disni.verbs.SVCPollCq;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import io.kogluktualuk.rdma.provider.Verbs;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedList;
import java.util.List;

/// One connected queue pair with everything around it, in few calls, over DiSNI's plain API.
///
/// **Threading:** one thread.
final class VerbsEnd implements AutoCloseable {

  static final int DEPTH = 64;
  static final int ALL_RIGHTS =
      IbvMr.IBV_ACCESS_LOCAL_WRITE
          | IbvMr.IBV_ACCESS_REMOTE_READ
          | IbvMr.IBV_ACCESS_REMOTE_WRITE
          | IbvMr.IBV_ACCESS_REMOTE_ATOMIC;

  /// What a test sees of a completion.
  record Completion(long id, int status, int opcode, int bytes, int immediate) {}

  final Arena arena = Arena.ofShared();
  final RdmaEventChannel events;
  final RdmaCmId id;
  final IbvPd domain;
  final IbvCompChannel channel;
  final IbvCQ queue;
  final IbvQP queuePair;
  private final IbvWC[] completions;
  private final SVCPollCq poll;

  private VerbsEnd(RdmaEventChannel events, RdmaCmId id) throws IOException {
    this.events = events;
    this.id = id;
    this.domain = id.getVerbs().allocPd();
    this.channel = id.getVerbs().createCompChannel();
    this.queue = id.getVerbs().createCQ(channel, 4 * DEPTH, 0);
    IbvQPInitAttr attributes = new IbvQPInitAttr();
    attributes.cap().setMax_recv_wr(DEPTH);
    attributes.cap().setMax_send_wr(DEPTH);
    attributes.cap().setMax_recv_sge(4);
    attributes.cap().setMax_send_sge(4);
    attributes.setQp_type(IbvQP.IBV_QPT_RC);
    attributes.setRecv_cq(queue);
    attributes.setSend_cq(queue);
    this.queuePair = id.createQP(domain, attributes);
    this.completions = new IbvWC[] {new IbvWC()};
    this.poll = queue.poll(completions, 1);
  }

  /// A listening id.
  record Listening(RdmaEventChannel events, RdmaCmId id) implements AutoCloseable {

    InetSocketAddress address() throws IOException {
      return (InetSocketAddress) id.getSource();
    }

    VerbsEnd accept(int rnrRetry) throws IOException {
      RdmaCmEvent request = await(events, RdmaCmEvent.EventType.RDMA_CM_EVENT_CONNECT_REQUEST);
      VerbsEnd end = new VerbsEnd(events, request.getConnIdPriv());
      end.id.accept(parameters(rnrRetry));
      await(events, RdmaCmEvent.EventType.RDMA_CM_EVENT_ESTABLISHED);
      return end;
    }

    @Override
    public void close() throws IOException {
      id.destroyId();
      events.destroyEventChannel();
    }
  }

  static Listening listen() throws IOException {
    return listen(RdmaAddress.anyPort());
  }

  static Listening listen(InetSocketAddress address) throws IOException {
    Verbs.install();
    RdmaEventChannel events = RdmaEventChannel.createEventChannel();
    RdmaCmId id = events.createId(RdmaCm.RDMA_PS_TCP);
    id.bindAddr(address);
    id.listen(16);
    return new Listening(events, id);
  }

  private static RdmaConnParam parameters(int rnrRetry) throws IOException {
    RdmaConnParam parameters = new RdmaConnParam();
    parameters.setRnr_retry_count((byte) rnrRetry);
    return parameters;
  }

  /// Starts to connect; the caller awaits the event.
  static VerbsEnd begin(InetSocketAddress address, int rnrRetry) throws IOException {
    return begin(address, rnrRetry, 2000);
  }

  static VerbsEnd begin(InetSocketAddress address, int rnrRetry, int timeoutMillis)
      throws IOException {
    Verbs.install();
    RdmaEventChannel events = RdmaEventChannel.createEventChannel();
    RdmaCmId id = events.createId(RdmaCm.RDMA_PS_TCP);
    id.resolveAddr(null, address, timeoutMillis);
    await(events, RdmaCmEvent.EventType.RDMA_CM_EVENT_ADDR_RESOLVED);
    id.resolveRoute(2000);
    await(events, RdmaCmEvent.EventType.RDMA_CM_EVENT_ROUTE_RESOLVED);
    VerbsEnd end = new VerbsEnd(events, id);
    id.connect(parameters(rnrRetry));
    return end;
  }

  static VerbsEnd connect(InetSocketAddress address) throws IOException {
    VerbsEnd end = begin(address, 7);
    await(end.events, RdmaCmEvent.EventType.RDMA_CM_EVENT_ESTABLISHED);
    return end;
  }

  static RdmaCmEvent await(RdmaEventChannel events, RdmaCmEvent.EventType wanted)
      throws IOException {
    RdmaCmEvent event = events.getCmEvent(10_000);
    if (event == null || event.getEvent() != wanted.ordinal()) {
      throw new AssertionError(
          "expected "
              + wanted
              + ", found "
              + (event == null ? "nothing" : RdmaCmEvent.EventType.values()[event.getEvent()]));
    }
    return event;
  }

  void awaitEvent(RdmaCmEvent.EventType wanted) throws IOException {
    await(events, wanted);
  }

  MemorySegment allocate(long bytes) {
    return arena.allocate(Math.max(1, bytes), 64);
  }

  IbvMr register(MemorySegment memory, int access) throws IOException {
    return domain.regMr(memory.address(), (int) memory.byteSize(), access).execute().free().getMr();
  }

  static IbvSge piece(IbvMr region, long offset, int length) {
    IbvSge sge = new IbvSge();
    sge.setAddr(region.getAddr() + offset);
    sge.setLength(length);
    sge.setLkey(region.getLkey());
    return sge;
  }

  static IbvSendWR request(int opcode, long id, IbvSge... pieces) {
    IbvSendWR request = new IbvSendWR();
    request.setOpcode(opcode);
    request.setWr_id(id);
    request.setSend_flags(IbvSendWR.IBV_SEND_SIGNALED);
    request.setSg_list(new LinkedList<>(List.of(pieces)));
    return request;
  }

  static IbvSendWR remote(IbvSendWR request, long address, int rkey) {
    request.getRdma().setRemote_addr(address);
    request.getRdma().setRkey(rkey);
    return request;
  }

  void post(IbvSendWR... requests) throws IOException {
    queuePair.postSend(List.of(requests), null).execute().free();
  }

  void receive(long id, IbvSge... pieces) throws IOException {
    IbvRecvWR request = new IbvRecvWR();
    request.setWr_id(id);
    request.setSg_list(new LinkedList<>(List.of(pieces)));
    queuePair.postRecv(List.of(request), null).execute().free();
  }

  /// The next completion.
  Completion completion() throws IOException {
    return completion(Duration.ofSeconds(10));
  }

  Completion completion(Duration timeout) throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (poll.execute().getPolls() == 0) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("no completion within " + timeout);
      }
      Thread.onSpinWait();
    }
    IbvWC c = completions[0];
    return new Completion(
        c.getWr_id(), c.getStatus(), c.getOpcode(), c.getByte_len(), c.getImm_data());
  }

  boolean hasCompletion() throws IOException {
    return poll.execute().getPolls() > 0;
  }

  @Override
  public void close() throws IOException {
    id.disconnect();
    id.destroyQP();
    id.destroyId();
    queue.destroyCQ();
    channel.destroyCompChannel();
    arena.close();
  }
}

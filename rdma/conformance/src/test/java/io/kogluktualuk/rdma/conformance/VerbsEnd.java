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
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.SVCPollCq;
import io.kogluktualuk.rdma.provider.Verbs;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One queue pair with everything around it, in few calls, over DiSNI's plain API.
///
/// Two ends in one process are companions: who waits for a completion of one polls the other as
/// well, see [Differences#PROGRESS].
///
/// **Threading:** any thread polls; all else is for one thread at a time.
final class VerbsEnd implements AutoCloseable {

  static final int READ_ONLY = IbvMr.IBV_ACCESS_REMOTE_READ;
  static final int LOCAL = IbvMr.IBV_ACCESS_LOCAL_WRITE;
  static final int ALL_RIGHTS =
      IbvMr.IBV_ACCESS_LOCAL_WRITE
          | IbvMr.IBV_ACCESS_REMOTE_READ
          | IbvMr.IBV_ACCESS_REMOTE_WRITE
          | IbvMr.IBV_ACCESS_REMOTE_ATOMIC;

  private static final Duration USUAL = Duration.ofSeconds(10);

  /// What a test sees of a completion.
  record Completion(long id, int status, int opcode, int bytes, int immediate, int flags) {}

  final Arena arena = Arena.ofShared();
  final CmEvents events;
  final RdmaCmId id;
  final IbvPd domain;
  final IbvCompChannel channel;
  final IbvCQ queue;
  final IbvQP queuePair;
  private final boolean ownsEvents;
  private final Shape shape;
  private final List<IbvMr> regions = new ArrayList<>();
  private final IbvWC[] completions = {new IbvWC()};
  private final SVCPollCq poll;
  private final ArrayDeque<Completion> polled = new ArrayDeque<>();
  private @Nullable VerbsEnd companion;
  private boolean isClosed;

  VerbsEnd(CmEvents events, RdmaCmId id, Shape shape, boolean ownsEvents) throws IOException {
    this.events = events;
    this.id = id;
    this.shape = shape;
    this.ownsEvents = ownsEvents;
    this.domain = id.getVerbs().allocPd();
    this.channel = id.getVerbs().createCompChannel();
    this.queue = id.getVerbs().createCQ(channel, shape.completions(), 0);
    IbvQPInitAttr attributes = shape.attributes();
    attributes.setRecv_cq(queue);
    attributes.setSend_cq(queue);
    this.queuePair = id.createQP(domain, attributes);
    this.poll = queue.poll(completions, 1);
  }

  /// Resolves the way to an address and makes the queue pair; does not connect yet.
  static VerbsEnd resolve(InetSocketAddress address, Shape shape) throws IOException {
    Verbs.install();
    CmEvents events = CmEvents.create();
    RdmaCmId id = events.channel.createId(RdmaCm.RDMA_PS_TCP);
    int millis = Suite.patientMillis(shape.connectMillis());
    id.resolveAddr(null, address, millis);
    events.await(id, EventType.RDMA_CM_EVENT_ADDR_RESOLVED);
    id.resolveRoute(millis);
    events.await(id, EventType.RDMA_CM_EVENT_ROUTE_RESOLVED);
    return new VerbsEnd(events, id, shape, true);
  }

  /// Starts to connect; the caller awaits the event.
  static VerbsEnd begin(InetSocketAddress address, Shape shape) throws IOException {
    VerbsEnd end = resolve(address, shape);
    end.id.connect(shape.parameters());
    return end;
  }

  static VerbsEnd connect(InetSocketAddress address, Shape shape) throws IOException {
    VerbsEnd end = begin(address, shape);
    end.await(EventType.RDMA_CM_EVENT_ESTABLISHED);
    return end;
  }

  /// The event that tells that connecting to an address failed, at whichever step.
  static EventType failureToConnect(InetSocketAddress address, Shape shape) throws IOException {
    Verbs.install();
    CmEvents events = CmEvents.create();
    RdmaCmId id = events.channel.createId(RdmaCm.RDMA_PS_TCP);
    int millis = Suite.patientMillis(shape.connectMillis());
    id.resolveAddr(null, address, millis);
    CmEvents.Event event = events.next(id, Duration.ofSeconds(30));
    if (event == null || event.type() != EventType.RDMA_CM_EVENT_ADDR_RESOLVED) {
      return event == null ? EventType.RDMA_CM_EVENT_ESTABLISHED : event.type();
    }
    id.resolveRoute(millis);
    events.await(id, EventType.RDMA_CM_EVENT_ROUTE_RESOLVED);
    try (VerbsEnd end = new VerbsEnd(events, id, shape, true)) {
      end.id.connect(shape.parameters());
      event = events.next(id, Duration.ofSeconds(90));
      return event == null ? EventType.RDMA_CM_EVENT_ESTABLISHED : event.type();
    }
  }

  void await(EventType wanted) throws IOException {
    events.await(id, wanted);
  }

  MemorySegment allocate(long bytes) {
    return arena.allocate(Math.max(1, bytes), 64);
  }

  IbvMr register(MemorySegment memory, int access) throws IOException {
    return register(domain, memory, access);
  }

  IbvMr register(IbvPd in, MemorySegment memory, int access) throws IOException {
    IbvMr region =
        in.regMr(memory.address(), (int) memory.byteSize(), access).execute().free().getMr();
    regions.add(region);
    return region;
  }

  void deregister(IbvMr region) throws IOException {
    regions.remove(region);
    region.deregMr().execute().free();
  }

  /// A piece of a region, as a scatter element.
  static IbvSge piece(IbvMr region, long offset, int length) {
    return piece(region.getAddr() + offset, length, region.getLkey());
  }

  static IbvSge piece(long address, int length, int lkey) {
    IbvSge sge = new IbvSge();
    sge.setAddr(address);
    sge.setLength(length);
    sge.setLkey(lkey);
    return sge;
  }

  static IbvSendWR request(int opcode, long id, IbvSge... pieces) {
    IbvSendWR request = new IbvSendWR();
    request.setOpcode(opcode);
    request.setWr_id(id);
    request.setSend_flags(IbvSendWR.IBV_SEND_SIGNALED);
    request.setSg_list(new LinkedList<>(List.of(pieces)));
    request.setNum_sge(pieces.length);
    return request;
  }

  static IbvSendWR send(long id, IbvSge... pieces) {
    return request(IbvSendWR.IBV_WR_SEND, id, pieces);
  }

  static IbvSendWR read(long id, IbvMr from, long offset, IbvSge... into) {
    return remote(
        request(IbvSendWR.IBV_WR_RDMA_READ, id, into), from.getAddr() + offset, from.getRkey());
  }

  static IbvSendWR write(long id, IbvMr to, long offset, IbvSge... from) {
    return remote(
        request(IbvSendWR.IBV_WR_RDMA_WRITE, id, from), to.getAddr() + offset, to.getRkey());
  }

  static IbvSendWR remote(IbvSendWR request, long address, int rkey) {
    request.getRdma().setRemote_addr(address);
    request.getRdma().setRkey(rkey);
    return request;
  }

  /// FETCH_ADD or CMP_SWAP of eight bytes.
  static IbvSendWR atomic(
      int opcode, long id, long address, int rkey, long compareAdd, long swap, IbvSge before) {
    IbvSendWR request = request(opcode, id, before);
    request.getAtomic().setRemote_addr(address);
    request.getAtomic().setRkey(rkey);
    request.getAtomic().setCompare_add(compareAdd);
    request.getAtomic().setSwap(swap);
    return request;
  }

  static IbvSendWR flags(IbvSendWR request, int flags) {
    request.setSend_flags(flags);
    return request;
  }

  void post(IbvSendWR... requests) throws IOException {
    queuePair.postSend(List.of(requests), null).execute().free();
  }

  void receive(long id, IbvSge... pieces) throws IOException {
    IbvRecvWR request = new IbvRecvWR();
    request.setWr_id(id);
    request.setSg_list(new LinkedList<>(List.of(pieces)));
    request.setNum_sge(pieces.length);
    queuePair.postRecv(List.of(request), null).execute().free();
  }

  /// The next completion.
  Completion completion() throws IOException {
    return completion(USUAL);
  }

  Completion completion(Duration usual) throws IOException {
    long deadline = System.nanoTime() + Suite.patient(usual).toNanos();
    Completion found = poll();
    while (found == null) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("no completion within " + Suite.patient(usual));
      }
      VerbsEnd other = companion;
      if (other != null && Differences.PROGRESS.holds()) {
        other.fetch();
      }
      Thread.onSpinWait();
      found = poll();
    }
    return found;
  }

  /// The completion that is there already, or null.
  synchronized @Nullable Completion poll() throws IOException {
    fetch();
    return polled.poll();
  }

  private synchronized void fetch() throws IOException {
    if (isClosed || poll.execute().getPolls() == 0) {
      return;
    }
    IbvWC c = completions[0];
    polled.add(
        new Completion(
            c.getWr_id(),
            c.getStatus(),
            c.getOpcode(),
            c.getByte_len(),
            c.getImm_data(),
            c.getWc_flags()));
  }

  /// Makes two ends of one process each other's companions.
  static void join(VerbsEnd one, VerbsEnd other) {
    one.companion = other;
    other.companion = one;
  }

  void arm(boolean solicitedOnly) throws IOException {
    queue.reqNotification(solicitedOnly).execute().free();
  }

  /// Whether a completion event comes in time.
  boolean awaitEvent(int usualMillis) throws IOException {
    boolean isThere = channel.getCqEvent(queue, Suite.patientMillis(usualMillis));
    if (isThere) {
      queue.ackEvents(1);
    }
    return isThere;
  }

  Shape shape() {
    return shape;
  }

  /// Takes everything down in the order that verbs ask for.
  @Override
  public void close() throws IOException {
    synchronized (this) {
      isClosed = true;
    }
    id.destroyQP();
    for (IbvMr region : regions) {
      region.deregMr().execute().free();
    }
    id.destroyId();
    queue.destroyCQ();
    channel.destroyCompChannel();
    try {
      domain.deallocPd();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("the domain cannot be given back", e);
    }
    if (ownsEvents) {
      events.channel.destroyEventChannel();
    }
    arena.close();
  }
}

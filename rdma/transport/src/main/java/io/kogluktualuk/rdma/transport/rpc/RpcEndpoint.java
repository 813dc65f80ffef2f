package io.kogluktualuk.rdma.transport.rpc;

import com.ibm.darpc.DaRPCEndpoint;
import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import com.ibm.disni.verbs.RdmaCmId;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.rpc.Caller;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.rdma.provider.Verbs;
import io.kogluktualuk.rdma.transport.credit.CreditLedger;
import io.kogluktualuk.rdma.verbs.ConnectionEvents;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One end of a control connection: a DaRPC endpoint with credits, heartbeats and a notion of
/// loss.
///
/// DaRPC's own client and server endpoints are not used: they poll in the caller's thread, wait
/// without limit, and never fail a call whose connection is gone. Nor are its buffers: the ids of
/// their work requests do not tell endpoints apart, and each message takes a map entry, a queue's
/// lock and boxed numbers.
///
/// **Threading:** any thread sends. Messages arrive on the group's completion thread, connection
/// events on DiSNI's; neither is ever blocked here. **Ownership:** closed by the group's owner,
/// after [Receiver#onLost].
final class RpcEndpoint extends DaRPCEndpoint<Frame, Frame> {

  /// Data messages that are on their way at one time, per direction. The receiver copies each out
  /// at once and a message carries many entries, so this bounds memory, not calls in progress.
  static final int WINDOW = 8;

  private static final Logger LOG = LoggerFactory.getLogger(RpcEndpoint.class);
  private static final Duration QUIET_MAX = Duration.ofSeconds(10);

  /// What `ibv_wc_status` calls `IBV_WC_RNR_RETRY_EXC_ERR`.
  private static final int RNR_RETRY_EXC_ERR = 13;

  /// Who handles what arrives.
  interface Receiver {
    /// Must not block. The entry and its payload are borrowed until this returns.
    void onFrame(RpcEndpoint from, int ticket, Frame frame);

    /// Called once, on any thread, possibly with the endpoint's monitor held. Must not block.
    void onLost(RpcEndpoint endpoint, String reason);
  }

  private final Receiver receiver;
  private final RpcStatistics statistics;
  private final int depth;
  private final Outbox outbox;
  private final UseCount uses = new UseCount();
  private final AtomicReference<@Nullable String> lossReason = new AtomicReference<>();
  private final ReentrantLock closing = new ReentrantLock();
  private final Heartbeat heartbeat;
  private final EndpointSecurity security;
  private @Nullable MessageBuffers buffers;
  private long owner;
  private boolean isClosed;
  private volatile boolean isUp;

  RpcEndpoint(RpcGroup group, RdmaCmId id, boolean serverSide, int window, Receiver receiver)
      throws IOException {
    super(group, id, serverSide);
    this.receiver = receiver;
    this.statistics = group.statistics();
    this.depth = window + CreditLedger.CONTROL_MAX;
    this.security =
        new EndpointSecurity(
            group.settings().security(), serverSide, group.halfOpen(), new HandshakeMessages());
    this.outbox = new Outbox(window, statistics, this::post);
    this.heartbeat = new Heartbeat(this, group.settings(), statistics);
    // DiSNI would let peers read and write the message buffers.
    this.access = IbvMr.IBV_ACCESS_LOCAL_WRITE;
  }

  boolean isLost() {
    return lossReason.get() != null;
  }

  /// Why the connection was lost; known before anybody is turned away because of it. Null before.
  @Nullable String lossReason() {
    return lossReason.get();
  }

  /// Whether the connection was established.
  boolean isUp() {
    return isUp;
  }

  /// Whether entries may be exchanged: at once, or when the TLS handshake is over.
  boolean isSecured() {
    return security.isReady();
  }

  /// Whether the server has room for another handshake.
  boolean mayShake() {
    return security.mayShake(remoteHost());
  }

  private String remoteHost() {
    try {
      return getDstAddr() instanceof InetSocketAddress from ? from.getHostString() : "";
    } catch (IOException e) {
      LOG.debug("a client without an address", e);
      return ""; // all of those share what one address may have
    }
  }

  /// Why the peer has been refused; null when it has not.
  @Nullable String ending() {
    return security.refusal();
  }

  /// Who the peer is, as far as that is proven.
  Caller caller() {
    return security.caller();
  }

  /// Proves who this client is, and finds out who the server is.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Refused when one side does not want the other
  /// @throws io.kogluktualuk.fabric.fault.DeadlineExceeded when that takes too long
  void secure(InetSocketAddress server, long nanos) throws InterruptedException {
    security.shake(server, nanos);
  }

  /// Messages of the handshake stand behind the others.
  private final class HandshakeMessages implements EndpointSecurity.Messages {
    @Override
    public ByteBuffer message(int number) {
      return Objects.requireNonNull(buffers).outgoing(depth + number).bytes;
    }

    @Override
    public void post(int number) throws IOException {
      if (uses.enter()) {
        try {
          Objects.requireNonNull(buffers).outgoing(depth + number).post();
        } finally {
          uses.leave();
        }
      }
    }

    @Override
    public void lose(String reason) {
      RpcEndpoint.this.lose(reason);
    }
  }

  Outbox outbox() {
    return outbox;
  }

  Heartbeat heartbeat() {
    return heartbeat;
  }

  /// What the ids of this endpoint's work requests begin with; set before [#init].
  void owner(long workRequests) {
    owner = workRequests;
  }

  long owner() {
    return owner;
  }

  /// Posts all RECVs.
  @Override
  public void init() throws IOException {
    int count = depth + security.messages();
    int bytes = MessageBuffers.PLAIN_BYTES + security.growthBytes();
    MessageBuffers made = new MessageBuffers(this, owner, count, bytes);
    buffers = made;
    for (int i = 0; i < depth; i++) {
      outbox.onFree(made.outgoing(i));
    }
    for (int i = 0; i < count; i++) {
      made.postReceive(i);
    }
  }

  /// Sends an answer, or gives the connection up. May wait.
  void answer(Frame frame, int ticket, Duration patience) {
    try {
      if (outbox.add(frame, ticket, Deadline.after(patience)) == Outbox.NO_ROOM) {
        lose("the peer takes no messages");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void post(MessageBuffers.Outgoing message) {
    if (!uses.enter()) {
      return;
    }
    try {
      security.seal(message.bytes);
      message.post();
    } catch (IOException | RuntimeException e) {
      lose("cannot send: " + e.getMessage());
    } finally {
      uses.leave();
    }
  }

  /// Takes one completion of this endpoint's work requests; [#flush] is due afterwards.
  ///
  /// @param scratch room for a message
  void onCompletion(IbvWC completion, ByteBuffer scratch, Frame frame) throws IOException {
    if (!uses.enter()) {
      return;
    }
    try {
      long workRequest = completion.getWr_id();
      int index = MessageBuffers.indexOf(workRequest);
      MessageBuffers messages = Objects.requireNonNull(buffers);
      if (completion.getStatus() != 0) {
        onFailure(completion.getStatus());
      } else if (isLost()) {
        LOG.trace("a completion of a lost connection");
      } else if (MessageBuffers.isSend(workRequest)) {
        onSent(messages, index);
      } else {
        ByteBuffer message = messages.received(index).clear().limit(completion.getByte_len());
        boolean hasEntries = security.take(message, scratch.clear());
        messages.postReceive(index);
        if (hasEntries) {
          onMessage(scratch.flip(), frame);
        }
      }
    } finally {
      uses.leave();
    }
  }

  private void onSent(MessageBuffers messages, int index) {
    // Those of the handshake are used once.
    if (index < depth) {
      outbox.onFree(messages.outgoing(index));
    }
  }

  private void onFailure(int status) {
    if (status == RNR_RETRY_EXC_ERR) {
      statistics.receiverNotReady().increment();
    }
    lose("a message failed with completion status " + status);
  }

  private void onMessage(ByteBuffer message, Frame frame) {
    heartbeat.onArrival();
    try {
      int ticket = message.getInt();
      frame.update(message);
      boolean isControl = frame.kind == Frame.CONTROL;
      if (!outbox.onArrived(isControl, isControl ? frame.argument : 0, frame.taken)) {
        throw new MalformedEncoding("it sends more than it may");
      }
      statistics.messagesReceived().increment();
      if (isControl) {
        return;
      }
      take(ticket, frame);
      while (message.hasRemaining()) {
        ticket = message.getInt();
        frame.update(message);
        take(ticket, frame);
      }
    } catch (MalformedEncoding | java.nio.BufferUnderflowException e) {
      if (security.refusesTls(message)) {
        refuseTls();
      } else {
        lose("the peer does not speak this protocol: " + e.getMessage());
      }
    }
  }

  /// Tells a client with TLS, which understands that much, that here is none.
  private void refuseTls() {
    String reason = String.valueOf(security.refusal());
    LOG.warn("a connection was refused: {}", reason);
    if (!outbox.addNow(new Frame().of(Frame.WITHDRAWN, (short) 0, 0, 0), 0)) {
      lose(reason);
    }
  }

  private void take(int ticket, Frame frame) {
    switch (frame.kind) {
      case Frame.REQUEST, Frame.RESPONSE, Frame.FAULT -> receiver.onFrame(this, ticket, frame);
      case Frame.WITHDRAWN -> LOG.trace("a withdrawn call");
      default -> throw new MalformedEncoding("a control entry is not alone in its message");
    }
  }

  void flush() {
    outbox.flush();
  }

  @Override
  public void dispatchReceive(ByteBuffer buffer, int ticket, int index) {
    throw new UnsupportedOperationException("messages are taken by onCompletion");
  }

  @Override
  public void dispatchSend(int ticket) {
    throw new UnsupportedOperationException("completions are taken by onCompletion");
  }

  @Override
  public synchronized void dispatchCmEvent(RdmaCmEvent event) throws IOException {
    if (event.getEvent() == EventType.RDMA_CM_EVENT_ESTABLISHED.ordinal()) {
      heartbeat.onUp();
      isUp = true;
    }
    super.dispatchCmEvent(ConnectionEvents.understood(event));
    if (ConnectionEvents.isEnd(event)) {
      lose(Verbs.failureOf(getIdPriv()));
    }
  }

  /// Ends waiting for a connection that does not come up. May wait for the endpoint's monitor.
  void giveUpConnecting(String reason) {
    lose(reason);
    int end = EventType.RDMA_CM_EVENT_DISCONNECTED.ordinal();
    try {
      super.dispatchCmEvent(new RdmaCmEvent(end, getIdPriv(), getIdPriv()));
    } catch (IOException e) {
      LOG.debug("giving up a connection failed", e);
    }
  }

  void lose(String reason) {
    if (lossReason.compareAndSet(null, reason)) {
      outbox.abandon();
      security.onLost(reason);
      receiver.onLost(this, reason);
    }
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // The lock of DiSNI's is taken inside.
  public void close() throws IOException, InterruptedException {
    closing.lock();
    try {
      if (!isClosed) {
        isClosed = true;
        lose("closed here");
        if (!uses.end(QUIET_MAX)) {
          // Rather a leak than a queue pair that goes away under a thread that posts to it.
          LOG.error("{}: a thread does not leave; its connection is not freed", this);
          return;
        }
        super.close();
        if (buffers != null) {
          super.deregisterMemory(buffers.region());
        }
      }
    } finally {
      closing.unlock();
    }
  }

  /// DaRPC deregisters on close what was never registered here.
  @Override
  public void deregisterMemory(@Nullable IbvMr region) throws IOException {
    if (region != null) {
      super.deregisterMemory(region);
    }
  }
}

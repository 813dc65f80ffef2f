package io.kogluktualuk.rdma.transport.rpc;

import com.ibm.darpc.DaRPCEndpoint;
import com.ibm.darpc.DaRPCMessage;
import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.rdma.provider.Verbs;
import io.kogluktualuk.rdma.transport.credit.SendWindow;
import io.kogluktualuk.rdma.transport.credit.TakenCount;
import io.kogluktualuk.rdma.verbs.ConnectionEvents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One end of a control connection: a DaRPC endpoint with credits, heartbeats and a notion of loss.
///
/// DaRPC's own client and server endpoints are not used: they poll in the caller's thread, wait
/// without limit, and never fail a call whose connection is gone.
///
/// **Threading:** any thread sends. Messages arrive on the group's completion thread, connection
/// events on DiSNI's; neither is ever blocked here.
/// **Ownership:** closed by the group's owner, after [Receiver#onLost].
final class RpcEndpoint extends DaRPCEndpoint<Frame, Frame> {

  /// Messages that take credits and are on their way at one time, per direction. The receiver
  /// copies each out at once, so this bounds memory, not calls in progress.
  static final int WINDOW = 12;

  /// RECVs beyond the window: for two returns of credits, a ping and a pong.
  static final int RESERVE = 4;

  static final int DEPTH = WINDOW + RESERVE;

  private static final Logger LOG = LoggerFactory.getLogger(RpcEndpoint.class);

  /// Answers wait this long for credits; a peer that takes nothing for so long is given up.
  private static final Duration SLOW_PEER = Duration.ofSeconds(10);

  /// Who handles what arrives.
  interface Receiver {
    /// Must not block.
    void onFrame(RpcEndpoint from, int ticket, Frame frame);

    /// Called once, on any thread, possibly with the endpoint's monitor held. Must not block.
    void onLost(RpcEndpoint endpoint, String reason);
  }

  private final Receiver receiver;
  private final ArrayBlockingQueue<MessageBuffers.Outgoing> free = new ArrayBlockingQueue<>(DEPTH);
  private final SendWindow window = new SendWindow(WINDOW);
  private final TakenCount taken = new TakenCount(WINDOW);
  private final AtomicInteger controlTickets = new AtomicInteger(-1);
  private final AtomicBoolean isLost = new AtomicBoolean();
  private final ReentrantLock closing = new ReentrantLock();
  private @Nullable MessageBuffers buffers;
  private long owner;
  private boolean isClosed;
  private volatile long lastArrivalNanos = System.nanoTime();
  private volatile long lastPingNanos = lastArrivalNanos;

  RpcEndpoint(RpcGroup group, RdmaCmId id, boolean serverSide, Receiver receiver)
      throws IOException {
    super(group, id, serverSide);
    this.receiver = receiver;
    // DiSNI would let peers read and write the message buffers.
    this.access = IbvMr.IBV_ACCESS_LOCAL_WRITE;
  }

  boolean isLost() {
    return isLost.get();
  }

  /// What the ids of this endpoint's work requests begin with; set before [#init].
  void owner(long workRequests) {
    owner = workRequests;
  }

  long owner() {
    return owner;
  }

  /// Posts all RECVs. DaRPC's own buffers are not used: the ids of its work requests do not tell
  /// endpoints apart.
  @Override
  public void init() throws IOException {
    MessageBuffers made = new MessageBuffers(this, owner, DEPTH, Integer.BYTES + Frame.BYTES_MAX);
    buffers = made;
    for (int i = 0; i < DEPTH; i++) {
      free.add(made.outgoing(i));
      made.postReceive(i);
    }
  }

  @Override
  protected boolean sendMessage(DaRPCMessage message, int ticket) throws IOException {
    MessageBuffers.Outgoing next = free.poll();
    if (next == null) {
      return false;
    }
    next.bytes.clear().putInt(ticket);
    int written = message.write(next.bytes);
    assert written == next.bytes.position() - Integer.BYTES;
    next.post();
    return true;
  }

  /// Sends a message that takes a credit; false when none came before the deadline.
  ///
  /// @throws IOException when the connection is gone
  boolean send(Frame frame, int ticket, Deadline deadline)
      throws IOException, InterruptedException {
    if (!window.acquire(deadline)) {
      return false;
    }
    checkAlive();
    // With a credit in hand a send buffer is free, or its completion is about to be seen.
    while (!sendMessage(new CountedFrame(frame, taken), ticket)) {
      if (deadline.hasPassed()) {
        window.release();
        return false;
      }
      checkAlive();
      LockSupport.parkNanos(10_000);
    }
    return true;
  }

  private void checkAlive() throws IOException {
    if (isLost.get()) {
      window.release();
      throw new IOException("the connection is lost");
    }
  }

  /// Sends an answer, or gives the connection up.
  void answer(Frame frame, int ticket) {
    try {
      if (!send(frame, ticket, Deadline.after(SLOW_PEER))) {
        lose("the peer takes no messages");
      }
    } catch (IOException e) {
      LOG.debug("an answer was dropped: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Sends a message that takes no credit, if there is a buffer for it now.
  private void sendControl(Frame.Kind kind) {
    try {
      int ticket = controlTickets.getAndUpdate(t -> t == Integer.MIN_VALUE ? -1 : t - 1);
      boolean isSent = sendMessage(new CountedFrame(Frame.control(kind), taken), ticket);
      LOG.trace("{} sent: {}", kind, isSent);
    } catch (IOException e) {
      lose("cannot send: " + e.getMessage());
    }
  }

  @Override
  public void dispatchReceive(ByteBuffer buffer, int ticket, int index) throws IOException {
    int takenThere = Frame.taken(buffer);
    Frame frame;
    try {
      frame = Frame.read(buffer);
    } catch (MalformedEncoding e) {
      lose("the peer does not speak this protocol: " + e.getMessage());
      return;
    }
    Objects.requireNonNull(buffers).postReceive(index);
    lastArrivalNanos = System.nanoTime();
    if (frame.kind().takesCredit()) {
      taken.onTaken();
    }
    window.onTaken(takenThere);
    switch (frame.kind()) {
      case REQUEST, RESPONSE, FAULT -> receiver.onFrame(this, ticket, frame);
      case PING -> sendControl(Frame.Kind.PONG);
      case PONG, CREDIT -> LOG.trace("{} received", frame.kind());
    }
    if (taken.isDue()) {
      sendControl(Frame.Kind.CREDIT);
    }
  }

  @Override
  public void dispatchSend(int index) {
    free.add(Objects.requireNonNull(buffers).outgoing(index));
  }

  @Override
  public void dispatchCqEvent(IbvWC completion) throws IOException {
    if (completion.getStatus() != 0) {
      lose("a message failed with completion status " + completion.getStatus());
    } else if (!isLost.get()) {
      dispatch(completion.getWr_id());
    }
  }

  private void dispatch(long workRequest) throws IOException {
    int index = MessageBuffers.indexOf(workRequest);
    if (MessageBuffers.isSend(workRequest)) {
      dispatchSend(index);
    } else {
      ByteBuffer message = Objects.requireNonNull(buffers).received(index).clear();
      dispatchReceive(message, message.getInt(), index);
    }
  }

  @Override
  public synchronized void dispatchCmEvent(RdmaCmEvent event) throws IOException {
    super.dispatchCmEvent(ConnectionEvents.understood(event));
    if (ConnectionEvents.isEnd(event)) {
      lose(Verbs.failureOf(getIdPriv()));
    }
  }

  /// Asks an idle peer for a sign of life, and gives it up when none comes.
  void checkHeartbeat(long pingAfterNanos, long loseAfterNanos) {
    long now = System.nanoTime();
    long silence = now - lastArrivalNanos;
    if (silence > loseAfterNanos) {
      lose("no sign of life for " + Duration.ofNanos(silence).toMillis() + " ms");
    } else if (silence > pingAfterNanos && now - lastPingNanos > pingAfterNanos) {
      lastPingNanos = now;
      sendControl(Frame.Kind.PING);
    }
  }

  /// A call begins after a pause: silence counts from now.
  void onBusy() {
    long now = System.nanoTime();
    lastArrivalNanos = now;
  }

  void lose(String reason) {
    if (isLost.compareAndSet(false, true)) {
      // Wakes all who wait for credits; each finds the loss and passes its credit on.
      window.release();
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

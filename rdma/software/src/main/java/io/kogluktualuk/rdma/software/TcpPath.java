package io.kogluktualuk.rdma.software;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The data path over a TCP connection: the socket's watcher, and the lock around everything.
///
/// Whoever posts a request writes it to the socket at once, if the socket takes it; the loop's
/// thread reads, answers the peer's requests out of registered memory, and writes what did not
/// fit. A peer that is not heard of for the silence timeout is dead, whether it is busy or idle: a
/// heartbeat goes out when nothing else has.
///
/// **Threading:** any thread; one lock, that of the posted RECVs, taken before a completion
/// queue's.
/// **Bound:** each turn reads and writes about [#TURN_BYTES], so that one connection does not hold
/// up the others of its loop. **Ownership:** the socket and its native memory, from [#begin] on.
final class TcpPath implements DataPath, StreamSocket.Watcher, Wire.Successor {

  private static final Logger LOG = LoggerFactory.getLogger(TcpPath.class);
  private static final long TURN_BYTES = 1 << 20;
  private static final int BEATS = 6;

  /// Polls in a row until the poller has the socket to itself, and how soon the loop takes it back
  /// when they end.
  private static final int POLLS = 8;

  private static final long POLLED_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /// With more queue pairs at a completion queue its poller leaves the sockets to the loop: a
  /// system call for each would be too much.
  private static final int POLLED_QUEUE_PAIRS_MAX = 4;

  /// How long a peer may take to close its end after this side has said goodbye.
  private static final long LINGER_MILLIS = 2_000;

  /// Who is told how the connection ends. Called on the loop's thread, without a lock, once.
  interface Owner {
    void onGoodbye();

    void onLost(String reason);
  }

  private enum State {
    /// The socket still belongs to the handshake.
    WAITING,
    OPEN,
    /// Goodbye is being said; what arrives is dropped.
    LEAVING,
    CLOSED
  }

  private final SoftwareQueuePair queuePair;
  private final PostedReceives receives;
  private final Owner owner;
  private final ReentrantLock lock;
  private final long beatNanos;
  private final Arena arena = Arena.ofShared();
  private final Outbox outbox = new Outbox(arena);
  private final Requester requester;
  private final Responder responder;
  private final Inbox inbox;
  private State state = State.WAITING;
  private byte[] prelude = new byte[0];
  private @Nullable StreamSocket socket;
  private int advertised;
  private @Nullable IOException writeFailure;
  private boolean isAckWanted;
  private boolean isGoodbyeSaid;
  private boolean isFlushed;
  private boolean isEnded;
  private boolean hasHeard;
  private boolean hasSaid;
  private int silentBeats;

  /// Own requests are not answered: polling reads.
  private volatile boolean isAwaiting;

  private int polls;
  private int pollsSeen;
  private boolean isPolled;

  /// More is to be written when the socket takes it.
  private boolean isWriteDue;

  TcpPath(
      SoftwareQueuePair queuePair,
      RegionTable regions,
      int rnrRetries,
      Duration silenceMax,
      Owner owner) {
    this.queuePair = queuePair;
    this.receives = queuePair.receives();
    this.lock = receives.lock;
    this.owner = owner;
    this.beatNanos = silenceMax.toNanos() / BEATS;
    this.requester = new Requester(queuePair, rnrRetries, arena);
    this.responder = new Responder(queuePair, regions);
    this.inbox = new Inbox(requester, responder, this, arena);
  }

  /// What the handshake has left to say, before the first frame. Called before [#begin].
  void prelude(byte[] bytes) {
    prelude = bytes;
  }

  @Override
  public void begin(StreamSocket newSocket, ByteBuffer received) {
    lock.lock();
    try {
      if (state != State.WAITING) {
        newSocket.close();
        return;
      }
      state = State.OPEN;
      socket = newSocket;
      sayPrelude(newSocket);
      inbox.take(received);
      afterReading(Inbox.Outcome.DRAINED);
      newSocket.watch(true, !outbox.isEmpty());
    } catch (IOException | MalformedEncoding e) {
      lose(e);
    } finally {
      unlock();
    }
    newSocket.loop().schedule(beatNanos, TimeUnit.NANOSECONDS, this::beat);
  }

  /// A few hundred bytes into an empty socket.
  private void sayPrelude(StreamSocket to) throws IOException {
    if (prelude.length > 0) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(prelude.length).put(prelude).flip();
      if (to.write(bytes) < bytes.capacity()) {
        throw new IOException("a new connection takes no bytes");
      }
    }
  }

  @Override
  public void send(SendRequest[] requests) throws IOException {
    lock.lock();
    try {
      for (SendRequest request : requests) {
        post(request);
      }
    } finally {
      pump();
      unlock();
    }
  }

  private void post(SendRequest request) throws IOException {
    SendRing ring = queuePair.sends();
    ring.admit(request);
    if (queuePair.isFailed()) {
      ring.complete(request, Status.WR_FLUSH_ERR);
      return;
    }
    SendRequest kept = ring.add(request);
    assert kept.id == request.id;
    if (queuePair.isPeerGone() || isEnded) {
      requester.onPeerGone();
    }
  }

  @Override
  public void receive(ReceiveRequest[] requests) throws IOException {
    lock.lock();
    try {
      for (ReceiveRequest request : requests) {
        receives.post(request);
      }
    } finally {
      if (isCreditDue()) {
        isAckWanted = true;
        pump();
      }
      unlock();
    }
  }

  /// Whether the peer has used up half of the RECVs that it knows of, and there are more.
  private boolean isCreditDue() {
    int posted = (int) receives.posted();
    int taken = (int) receives.filled();
    return posted != advertised && advertised - taken <= (posted - taken) / 2;
  }

  void wantAck() {
    isAckWanted = true;
  }

  /// Whether answers to own requests are of no interest any more.
  boolean isDropping() {
    return isFlushed || isEnded || state != State.OPEN;
  }

  /// Writes the head of a frame with the counts of now.
  void putHead(long at, int type, int flags, int key, long address, int length, int immediate) {
    advertised = (int) receives.posted();
    isAckWanted = false;
    Frame.put(
        outbox.heads(),
        at,
        type,
        flags,
        advertised,
        responder.executed(),
        key,
        address,
        length,
        immediate);
  }

  /// Says what can be said now. Under the lock.
  private void pump() {
    StreamSocket to = socket;
    if (to == null || state == State.CLOSED || writeFailure != null) {
      return;
    }
    try {
      long left = TURN_BYTES;
      boolean isFull = false;
      while (left > 0 && !isFull && (!outbox.isEmpty() || fill())) {
        long written = outbox.write(to);
        left -= written;
        hasSaid = true;
        isFull = !outbox.isEmpty();
      }
      if (!isDropping()) {
        requester.complete();
      }
      isWriteDue = isFull || left <= 0;
      to.watch(!isPolled, isWriteDue);
      if (isGoodbyeSaid && outbox.isEmpty()) {
        to.shutdownOutput();
      }
    } catch (IOException e) {
      // What the peer said last may still be there to be read: a goodbye, most likely.
      writeFailure = e;
      isWriteDue = false;
      to.watch(!isPolled, false);
      to.loop().execute(this::onReadable);
    }
  }

  private boolean fill() {
    if (state == State.LEAVING) {
      return fillGoodbye();
    }
    boolean hasAny = false;
    boolean hasMore = true;
    while (hasMore && outbox.hasRoom()) {
      // One frame of each role in turn.
      hasMore = responder.fill(outbox, this);
      if (outbox.hasRoom() && !isDropping()) {
        hasMore |= requester.fill(outbox, this);
      }
      hasAny |= hasMore;
    }
    if (!hasAny && isAckWanted) {
      putHead(outbox.addHead(Frame.HEADER_BYTES), Frame.ACK, 0, 0, 0, 0, 0);
      hasAny = true;
    }
    return hasAny;
  }

  private boolean fillGoodbye() {
    if (isGoodbyeSaid) {
      return false;
    }
    isGoodbyeSaid = true;
    putHead(outbox.addHead(Frame.HEADER_BYTES), Frame.GOODBYE, 0, 0, 0, 0, 0);
    return true;
  }

  @Override
  public void onFailed(String reason) {
    lock.lock();
    try {
      end(reason, false);
    } finally {
      unlock();
    }
  }

  @Override
  public void onWritable() {
    lock.lock();
    try {
      pump();
    } finally {
      unlock();
    }
  }

  @Override
  public void onReadable() {
    lock.lock();
    try {
      read();
    } finally {
      unlock();
    }
  }

  private void read() {
    StreamSocket from = socket;
    if (from == null || state == State.CLOSED) {
      return;
    }
    try {
      long before = inbox.bytes();
      Inbox.Outcome outcome = inbox.turn(from, TURN_BYTES);
      if (inbox.bytes() != before) {
        hasHeard = true;
      } else if (outcome == Inbox.Outcome.DRAINED && writeFailure == null) {
        return;
      }
      afterReading(outcome);
    } catch (IOException | MalformedEncoding e) {
      lose(e);
    }
  }

  private void afterReading(Inbox.Outcome outcome) {
    if (!isDropping()) {
      requester.complete();
    }
    if (inbox.isGoodbyeHeard()) {
      end("the peer disconnected", true);
    } else if (outcome == Inbox.Outcome.END) {
      end("the peer closed the connection", false);
    } else if (writeFailure != null && outcome == Inbox.Outcome.DRAINED) {
      lose(writeFailure);
    } else {
      isAckWanted |= isCreditDue();
      pump();
    }
  }

  private void lose(Exception e) {
    String reason =
        e instanceof MalformedEncoding
            ? "the peer does not speak this protocol: " + e.getMessage()
            : "connection failed: " + e.getMessage();
    end(reason, false);
  }

  /// The socket has come to its end.
  private void end(String reason, boolean isOrderly) {
    boolean isNews = state == State.OPEN;
    boolean wasOpen = state != State.CLOSED;
    state = State.CLOSED;
    StreamSocket last = socket;
    if (last == null || !wasOpen) {
      return;
    }
    outbox.blank();
    responder.end();
    inbox.dropAnswers();
    if (isNews) {
      last.loop()
          .execute(
              () -> {
                if (isOrderly) {
                  owner.onGoodbye();
                } else {
                  owner.onLost(reason);
                }
              });
    }
    last.close();
  }

  /// Ends the connection in order: the peer is told, and what is not said is not said any more.
  void leave() {
    lock.lock();
    try {
      if (state == State.WAITING) {
        state = State.CLOSED;
        return;
      }
      if (state != State.OPEN || socket == null) {
        return;
      }
      state = State.LEAVING;
      rearm();
      outbox.blank();
      responder.end();
      inbox.dropAnswers();
      StreamSocket leaving = socket;
      leaving.loop().schedule(LINGER_MILLIS, TimeUnit.MILLISECONDS, this::closeNow);
      pump();
    } finally {
      unlock();
    }
  }

  private void closeNow() {
    lock.lock();
    try {
      end("closed here", true);
    } finally {
      unlock();
    }
  }

  private void beat() {
    StreamSocket current;
    lock.lock();
    try {
      current = state == State.OPEN ? socket : null;
      if (current == null) {
        return;
      }
      silentBeats = hasHeard ? 0 : silentBeats + 1;
      hasHeard = false;
      if (silentBeats >= BEATS) {
        long millis = TimeUnit.NANOSECONDS.toMillis(beatNanos * BEATS);
        end("nothing was heard of the peer for " + millis + " ms", false);
        return;
      }
      if (!hasSaid) {
        isAckWanted = true;
        pump();
      }
      hasSaid = false;
    } finally {
      unlock();
    }
    current.loop().schedule(beatNanos, TimeUnit.NANOSECONDS, this::beat);
  }

  /// Has [#pump] called after a while. Under the lock.
  void lookAgain(long delay, TimeUnit unit) {
    if (socket != null) {
      socket.loop().schedule(delay, unit, this::onWritable);
    }
  }

  @Override
  public void progress() {
    boolean isReading =
        isAwaiting && queuePair.sendCompletions().queuePairs() <= POLLED_QUEUE_PAIRS_MAX;
    if ((isReading || receives.canComplete()) && lock.tryLock()) {
      try {
        receives.complete();
        if (isReading) {
          poll();
        }
      } finally {
        unlock();
      }
    }
  }

  private void poll() {
    polls++;
    StreamSocket polled = socket;
    if (!isPolled && polls - pollsSeen >= POLLS && polled != null && state == State.OPEN) {
      isPolled = true;
      polled.watch(false, isWriteDue);
      pollsSeen = polls;
      polled.loop().schedule(POLLED_NANOS, TimeUnit.NANOSECONDS, this::takeBack);
    }
    read();
  }

  /// The loop reads again if nobody has polled meanwhile. On the loop's thread.
  private void takeBack() {
    lock.lock();
    try {
      if (!isPolled || socket == null) {
        return;
      }
      if (pollsSeen != polls) {
        pollsSeen = polls;
        socket.loop().schedule(POLLED_NANOS, TimeUnit.NANOSECONDS, this::takeBack);
      } else {
        rearm();
      }
    } finally {
      unlock();
    }
  }

  private void rearm() {
    pollsSeen = polls;
    if (isPolled && socket != null && state != State.CLOSED) {
      isPolled = false;
      socket.watch(true, isWriteDue);
    }
  }

  @Override
  public boolean hasWork() {
    return receives.canComplete();
  }

  @Override
  public boolean prepareToSleep() {
    lock.lock();
    try {
      rearm();
    } finally {
      unlock();
    }
    return false;
  }

  @Override
  public void onStateChange() {
    lock.lock();
    try {
      if (queuePair.isPeerGone()) {
        requester.onPeerGone();
      }
    } finally {
      unlock();
    }
  }

  /// Sees to it that a queue pair that has failed meanwhile is flushed.
  private void unlock() {
    try {
      if (queuePair.isFailed() && !isFlushed) {
        isFlushed = true;
        outbox.blank();
        inbox.dropAnswers();
        requester.flush();
        receives.flush();
      }
      isAwaiting = !queuePair.sends().isEmpty();
      if (state == State.CLOSED && isEnded && arena.scope().isAlive() && lock.getHoldCount() == 1) {
        arena.close();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void end() {
    lock.lock();
    try {
      isEnded = true;
      outbox.blank();
      inbox.dropAnswers();
      responder.end();
      requester.flush();
      if (state == State.WAITING) {
        state = State.CLOSED;
      }
      LOG.trace("queue pair {}: its TCP path has ended", queuePair.number());
    } finally {
      unlock();
    }
  }
}

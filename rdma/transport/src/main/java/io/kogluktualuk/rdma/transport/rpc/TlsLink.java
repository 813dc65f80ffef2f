package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.rpc.Caller;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// TLS between the entries of one connection and its messages.
///
/// The handshake comes before anything else, in messages of its own: they take no credits,
/// because each side has a RECV posted for each of the [#MESSAGES_MAX] that the other may send.
/// Its last message is the server's first data, one byte: [#WELCOME], or [#UNWELCOME] and a
/// reason. Only then does the client send, so the server has looked at its certificate before
/// anything of it is read. From then on each message carries records of TLS instead of entries.
///
/// ```
/// client                                     server
///   ClientHello                   ──────►
///                                 ◄──────    ServerHello … Certificate, Finished
///   Certificate, Finished         ──────►
///                                 ◄──────    (ticket, unused), WELCOME
///   entries                       ◄─────►    entries
/// ```
///
/// A first message that is no record comes from a peer without TLS: it begins with the high byte
/// of a small ticket, 0, and a record with 22. A server answers it in the clear that it is
/// refused.
///
/// **Threading:** the handshake's work is done on a virtual thread, one at a time; messages come
/// on the completion thread, which does not wait for it. Sealing: one thread at a time.
/// **Bound:** [#BYTES_MAX] from a peer that has not proven who it is.
final class TlsLink {

  static final int MESSAGES_MAX = 4;
  static final int BYTES_MAX = 64 * 1024;
  static final byte WELCOME = 1;
  static final byte UNWELCOME = 0;

  private static final int REASON_BYTES_MAX = 512;
  private static final byte HANDSHAKE_RECORD = 22;

  /// A connection's messages for the handshake.
  interface Wire {
    /// Room for the message that is sent as the n-th of the handshake.
    ByteBuffer message(int number);

    /// Sends it, from 0 to its position.
    void post(int number) throws IOException;

    void lose(String reason);

    /// The handshake is over, in whatever way.
    void shaken();
  }

  private enum Phase {
    /// The handshake's thread owns the engine.
    SHAKING,
    /// The client waits for [#WELCOME]; the completion thread opens.
    AWAITING,
    READY,
    /// Nothing more is taken.
    OVER
  }

  private final TlsEngine engine;
  private final RpcSecurity.Tls security;
  private final boolean isServer;
  private final Wire wire;
  private final HalfOpen halfOpen;
  private final ReentrantLock lock = new ReentrantLock();
  private final HandshakeInbox inbox = new HandshakeInbox();
  private final CountDownLatch settled = new CountDownLatch(1);
  private volatile @Nullable InetSocketAddress called;
  private volatile Phase phase = Phase.SHAKING;
  private volatile Caller caller = Caller.UNPROVEN;
  private volatile @Nullable String refusal;
  private long begunNanos;
  private boolean hasLeft;
  private int sent;

  TlsLink(RpcSecurity.Tls security, boolean isServer, Wire wire, HalfOpen halfOpen) {
    this.engine = new TlsEngine(security, isServer);
    this.security = security;
    this.isServer = isServer;
    this.wire = wire;
    this.halfOpen = halfOpen;
  }

  boolean isReady() {
    return phase == Phase.READY;
  }

  Caller caller() {
    return caller;
  }

  /// Why one side does not want the other; null when that is not what has happened.
  @Nullable String refusal() {
    return refusal;
  }

  /// Begins the handshake; the client does.
  void start(InetSocketAddress server) {
    called = server;
    drive();
  }

  /// Waits for its end; false when the time is over. Lost connections have ended, too.
  boolean await(long nanos) throws InterruptedException {
    return settled.await(nanos, TimeUnit.NANOSECONDS);
  }

  /// Replaces a message's entries by records.
  void seal(ByteBuffer message) throws SSLException {
    engine.seal(message);
  }

  /// Takes a message on the completion thread.
  ///
  /// @return whether `plain` has entries now
  boolean take(ByteBuffer message, ByteBuffer plain) {
    return switch (phase) {
      case SHAKING -> {
        takeShaking(message);
        yield false;
      }
      case AWAITING -> {
        takeWelcome(message, plain);
        yield false;
      }
      case READY -> opened(message, plain);
      case OVER -> false;
    };
  }

  private boolean opened(ByteBuffer message, ByteBuffer plain) {
    try {
      engine.open(message, plain);
      return plain.position() > 0;
    } catch (SSLException | RuntimeException e) {
      wire.lose("a message cannot be opened: " + e.getMessage());
      return false;
    }
  }

  private void takeShaking(ByteBuffer message) {
    if (inbox.bytes() == 0 && message.get(0) != HANDSHAKE_RECORD) {
      refusePlain(message);
    } else if (inbox.add(message)) {
      drive();
    } else {
      refuse("it sent " + inbox.bytes() + " bytes before it has proven who it is");
    }
  }

  /// Has the handshake go on, unless it does.
  private void drive() {
    if (inbox.takeTurn()) {
      if (begunNanos == 0) {
        begunNanos = System.nanoTime();
      }
      Thread.startVirtualThread(this::shake);
    }
  }

  private void takeWelcome(ByteBuffer message, ByteBuffer plain) {
    try {
      engine.open(message, plain);
    } catch (SSLException | RuntimeException e) {
      refuse(reasonOf(e));
      return;
    }
    plain.flip();
    if (!plain.hasRemaining()) {
      return;
    }
    if (plain.get() == WELCOME && !plain.hasRemaining()) {
      settle();
      return;
    }
    byte[] reason = new byte[Math.min(plain.remaining(), REASON_BYTES_MAX)];
    plain.get(reason);
    refuse("the server refuses this side: " + new String(reason, StandardCharsets.UTF_8));
  }

  /// The handshake's thread: goes on until it needs a message that is not there.
  private void shake() {
    try {
      engine.begin();
      while (phase == Phase.SHAKING && step()) {
        assert sent <= MESSAGES_MAX;
      }
    } catch (SSLException | CertificateException | RuntimeException e) {
      fail(e);
    } catch (Error e) {
      refuse("the handshake failed here: " + e);
      throw e;
    }
  }

  /// Whether there may be another step.
  private boolean step() throws SSLException, CertificateException {
    switch (engine.status()) {
      case NEED_TASK -> engine.runTasks();
      case NEED_WRAP -> engine.say();
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
        sendSaid();
        return hear();
      }
      case NOT_HANDSHAKING, FINISHED -> finish();
    }
    return true;
  }

  private boolean hear() throws SSLException {
    ByteBuffer next = inbox.next();
    if (next == null) {
      return false;
    }
    engine.hear(next, ByteBuffer.allocate(Frame.BYTES_MAX));
    return true;
  }

  private void finish() throws SSLException, CertificateException {
    checkNothingIsLeft();
    if (!isServer) {
      caller = security.check().check(engine.peer(), called);
      enter(Phase.AWAITING);
      sendSaid();
      return;
    }
    try {
      caller = security.check().check(engine.peer(), null);
    } catch (CertificateException e) {
      byte[] reason = String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8);
      ByteBuffer text = ByteBuffer.allocate(REASON_BYTES_MAX).put(UNWELCOME);
      engine.say(text.put(reason, 0, Math.min(reason.length, text.remaining())).flip());
      refusal = String.valueOf(e.getMessage());
      enter(Phase.OVER);
      leave();
      sendSaid();
      return;
    }
    engine.say(ByteBuffer.wrap(new byte[] {WELCOME}));
    // Before the client can answer: its next message has entries.
    settle();
    sendSaid();
  }

  /// The other side has said its last: it waits for this one now.
  private void checkNothingIsLeft() throws SSLException {
    if (!inbox.isEmpty()) {
      throw new SSLException("bytes follow the end of the handshake");
    }
  }

  private void settle() {
    enter(Phase.READY);
    halfOpen.proven(begunNanos);
    leave();
    settled.countDown();
  }

  /// Nothing brings back what is over.
  private void enter(Phase next) {
    lock.lock();
    try {
      if (phase != Phase.OVER) {
        phase = next;
      }
    } finally {
      lock.unlock();
    }
  }

  private void sendSaid() throws SSLException {
    if (!engine.hasSaid()) {
      return;
    }
    if (sent == MESSAGES_MAX) {
      throw new SSLException("the handshake takes more than " + MESSAGES_MAX + " messages");
    }
    engine.moveTo(wire.message(sent));
    post(sent++);
  }

  private void post(int number) {
    try {
      wire.post(number);
    } catch (IOException | RuntimeException e) {
      wire.lose("cannot send: " + e.getMessage());
    }
  }

  /// Tells the other side, by an alert, that this one does not go on.
  private void fail(Exception e) {
    refusal = reasonOf(e);
    enter(Phase.OVER);
    leave();
    try {
      // What was to come before the fault stays here.
      engine.unsay();
      engine.say();
      if (engine.hasSaid() && sent < MESSAGES_MAX) {
        sendSaid();
        return;
      }
    } catch (SSLException | RuntimeException again) {
      e.addSuppressed(again);
    }
    refuse(reasonOf(e));
  }

  private String reasonOf(Exception e) {
    String text = String.valueOf(e.getMessage());
    return text.contains("Received fatal alert")
        ? "the " + (isServer ? "client" : "server") + " refuses this side's certificate: " + text
        : text;
  }

  private void refuse(String reason) {
    refusal = reason;
    enter(Phase.OVER);
    wire.lose(reason);
  }

  /// The other side has no TLS.
  private void refusePlain(ByteBuffer message) {
    enter(Phase.OVER);
    if (!isServer || sent > 0) {
      refuse("the server speaks without TLS, this side is configured with it");
      return;
    }
    refusal = "the client speaks without TLS, this server is configured with it";
    ByteBuffer answer = wire.message(sent);
    int ticket = message.remaining() < Integer.BYTES ? 0 : message.getInt(0);
    short series = message.remaining() < 11 ? 0 : message.getShort(9);
    byte[] text =
        ("the server takes TLS connections only, this client has no identity"
                + " (kog: --identity DIR; in a URL: identity=DIR)")
            .getBytes(StandardCharsets.UTF_8);
    Frame fault =
        new Frame()
            .of(Frame.FAULT, series, new Refused("").tag(), 0)
            .carrying(text, 0, text.length);
    leave();
    answer.clear().putInt(ticket);
    int written = fault.write(answer);
    assert written == fault.bytes() - Integer.BYTES;
    post(sent++);
  }

  /// The connection is over, for whatever reason.
  void onLost(String reason) {
    enter(Phase.OVER);
    String why = refusal;
    if (settled.getCount() > 0) {
      halfOpen.refused(isServer ? "server" : "client", why == null ? reason : why);
    }
    leave();
    settled.countDown();
  }

  private void leave() {
    lock.lock();
    try {
      if (!hasLeft) {
        hasLeft = true;
        wire.shaken();
      }
    } finally {
      lock.unlock();
    }
  }
}

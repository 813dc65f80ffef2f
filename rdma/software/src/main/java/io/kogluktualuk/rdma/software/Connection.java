package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.rdma.verbs.FileMapping;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection, from the handshake to its end, on either side.
///
/// ```
/// active                          passive
///   connect ── Hello ──────────────►  CONNECT_REQUEST
///                                     accept
///   ESTABLISHED ◄────────── Accept ── ESTABLISHED
///        (or REJECTED ◄──── Reject)
/// ```
///
/// Over shared memory the socket stays open for region queries, and its end tells the death of the
/// peer. Over TCP the [TcpPath] takes it over.
///
/// **Threading:** messages arrive on the loop's thread; calls come from any.
final class Connection implements Wire.Listener, TcpPath.Owner {

  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  private enum State {
    CONNECTING,
    SAID_HELLO,
    REQUESTED,
    ESTABLISHED,
    ENDED
  }

  private final Host host;
  private final SoftwareCmId id;
  private final int rnrRetries;
  private @Nullable Wire wire;
  private @Nullable Link link;
  private long linkNonce;
  private CmMessage.@Nullable Hello hello;
  private String reason = "";
  private @Nullable SharedPath shared;
  private @Nullable TcpPath tcp;
  private State state;

  private Connection(Host host, SoftwareCmId id, int rnrRetries, State state) {
    this.host = host;
    this.id = id;
    this.rnrRetries = rnrRetries;
    this.state = state;
  }

  /// Begins to connect an id with its queue pair; the id's events tell the outcome.
  static void connect(Host host, SoftwareCmId id, int rnrRetries) throws IOException {
    Connection connection = new Connection(host, id, rnrRetries, State.CONNECTING);
    connection.begin();
  }

  private synchronized void begin() throws IOException {
    if (host.settings().paths() != PathChoice.TCP) {
      linkNonce = host.nonce();
      link = Link.create(linkNonce);
    }
    InetSocketAddress target = id.target();
    try {
      wire = Wire.connect(host.loops().of(target), target, this);
    } catch (IOException | RuntimeException e) {
      dropLink();
      throw e;
    }
    if (!id.connection(this)) {
      wire.close("destroyed while connecting");
    }
    int millis = id.timeoutMillis() > 0 ? id.timeoutMillis() : handshakeMillis();
    wire.schedule(millis, TimeUnit.MILLISECONDS, this::onTimeout);
  }

  private int handshakeMillis() {
    return (int) host.settings().handshakeTimeout().toMillis();
  }

  /// The passive side of an announced connection: not accepted yet.
  static void requested(
      Host host, SoftwareCmId id, Wire wire, CmMessage.Hello hello, Meeting meeting) {
    Connection connection = new Connection(host, id, 0, State.REQUESTED);
    synchronized (connection) {
      connection.wire = wire;
      connection.hello = hello;
      connection.link = meeting.link();
      connection.reason = meeting.reason();
    }
    wire.listen(connection);
    id.connection(connection);
  }

  @Override
  public void onConnected() {
    Wire to;
    CmMessage.Hello greeting;
    synchronized (this) {
      SoftwareQueuePair queuePair = id.queuePair();
      if (state != State.CONNECTING || wire == null || queuePair == null) {
        return;
      }
      state = State.SAID_HELLO;
      to = wire;
      greeting =
          new CmMessage.Hello(
              host.kernel(),
              host.process(),
              queuePair.number(),
              host.settings().paths(),
              new CmMessage.Memory(link == null ? "" : link.token(), linkNonce),
              doorbellOf(queuePair));
    }
    to.send(greeting);
  }

  private static CmMessage.Memory doorbellOf(SoftwareQueuePair queuePair) {
    Doorbell doorbell = queuePair.doorbell();
    return doorbell == null
        ? new CmMessage.Memory("", 0)
        : new CmMessage.Memory(doorbell.token(), doorbell.nonce());
  }

  private void onTimeout() {
    synchronized (this) {
      if (state == State.ESTABLISHED || state == State.ENDED) {
        return;
      }
    }
    end(EventType.RDMA_CM_EVENT_UNREACHABLE, "no answer in time");
  }

  /// Accepts a requested connection.
  void accept(int retries) throws IOException {
    SoftwareQueuePair queuePair = id.queuePair();
    if (queuePair == null) {
      throw new IOException("a queue pair is needed to accept a connection");
    }
    try {
      establishRequested(queuePair, retries);
    } catch (Refused e) {
      end(EventType.RDMA_CM_EVENT_DISCONNECTED, String.valueOf(e.getMessage()));
      throw new IOException(e);
    }
    id.raise(EventType.RDMA_CM_EVENT_ESTABLISHED);
  }

  private synchronized void establishRequested(SoftwareQueuePair queuePair, int retries)
      throws IOException {
    if (state != State.REQUESTED || hello == null || wire == null) {
      throw new IOException("the connection cannot be accepted, it is " + state);
    }
    Wire to = wire;
    boolean isShared = link != null;
    CmMessage.Accept answer =
        new CmMessage.Accept(
            host.process(), queuePair.number(), isShared, reason, doorbellOf(queuePair));
    if (isShared) {
      share(queuePair, hello.process(), hello.doorbell(), retries);
      to.send(answer);
    } else {
      TcpPath path = attachTcp(queuePair, retries);
      path.prelude(Wire.encode(answer));
      to.execute(() -> handOver(to, path, false));
    }
  }

  private void handOver(Wire from, TcpPath path, boolean isInMessage) {
    if (!from.handOver(path, path, isInMessage)) {
      LOG.debug("a connection has ended before it was up");
    }
  }

  private void share(
      SoftwareQueuePair queuePair, String process, CmMessage.Memory doorbell, int retries) {
    if (link == null || wire == null) {
      throw new Refused("the connection has ended");
    }
    Peer peer = Peer.open(link, wire, process, doorbell, queuePair.isSendRungToo());
    RemoteRegions regions =
        new RemoteRegions(
            peer, host.process(), host.mappings(), host.settings().handshakeTimeout().toNanos());
    try {
      SharedPath path = new SharedPath(queuePair, peer, regions, retries);
      queuePair.attach(path, path::begin);
      shared = path;
    } catch (IllegalStateException e) {
      peer.close();
      link = null;
      throw new Refused("the queue pair was destroyed", e);
    }
    // From here on the queue pair unmaps it.
    link.unlink();
    link = null;
    established(ConnectionPath.Kind.SHARED_MEMORY);
  }

  private TcpPath attachTcp(SoftwareQueuePair queuePair, int retries) {
    dropLink();
    TcpPath path =
        new TcpPath(queuePair, host.regions(), retries, host.settings().silenceTimeout(), this);
    try {
      queuePair.attach(path, () -> {});
    } catch (IllegalStateException e) {
      path.end();
      throw new Refused("the queue pair was destroyed", e);
    }
    tcp = path;
    established(ConnectionPath.Kind.TCP);
    return path;
  }

  private void established(ConnectionPath.Kind kind) {
    state = State.ESTABLISHED;
    id.path(new ConnectionPath(kind, reason));
    host.counts().onOpened(kind);
  }

  @Override
  public void onMessage(CmMessage message) {
    switch (message) {
      case CmMessage.Accept accept -> onAccept(accept);
      case CmMessage.Reject(var why) -> end(EventType.RDMA_CM_EVENT_REJECTED, "rejected: " + why);
      case CmMessage.RegionQuery(var query, var rkey) -> onQuery(query, rkey);
      case CmMessage.FileRegion answer -> onAnswer(answer.query(), answer);
      case CmMessage.PrivateRegion answer -> onAnswer(answer.query(), answer);
      case CmMessage.NoRegion answer -> onAnswer(answer.query(), answer);
      case CmMessage.Ring() -> onRing();
      case CmMessage.Disconnect() -> onDisconnect();
      case CmMessage.Failed() -> onFailed();
      case CmMessage.Hello _ ->
          end(EventType.RDMA_CM_EVENT_CONNECT_ERROR, "the peer said hello again");
    }
  }

  private void onAccept(CmMessage.Accept accept) {
    SoftwareQueuePair queuePair = id.queuePair();
    synchronized (this) {
      if (state != State.SAID_HELLO || queuePair == null || wire == null) {
        return;
      }
      Wire from = wire;
      reason = accept.reason();
      try {
        if (accept.isShared()) {
          share(queuePair, accept.process(), accept.doorbell(), rnrRetries);
        } else if (host.settings().paths() == PathChoice.SHARED) {
          throw new Refused("only shared memory is asked for, but " + reason);
        } else {
          handOver(from, attachTcp(queuePair, rnrRetries), true);
        }
      } catch (Refused e) {
        String why = String.valueOf(e.getMessage());
        from.execute(() -> end(EventType.RDMA_CM_EVENT_CONNECT_ERROR, why));
        return;
      }
    }
    id.raise(EventType.RDMA_CM_EVENT_ESTABLISHED);
  }

  private void onQuery(int query, int rkey) {
    SoftwareQueuePair queuePair = id.queuePair();
    Wire to = wire();
    if (queuePair != null && to != null) {
      to.send(answer(queuePair, query, rkey));
    }
  }

  private CmMessage answer(SoftwareQueuePair queuePair, int query, int rkey) {
    SoftwareRegion region = host.regions().find(rkey);
    SharedPath path = shared();
    Grants grants = path == null ? null : path.grants();
    int remoteRights =
        IbvMr.IBV_ACCESS_REMOTE_READ
            | IbvMr.IBV_ACCESS_REMOTE_WRITE
            | IbvMr.IBV_ACCESS_REMOTE_ATOMIC;
    if (region == null
        || grants == null
        || region.domain() != queuePair.domain()
        || (region.access() & remoteRights) == 0) {
      return new CmMessage.NoRegion(query, Status.REM_ACCESS_ERR);
    }
    Grants.Grant grant = grants.add(rkey);
    if (grant == null) {
      LOG.warn("queue pair {}: its peer uses too many regions", queuePair.number());
      return new CmMessage.NoRegion(query, Status.REM_OP_ERR);
    }
    if (!region.addGrant(grant)) {
      grant.withdraw();
      return new CmMessage.NoRegion(query, Status.REM_ACCESS_ERR);
    }
    return describe(region, query, grant.slot());
  }

  private static CmMessage describe(SoftwareRegion region, int query, int slot) {
    long address = region.getAddr();
    int access = region.access();
    FileMapping file = region.file();
    if (file == null) {
      return new CmMessage.PrivateRegion(query, slot, address, region.getLength(), access);
    }
    return new CmMessage.FileRegion(
        query,
        slot,
        file.file().toString(),
        file.inode(),
        file.offset() + (address - file.segment().address()),
        address,
        region.getLength(),
        access);
  }

  private void onAnswer(int query, CmMessage answer) {
    SharedPath path = shared();
    if (path != null) {
      path.regions().onAnswer(query, answer);
    }
  }

  private void onRing() {
    SoftwareQueuePair queuePair = id.queuePair();
    if (queuePair != null) {
      queuePair.progress();
      Doorbell doorbell = queuePair.doorbell();
      if (doorbell != null) {
        doorbell.wakeHere();
      }
    }
  }

  private void onFailed() {
    SoftwareQueuePair queuePair = id.queuePair();
    if (queuePair != null) {
      queuePair.failNow();
    }
  }

  private void onDisconnect() {
    end(EventType.RDMA_CM_EVENT_DISCONNECTED, "the peer disconnected");
  }

  @Override
  public void onGoodbye() {
    onDisconnect();
  }

  @Override
  public void onLost(String why) {
    EventType type;
    synchronized (this) {
      type =
          switch (state) {
            // No route, no network, no answer of the system: nobody has said no.
            case CONNECTING ->
                why.contains("refused")
                    ? EventType.RDMA_CM_EVENT_REJECTED
                    : EventType.RDMA_CM_EVENT_UNREACHABLE;
            case SAID_HELLO -> EventType.RDMA_CM_EVENT_REJECTED;
            case REQUESTED, ESTABLISHED, ENDED -> EventType.RDMA_CM_EVENT_DISCONNECTED;
          };
    }
    end(type, why);
  }

  /// This side says goodbye.
  void disconnect() {
    SoftwareQueuePair queuePair = id.queuePair();
    Wire to = wire();
    TcpPath path = tcp();
    if (path != null) {
      path.leave();
    } else if (to != null) {
      to.send(isRequested() ? new CmMessage.Reject("given up") : new CmMessage.Disconnect());
      to.closeWhenSent();
    }
    end(EventType.RDMA_CM_EVENT_DISCONNECTED, "disconnected here");
    // Also when the loop's thread has noticed the end before.
    if (queuePair != null) {
      queuePair.failNow();
    }
  }

  private synchronized boolean isRequested() {
    return state == State.REQUESTED;
  }

  /// Ends an established connection or one that never was; true the first time.
  private boolean end(EventType event, String why) {
    boolean wasEstablished;
    synchronized (this) {
      if (state == State.ENDED) {
        return false;
      }
      wasEstablished = state == State.ESTABLISHED;
      state = State.ENDED;
      dropLink();
    }
    id.failure(why);
    SoftwareQueuePair queuePair = id.queuePair();
    if (wasEstablished) {
      countEnd();
      if (queuePair != null) {
        queuePair.onPeerGone();
      }
    }
    Wire to = wire();
    if (to != null && event != EventType.RDMA_CM_EVENT_DISCONNECTED) {
      to.close(why);
    } else if (to != null) {
      to.closeWhenSent();
    }
    id.raise(event);
    return true;
  }

  private void countEnd() {
    ConnectionPath path = id.path();
    if (path != null) {
      host.counts().onClosed(path.kind());
    }
  }

  private synchronized void dropLink() {
    if (link != null) {
      link.unlink();
      link.close();
      link = null;
    }
  }

  /// The id is going away.
  void close() {
    disconnect();
  }

  private synchronized @Nullable TcpPath tcp() {
    return tcp;
  }

  private synchronized @Nullable SharedPath shared() {
    return shared;
  }

  private synchronized @Nullable Wire wire() {
    return wire;
  }

  SocketAddress localAddress() {
    Wire current = wire();
    return current == null ? new InetSocketAddress(0) : current.localAddress();
  }

  SocketAddress remoteAddress() {
    Wire current = wire();
    return current == null ? new InetSocketAddress(0) : current.remoteAddress();
  }
}

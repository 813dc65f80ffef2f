package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvQPInitAttr;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A reliable connected queue pair.
///
/// **Threading:** any thread. Its two queues have a lock each, never held together except while
/// the connection is taken down (send before receive).
final class SoftwareQueuePair extends IbvQP {

  /// What is known about the other end.
  private enum PeerState {
    UNKNOWN,
    CONNECTED,
    /// It said goodbye: posted RECVs stay posted, sends fail.
    DISCONNECTED,
    /// It died: posted RECVs are flushed, sends fail.
    LOST
  }

  private final SoftwareCompletionQueue sendCompletions;
  private final SoftwareCompletionQueue receiveCompletions;
  private final LocalMemory local;
  private final SendQueue sends;
  private final ReceiveQueue receives;
  private final AtomicBoolean isDestroyed = new AtomicBoolean();
  private volatile PeerState peerState = PeerState.UNKNOWN;
  private volatile boolean isFailed;
  private @Nullable Peer peer;
  private @Nullable Grants grants;
  private @Nullable RemoteRegions remote;

  SoftwareQueuePair(
      int number, SoftwareDomain domain, IbvQPInitAttr attributes, RegionTable regions)
      throws IOException {
    super(number);
    this.qp_num = number;
    this.handle = number;
    this.context = domain.getContext();
    this.pd = domain;
    this.qp_type = attributes.getQp_type();
    this.send_cq = attributes.getSend_cq();
    this.recv_cq = attributes.getRecv_cq();
    this.state = IBV_QPS_INIT;
    this.sendCompletions = (SoftwareCompletionQueue) attributes.getSend_cq();
    this.receiveCompletions = (SoftwareCompletionQueue) attributes.getRecv_cq();
    this.local = new LocalMemory(regions, domain);
    int receivesMax = attributes.cap().getMax_recv_wr();
    if (receivesMax > Link.RECV_SLOTS || attributes.cap().getMax_send_wr() < 0) {
      throw new IOException(
          "a queue pair has at most " + Link.RECV_SLOTS + " RECVs, asked for " + receivesMax);
    }
    this.sends =
        new SendQueue(
            this,
            sendCompletions,
            local,
            attributes.cap().getMax_send_wr(),
            attributes.getSq_sig_all() != 0);
    this.receives = new ReceiveQueue(this, receiveCompletions, local, Math.max(1, receivesMax));
    sendCompletions.attach(this);
    receiveCompletions.attach(this);
  }

  int number() {
    return qp_num;
  }

  SendQueue sends() {
    return sends;
  }

  ReceiveQueue receives() {
    return receives;
  }

  /// Where messages to this queue pair should ring, if anybody may sleep for them.
  @Nullable Doorbell doorbell() {
    SoftwareCompletionChannel channel = receiveCompletions.channel();
    return channel == null ? null : channel.doorbell();
  }

  /// How this side learns that a waiting send can go on: see [Link#WAITING].
  int howItWaits() {
    return receiveCompletions.channel() != null
            && receiveCompletions.channel() == sendCompletions.channel()
        ? Peer.WAITS_AT_DOORBELL
        : Peer.WAITS_AT_SOCKET;
  }

  /// The connection is up.
  synchronized void attach(Peer newPeer, Grants newGrants, RemoteRegions regions, int rnrRetries) {
    if (isDestroyed.get()) {
      throw new IllegalStateException("queue pair " + qp_num + " is destroyed");
    }
    peer = newPeer;
    grants = newGrants;
    remote = regions;
    peerState = PeerState.CONNECTED;
    state = IBV_QPS_RTS;
    sends.attach(newPeer, new OneSided(regions, local, newPeer), rnrRetries);
    receives.attach(newPeer);
    tellChannels();
  }

  SoftwareDomain domain() {
    return (SoftwareDomain) pd;
  }

  synchronized @Nullable Grants grants() {
    return grants;
  }

  synchronized @Nullable RemoteRegions remoteRegions() {
    return remote;
  }

  void progress() {
    receives.progress();
    sends.progress();
  }

  boolean hasWork() {
    return receives.hasWork();
  }

  boolean isFailed() {
    return isFailed;
  }

  boolean isPeerLost() {
    return peerState == PeerState.LOST;
  }

  boolean isPeerGone() {
    return peerState == PeerState.DISCONNECTED || peerState == PeerState.LOST;
  }

  /// Puts the queue pair into its error state: everything posted, now or later, is flushed. May be
  /// called with one of the queues' locks held; the queues notice by themselves.
  void fail() {
    if (!isFailed) {
      isFailed = true;
      state = IBV_QPS_ERR;
      tellChannels();
    }
  }

  /// As [#fail], by a thread that holds no lock: flushes now.
  void failNow() {
    fail();
    sends.onStateChange();
    receives.progress();
  }

  void onPeerGone(boolean isOrderly) {
    Grants given;
    RemoteRegions used;
    synchronized (this) {
      if (peerState != PeerState.CONNECTED) {
        return;
      }
      given = grants;
      used = remote;
      // Volatile, read by the queues without this lock.
      peerState = isOrderly ? PeerState.DISCONNECTED : PeerState.LOST;
    }
    if (given != null) {
      given.onPeerGone();
    }
    if (used != null) {
      used.onPeerGone();
    }
    sends.onStateChange();
    receives.progress();
    tellChannels();
  }

  private void tellChannels() {
    SoftwareCompletionChannel first = receiveCompletions.channel();
    SoftwareCompletionChannel second = sendCompletions.channel();
    if (first != null) {
      first.onQueuePairs();
    }
    if (second != null && second != first) {
      second.onQueuePairs();
    }
  }

  /// Ends everything; nothing completes any more.
  void destroy() {
    if (!isDestroyed.compareAndSet(false, true)) {
      return;
    }
    fail();
    sendCompletions.detach(this);
    receiveCompletions.detach(this);
    close();
    Grants given;
    RemoteRegions used;
    Peer last;
    synchronized (this) {
      given = grants;
      used = remote;
      last = peer;
    }
    if (used != null) {
      used.onPeerGone();
    }
    if (given != null) {
      given.close();
    }
    sends.detach(() -> receives.detach(() -> release(used, last)));
    tellChannels();
  }

  private static void release(@Nullable RemoteRegions used, @Nullable Peer last) {
    if (used != null) {
      used.forgetAll();
    }
    if (last != null) {
      last.close();
    }
  }
}

package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvQPInitAttr;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A reliable connected queue pair.
///
/// **Threading:** any thread. Its two queues have a lock each, never held together except while
/// the connection is set up or taken down (send before receive).
final class SoftwareQueuePair extends IbvQP {

  /// The most RECVs that a queue pair may have posted.
  static final int RECEIVES_MAX = 4096;

  /// The most requests that a send queue may have outstanding.
  static final int SENDS_MAX = 1 << 16;

  /// Inline bytes that every queue pair takes, as many as four scatter elements are long.
  private static final int INLINE_BYTES = 64;

  private static final int INLINE_BYTES_MAX = 4096;

  /// What is known about the other end.
  private enum PeerState {
    UNKNOWN,
    CONNECTED,
    /// It said goodbye or died, which an adapter cannot tell apart: sends fail, and posted RECVs
    /// stay posted until one does.
    GONE
  }

  private final SoftwareCompletionQueue sendCompletions;
  private final SoftwareCompletionQueue receiveCompletions;
  private final LocalMemory local;
  private final SendRing sends;
  private final PostedReceives receives;
  private final AtomicBoolean isDestroyed = new AtomicBoolean();
  private volatile PeerState peerState = PeerState.UNKNOWN;
  private volatile boolean isFailed;
  private volatile @Nullable DataPath path;

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
    int sendsMax = attributes.cap().getMax_send_wr();
    int inlineMax = attributes.cap().getMax_inline_data();
    require("RECVs", receivesMax, RECEIVES_MAX);
    require("send requests", sendsMax, SENDS_MAX);
    require("inline bytes", inlineMax, INLINE_BYTES_MAX);
    this.sends =
        new SendRing(
            this,
            sendCompletions,
            sendsMax,
            attributes.getSq_sig_all() != 0,
            Math.max(INLINE_BYTES, inlineMax));
    this.receives = new PostedReceives(this, receiveCompletions, receivesMax);
    sendCompletions.attach(this);
    receiveCompletions.attach(this);
  }

  private static void require(String what, int asked, int max) throws IOException {
    if (asked < 0 || asked > max) {
      throw new IOException("a queue pair has 0 to " + max + " " + what + ", asked for " + asked);
    }
  }

  int number() {
    return qp_num;
  }

  SendRing sends() {
    return sends;
  }

  PostedReceives receives() {
    return receives;
  }

  LocalMemory local() {
    return local;
  }

  SoftwareDomain domain() {
    return (SoftwareDomain) pd;
  }

  SoftwareCompletionQueue sendCompletions() {
    return sendCompletions;
  }

  SoftwareCompletionQueue receiveCompletions() {
    return receiveCompletions;
  }

  /// Where messages to this queue pair should ring, if anybody may sleep for them.
  @Nullable Doorbell doorbell() {
    SoftwareCompletionChannel channel = receiveCompletions.channel();
    return channel == null ? null : channel.doorbell();
  }

  /// Whether who sleeps at [#doorbell] also waits for completions of sends.
  boolean isSendRungToo() {
    return receiveCompletions.channel() != null
        && receiveCompletions.channel() == sendCompletions.channel();
  }

  @Nullable DataPath path() {
    return path;
  }

  /// The connection is up.
  ///
  /// @param begin runs while nothing is being posted, before anything is by way of the path
  void attach(DataPath newPath, Runnable begin) {
    sends.lock.lock();
    receives.lock.lock();
    try {
      if (isDestroyed.get()) {
        throw new IllegalStateException("queue pair " + qp_num + " is destroyed");
      }
      peerState = PeerState.CONNECTED;
      state = IBV_QPS_RTS;
      begin.run();
      path = newPath;
    } finally {
      receives.lock.unlock();
      sends.lock.unlock();
    }
    tellChannels();
  }

  void send(SendRequest[] requests) throws IOException {
    DataPath current = path;
    if (current == null) {
      sends.lock.lock();
      receives.lock.lock();
      try {
        current = path;
        if (current == null) {
          flushUnconnected(requests);
          return;
        }
      } finally {
        receives.lock.unlock();
        sends.lock.unlock();
      }
    }
    current.send(requests);
  }

  private void flushUnconnected(SendRequest[] requests) throws IOException {
    if (!isFailed) {
      throw new IOException("queue pair " + qp_num + " is not connected");
    }
    for (SendRequest request : requests) {
      sends.admit(request);
      sends.complete(request, Status.WR_FLUSH_ERR);
    }
  }

  void receive(ReceiveRequest[] requests) throws IOException {
    DataPath current = path;
    if (current == null) {
      receives.lock.lock();
      try {
        current = path;
        if (current == null) {
          for (ReceiveRequest request : requests) {
            receives.post(request);
          }
          return;
        }
      } finally {
        receives.lock.unlock();
      }
    }
    current.receive(requests);
  }

  void progress() {
    DataPath current = path;
    if (current != null) {
      current.progress();
    }
  }

  boolean hasWork() {
    DataPath current = path;
    return current != null && current.hasWork();
  }

  /// Whether a sleeper has to look again without being woken.
  boolean prepareToSleep() {
    DataPath current = path;
    return current != null && current.prepareToSleep();
  }

  boolean isFailed() {
    return isFailed;
  }

  boolean isPeerGone() {
    return peerState == PeerState.GONE;
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
    DataPath current = path;
    if (current != null) {
      current.onStateChange();
    } else {
      receives.lock.lock();
      try {
        receives.flush();
      } finally {
        receives.lock.unlock();
      }
    }
  }

  void onPeerGone() {
    synchronized (this) {
      if (peerState != PeerState.CONNECTED) {
        return;
      }
      peerState = PeerState.GONE;
    }
    DataPath current = path;
    if (current != null) {
      current.onStateChange();
    }
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
    sends.lock.lock();
    receives.lock.lock();
    DataPath last;
    try {
      last = path;
    } finally {
      receives.lock.unlock();
      sends.lock.unlock();
    }
    if (last != null) {
      last.end();
    }
    tellChannels();
  }
}

package io.kogluktualuk.rdma.software;

import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The loops of this process, and which of them serves an address.
///
/// Connections within the host exchange payload through shared memory, so the JDK's selector serves
/// them, and a process that makes no others never loads Netty: on the machine of the decision page
/// that would cost a short-lived command some 40 ms of its 140. Everything that may carry payload
/// goes over Netty's epoll where there is one.
///
/// **Threading:** any thread.
final class Loops {

  private static final Logger LOG = LoggerFactory.getLogger(Loops.class);

  /// Enough to fill a fast network; payload between hosts is bound by copies in the kernel.
  private static final int THREADS_MAX = 4;

  private final PathChoice wish;
  private final Reactor reactor = new Reactor();
  private final AtomicInteger turns = new AtomicInteger();
  private EpollLoop @Nullable [] epolls;
  private boolean isEpollMissing;

  Loops(PathChoice wish) {
    this.wish = wish;
  }

  Loop of(InetSocketAddress address) {
    boolean isNear = address.getAddress() != null && address.getAddress().isLoopbackAddress();
    boolean isShared = wish == PathChoice.SHARED || wish == PathChoice.AUTO && isNear;
    return isShared || !hasEpoll() ? reactor : next();
  }

  private synchronized boolean hasEpoll() {
    if (epolls != null || isEpollMissing) {
      return epolls != null;
    }
    if (Boolean.getBoolean("kog.rdma.portable") || !EpollLoop.isAvailable()) {
      LOG.debug("no native transport: the JDK's selector carries payload");
      isEpollMissing = true;
      return false;
    }
    int cores = Runtime.getRuntime().availableProcessors();
    EpollLoop[] made = new EpollLoop[Math.clamp(cores / 2, 1, THREADS_MAX)];
    for (int i = 0; i < made.length; i++) {
      made[i] = new EpollLoop("kog-rdma-net-" + i, this::next);
    }
    epolls = made;
    return true;
  }

  private synchronized EpollLoop next() {
    if (epolls == null) {
      throw new IllegalStateException("no native transport");
    }
    return epolls[Math.floorMod(turns.getAndIncrement(), epolls.length)];
  }
}

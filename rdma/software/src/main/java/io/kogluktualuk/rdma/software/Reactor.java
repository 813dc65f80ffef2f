package io.kogluktualuk.rdma.software;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The loop over the JDK's selector.
///
/// It is all that a process on one host needs: handshakes, region queries and the death of peers;
/// payload passes through shared memory. Netty's classes, which would take longer to load than such
/// a process lives, are not touched. Where Netty has no native transport it carries payload too.
final class Reactor implements Loop {

  private static final Logger LOG = LoggerFactory.getLogger(Reactor.class);

  private static final long RELEASE_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

  /// Called when a socket is ready.
  interface Handler {
    void onReady(SelectionKey key) throws IOException;
  }

  private record Timer(long nanoTime, Runnable task) {}

  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>((a, b) -> Long.compare(a.nanoTime - b.nanoTime, 0));
  private @Nullable Selector selector;
  private @Nullable Thread thread;
  private int sockets;
  private long turns;

  /// Watches a socket. The caller has configured it non-blocking.
  synchronized SelectionKey register(SelectableChannel socket, int operations, Handler handler)
      throws IOException {
    Selector current = selector;
    if (current == null) {
      current = Selector.open();
      selector = current;
      Selector own = current;
      thread = Thread.ofPlatform().daemon().name("kog-rdma-cm").start(() -> run(own));
    }
    // The selecting thread holds no lock while it waits, so registering does not block.
    SelectionKey key = socket.register(current, operations, handler);
    sockets++;
    current.wakeup();
    return key;
  }

  /// Undoes a [#register], once for each.
  synchronized void release() {
    sockets--;
    wakeup();
  }

  /// As [#release], and returns when the closed socket's port is free: a socket that is being
  /// watched is really closed by the next turns of the watching thread.
  synchronized void releaseAndWait() {
    Selector watched = selector;
    release();
    long seen = turns;
    long deadline = System.nanoTime() + RELEASE_NANOS_MAX;
    try {
      while (Thread.currentThread() != thread
          && selector == watched
          && watched != null
          && turns - seen < 2
          && System.nanoTime() - deadline < 0) {
        watched.wakeup();
        wait(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void onTurn() {
    turns++;
    notifyAll();
  }

  @Override
  public StreamSocket connect(InetSocketAddress address, StreamSocket.Watcher watcher)
      throws IOException {
    return NioSocket.connect(this, address, watcher);
  }

  @Override
  public Port listen(InetSocketAddress address, int backlog, Acceptor acceptor) throws IOException {
    return NioPort.open(this, address, backlog, acceptor);
  }

  @Override
  public synchronized boolean isCurrentThread() {
    return Thread.currentThread() == thread;
  }

  @Override
  public synchronized void execute(Runnable task) {
    if (selector != null) {
      tasks.add(task);
      wakeup();
    }
  }

  @Override
  public synchronized void schedule(long delay, TimeUnit unit, Runnable task) {
    if (selector != null) {
      timers.add(new Timer(System.nanoTime() + unit.toNanos(delay), task));
      wakeup();
    }
  }

  /// Makes the thread look again at what its sockets are watched for.
  synchronized void wakeup() {
    if (selector != null) {
      selector.wakeup();
    }
  }

  private void run(Selector own) {
    while (isNeeded(own)) {
      try {
        own.select(millisToNextTimer());
        onTurn();
        runTasks();
        handle(own);
      } catch (IOException | RuntimeException | Error e) {
        // All connections of the process depend on this thread: it goes on whatever happens.
        LOG.error("rdma connection thread: an event was dropped", e);
      }
    }
  }

  private synchronized boolean isNeeded(Selector own) {
    // What the last socket has left to tell is told.
    if (sockets > 0 || !tasks.isEmpty()) {
      return true;
    }
    tasks.clear();
    timers.clear();
    selector = null;
    thread = null;
    try {
      own.close();
    } catch (IOException e) {
      LOG.warn("rdma connection thread: cannot close its selector", e);
    }
    notifyAll();
    return false;
  }

  private synchronized long millisToNextTimer() {
    Timer next = timers.peek();
    if (next == null) {
      return 0;
    }
    long nanos = next.nanoTime - System.nanoTime();
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
  }

  private void runTasks() {
    for (Runnable task = nextTask(); task != null; task = nextTask()) {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.warn("rdma connection thread: a task failed", e);
      }
    }
  }

  private synchronized @Nullable Runnable nextTask() {
    Timer timer = timers.peek();
    if (timer != null && timer.nanoTime - System.nanoTime() <= 0) {
      timers.remove();
      return timer.task;
    }
    return tasks.poll();
  }

  private static void handle(Selector own) {
    Iterator<SelectionKey> ready = own.selectedKeys().iterator();
    while (ready.hasNext()) {
      SelectionKey key = ready.next();
      ready.remove();
      try {
        if (key.isValid()) {
          ((Handler) key.attachment()).onReady(key);
        }
      } catch (IOException | RuntimeException e) {
        LOG.warn("rdma connection thread: a socket's event was dropped", e);
      }
    }
  }
}

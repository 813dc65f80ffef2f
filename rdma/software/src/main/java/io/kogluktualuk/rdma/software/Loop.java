package io.kogluktualuk.rdma.software;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/// A thread that watches sockets and calls who waits for them.
///
/// **Threading:** any thread calls it; watchers, acceptors and tasks run on its thread, one at a
/// time, and never block. The thread starts with the first socket and ends with the last.
interface Loop {

  /// Takes an accepted connection.
  interface Acceptor {
    void onAccepted(StreamSocket accepted) throws IOException;
  }

  /// A port that is listened on.
  interface Port {
    InetSocketAddress address();

    /// Stops listening; the port is free when this returns.
    void close();
  }

  /// Begins to connect; the watcher hears how it went.
  StreamSocket connect(InetSocketAddress address, StreamSocket.Watcher watcher) throws IOException;

  /// Listens. A port in use is a [java.net.BindException].
  Port listen(InetSocketAddress address, int backlog, Acceptor acceptor) throws IOException;

  /// Runs a task on the loop's thread soon, also when the last socket is closed meanwhile; drops it
  /// when there was none before.
  void execute(Runnable task);

  /// Runs a task on the loop's thread later; drops it when there is no socket left.
  void schedule(long delay, TimeUnit unit, Runnable task);

  /// Whether this is the loop's thread.
  boolean isCurrentThread();
}

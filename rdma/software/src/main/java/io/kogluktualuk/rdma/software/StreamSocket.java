package io.kogluktualuk.rdma.software;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/// A TCP connection that never blocks, watched by a [Loop].
///
/// **Threading:** any thread reads, writes and watches, one at a time each; whoever closes sees to
/// it that nobody reads or writes any more. The watcher is called on the loop's thread.
interface StreamSocket {

  /// Hears what a socket is ready for. It may be called once more than needed.
  interface Watcher {

    default void onConnected() {}

    /// It cannot be used, or not any more.
    ///
    /// @param reason for people
    default void onFailed(String reason) {}

    void onReadable();

    void onWritable();
  }

  /// Nobody has asked to be told yet.
  Watcher NOBODY =
      new Watcher() {
        @Override
        public void onReadable() {}

        @Override
        public void onWritable() {}
      };

  /// Who is told from now on. Called on the loop's thread.
  void watcher(Watcher next);

  /// What to be told about. Cheap when nothing changes.
  void watch(boolean readable, boolean writable);

  /// Reads into native memory.
  ///
  /// @return how many bytes; 0 when there are none now; -1 at the end
  int read(long address, int length) throws IOException;

  /// Writes pieces of native memory, as far as they are taken now.
  ///
  /// @param vectors the address of an array of [IoVector]s
  long write(long vectors, int count) throws IOException;

  /// As [#read(long, int)], into a direct buffer.
  int read(ByteBuffer target) throws IOException;

  /// As [#write(long, int)], from a direct buffer.
  int write(ByteBuffer source) throws IOException;

  /// No more will be written: the peer reads to an end.
  void shutdownOutput();

  InetSocketAddress localAddress();

  InetSocketAddress remoteAddress();

  Loop loop();

  /// Closes soon, on the loop's thread. Idempotent.
  void close();
}

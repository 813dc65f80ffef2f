package io.kogluktualuk.rdma.transport.rpc;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The messages of a handshake that have not been read, and whose turn it is to read them: at most
/// one thread's.
///
/// **Threading:** any thread. **Bound:** [TlsLink#MESSAGES_MAX] messages at a time,
/// [TlsLink#BYTES_MAX] in all.
final class HandshakeInbox {

  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<ByteBuffer> messages = new ArrayDeque<>();
  private int bytes;
  private boolean isRead;

  /// Adds a copy of a message.
  ///
  /// @return false when it is more than a peer may send that has not proven who it is
  boolean add(ByteBuffer message) {
    lock.lock();
    try {
      bytes += message.remaining();
      if (bytes > TlsLink.BYTES_MAX || messages.size() == TlsLink.MESSAGES_MAX) {
        return false;
      }
      messages.addLast(ByteBuffer.allocate(message.remaining()).put(message).flip());
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// How much the peer has sent.
  int bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /// Makes it the caller's turn to read, until [#next] finds nothing.
  ///
  /// @return false when it is somebody's already
  boolean takeTurn() {
    lock.lock();
    try {
      boolean isFree = !isRead;
      isRead = true;
      return isFree;
    } finally {
      lock.unlock();
    }
  }

  /// What is to be read next; null when nothing is there, and then the turn is over.
  @Nullable ByteBuffer next() {
    lock.lock();
    try {
      ByteBuffer head = messages.peekFirst();
      if (head != null && !head.hasRemaining()) {
        messages.removeFirst();
        head = messages.peekFirst();
      }
      isRead = head != null;
      return head;
    } finally {
      lock.unlock();
    }
  }

  /// Whether everything that has come was read.
  boolean isEmpty() {
    lock.lock();
    try {
      return messages.stream().noneMatch(ByteBuffer::hasRemaining);
    } finally {
      lock.unlock();
    }
  }
}

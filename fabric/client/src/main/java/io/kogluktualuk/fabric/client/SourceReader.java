package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Reads an application's stream by a virtual thread of its own, so that whoever puts it can give
/// up while the stream blocks, and reading overlaps with hashing.
///
/// [#close] interrupts that thread. A stream that cares for no interrupt keeps it until the read
/// that it is in returns; it reads no more then.
///
/// **Threading:** one thread takes and closes. **Ownership:** the stream is the application's, and
/// stays open. **Bound:** [#BLOCKS] of [#BLOCK_BYTES].
final class SourceReader implements AutoCloseable {

  static final int BLOCK_BYTES = 1 << 20;

  /// One is being read, one is being hashed, one waits.
  static final int BLOCKS = 3;

  private static final long FOR_EVER_NANOS = Long.MAX_VALUE;

  /// What was read.
  ///
  /// @param length negative at the end
  /// @param failure of the stream, instead of bytes
  private record Read(byte[] bytes, int length, @Nullable Throwable failure) {}

  private final InputStream source;
  private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(BLOCKS);
  private final BlockingQueue<Read> full = new ArrayBlockingQueue<>(BLOCKS);
  private final Thread thread;
  private int made = 1;
  private @Nullable Read last;

  private SourceReader(InputStream source) {
    this.source = source;
    this.free.add(new byte[BLOCK_BYTES]);
    this.thread = Thread.ofVirtual().name("kog-source").unstarted(this::readAll);
  }

  static SourceReader start(InputStream source) {
    SourceReader reader = new SourceReader(source);
    reader.thread.start();
    return reader;
  }

  private void readAll() {
    try {
      int length = 0;
      while (length >= 0) {
        byte[] block = free.take();
        Read read = read(block);
        length = read.length;
        full.put(read);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody wants to know any more
    }
  }

  private Read read(byte[] block) {
    try {
      return new Read(block, source.read(block), null);
    } catch (IOException | RuntimeException | Error e) {
      return new Read(block, -1, e);
    }
  }

  /// The next bytes, in [#block]; waits for them as long as this call may take.
  ///
  /// @return how many; negative at the end
  /// @throws IOException when the stream does
  /// @throws DeadlineExceeded when the time of the call is over
  int next() throws IOException {
    giveBack();
    Read read = await();
    last = read;
    return switch (read.failure) {
      case null -> read.length;
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    };
  }

  /// What [#next] has read.
  byte[] block() {
    return last == null ? new byte[0] : last.bytes;
  }

  private void giveBack() {
    if (last != null) {
      free.add(last.bytes);
      if (made < BLOCKS) {
        free.add(new byte[BLOCK_BYTES]);
        made++;
      }
    }
  }

  private Read await() {
    Deadline over = Deadline.overAll();
    try {
      Read read =
          full.poll(over == null ? FOR_EVER_NANOS : over.remainingNanos(), TimeUnit.NANOSECONDS);
      if (read == null) {
        throw new DeadlineExceeded("the stream that is put has given nothing more in time");
      }
      return read;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while the stream that is put was read", e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}

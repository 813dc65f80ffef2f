package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.time.Duration;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One end of a wire within this process, which can be cut.
final class MemoryWire implements Wire {

  private static final byte[] CUT = {};

  private final BlockingDeque<byte[]> in;
  private final BlockingDeque<byte[]> out;
  private volatile boolean isClosed;

  private MemoryWire(BlockingDeque<byte[]> in, BlockingDeque<byte[]> out) {
    this.in = in;
    this.out = out;
  }

  /// Both ends.
  record Pair(MemoryWire near, MemoryWire far) {

    /// Loses everything on its way, and says so to both ends.
    void cut() {
      near.in.clear();
      far.in.clear();
      near.in.add(CUT);
      far.in.add(CUT);
    }

    /// Loses everything on its way, and says so to the far end only.
    void cutFar() {
      near.in.clear();
      far.in.clear();
      far.in.add(CUT);
    }
  }

  static Pair pair() {
    BlockingDeque<byte[]> there = new LinkedBlockingDeque<>();
    BlockingDeque<byte[]> back = new LinkedBlockingDeque<>();
    return new Pair(new MemoryWire(back, there), new MemoryWire(there, back));
  }

  /// Another end in the place of one that was closed: somebody else has the queue now.
  MemoryWire reopened() {
    return new MemoryWire(in, out);
  }

  @Override
  public void send(byte[] frame) {
    if (isClosed) {
      throw new AlreadyClosed("closed");
    }
    out.add(frame);
  }

  @Override
  public byte @Nullable [] receive(Duration patience) {
    try {
      byte[] frame = null;
      long untilNanos = System.nanoTime() + patience.toNanos();
      while (frame == null && System.nanoTime() - untilNanos < 0 && !isClosed) {
        frame = in.poll(20, TimeUnit.MILLISECONDS);
      }
      if (isClosed) {
        if (frame != null) {
          in.addFirst(frame); // it is for who takes this one's place
        }
        throw new AlreadyClosed("closed");
      }
      if (frame == CUT) {
        throw new Unavailable("cut");
      }
      return frame;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted", e);
    }
  }

  @Override
  public void close() {
    isClosed = true;
  }
}

package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// A stage whose messages carry their payloads: takes them from a queue, works on them, has them
/// written to the next stage. Payloads stay in the buffers into which they were received, and are
/// sent on from there. A full queue is not read into, so TCP slows the sender down; nothing is
/// sent again when a stage dies.
///
/// **Threading:** one thread works; an event loop reads and writes. **Ownership:** of its
/// connections. **Bound:** [PayloadLinks#QUEUE_BYTES_MAX] and [PhotoPlan#WINDOW] messages in the
/// queue, and one for each connection. **Errors:** what ends it is told by [#progress].
final class PayloadStage implements RunningStage {

  /// What the queue says when all senders have ended.
  private static final PayloadMessage END = new PayloadMessage(Map.of(), Unpooled.EMPTY_BUFFER);

  private final PhotoJob job;
  private final Step step;
  private final Darkroom darkroom;
  private final BlockingQueue<PayloadMessage> queue = new LinkedBlockingQueue<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final LongAdder in = new LongAdder();
  private final LongAdder out = new LongAdder();
  private final LongAdder moved = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final PayloadLinks links;
  private final @Nullable IndexFile index;
  private final Thread worker;
  private volatile boolean isEnded;
  private volatile boolean isClosed;
  private volatile @Nullable Throwable broken;

  PayloadStage(PhotoJob job, Step step) {
    this.job = job;
    this.step = step;
    this.darkroom = new Darkroom(job.plan());
    this.index = step == Step.INDEX ? IndexFile.open(job.indexFile()) : null;
    // Photos come to the index, and thumbnails do.
    this.links = new PayloadLinks(job, step == Step.INDEX ? 2 : 1, new Incoming());
    if (step != Step.CAMERA) {
      links.listen(step);
      begun.countDown();
    }
    worker = Thread.ofPlatform().daemon().name(step.word()).start(this::work);
  }

  @Override
  public void begin() {
    begun.countDown();
  }

  /// What comes, on the event loop.
  private final class Incoming implements PayloadReader.Taker {

    @Override
    public void onMessage(PayloadMessage message) {
      in.increment();
      queue.add(message);
    }

    @Override
    public void onEnd() {
      queue.add(END);
    }

    @Override
    public void onBroken(Throwable cause) {
      PayloadStage.this.onBroken(cause);
    }
  }

  private void work() {
    try {
      links.connect(targets());
      begun.await();
      if (step == Step.CAMERA) {
        takePhotos();
      } else {
        for (PayloadMessage next = queue.take(); next != END; next = queue.take()) {
          int bytes = next.bytes();
          handle(next);
          next.payload().release();
          links.onTaken(bytes);
        }
      }
      links.end();
      isEnded = true;
    } catch (FabricException | InterruptedException e) {
      onBroken(e);
    }
  }

  private List<Step> targets() {
    return switch (step) {
      case CAMERA -> List.of(Step.RESIZE);
      case RESIZE -> List.of(Step.DETECT, Step.INDEX);
      case DETECT -> List.of(Step.LABEL);
      case LABEL -> List.of(Step.INDEX);
      case INDEX -> List.of();
    };
  }

  private void takePhotos() throws InterruptedException {
    Album album = job.album();
    long untilNanos = System.nanoTime() + job.plan().limit().toNanos();
    for (int number = 0; number < job.plan().count(); number++) {
      if (System.nanoTime() - untilNanos > 0) {
        return;
      }
      byte[] photo = album.photo(number);
      Map<String, String> metadata =
          Map.of(Darkroom.NUMBER, "" + number, Darkroom.NAME, album.name(number));
      PayloadMessage message =
          new PayloadMessage(
              metadata,
              PooledByteBufAllocator.DEFAULT
                  .directBuffer(photo.length, photo.length)
                  .writeBytes(photo));
      send(0, message);
      message.payload().release();
    }
  }

  private void handle(PayloadMessage message) throws InterruptedException {
    try {
      switch (step) {
        case CAMERA -> throw new IllegalStateException("nobody sends anything to the camera");
        case RESIZE -> {
          byte[] thumbnail = Darkroom.thumbnail(message.segment());
          send(
              1,
              message
                  .with(Darkroom.KIND, IndexFile.THUMBNAIL)
                  .withPayload(Unpooled.wrappedBuffer(thumbnail)));
          send(0, message);
        }
        case DETECT ->
            send(0, message.with(Darkroom.LAMPS, "" + Darkroom.lamps(message.segment())));
        case LABEL -> {
          int lamps = Integer.parseInt(message.metadata().getOrDefault(Darkroom.LAMPS, "0"));
          String label = darkroom.slowLabel(message.number(), lamps);
          send(0, message.with(Darkroom.LABEL, label));
        }
        case INDEX -> enter(message);
      }
    } catch (FabricException e) {
      if (broken != null || e instanceof Unavailable) {
        throw e;
      }
      failed.increment();
    }
  }

  private void enter(PayloadMessage message) {
    boolean isThumbnail =
        IndexFile.THUMBNAIL.equals(message.metadata().getOrDefault(Darkroom.KIND, ""));
    String value =
        isThumbnail
            ? Hash.of(message.segment()).toHex()
            : message.metadata().getOrDefault(Darkroom.LAMPS, "");
    IndexFile to = index;
    if (to != null
        && to.add(
            new IndexFile.Entry(
                isThumbnail ? IndexFile.THUMBNAIL : IndexFile.PHOTO,
                message.number(),
                value,
                message.metadata().getOrDefault(Darkroom.LABEL, "-")))
        && !isThumbnail) {
      out.increment();
    }
  }

  /// The payload stays the caller's.
  private void send(int target, PayloadMessage message) throws InterruptedException {
    links.send(target, message);
    moved.add(message.bytes());
    out.increment();
  }

  private void onBroken(Throwable cause) {
    if (!isClosed && broken == null) {
      broken = cause;
    }
  }

  @Override
  public StageProgress progress() {
    Throwable cause = broken;
    if (cause != null) {
      throw new Unavailable(step.word() + " lost its connection: " + cause.getMessage(), cause);
    }
    return new StageProgress(
        in.sum(),
        out.sum(),
        queue.size(),
        step == Step.CAMERA ? 0 : PhotoPlan.WINDOW,
        0,
        0,
        links.held(),
        moved.sum(),
        0,
        0,
        failed.sum(),
        isEnded ? 1 : 0);
  }

  @Override
  public void close() {
    isClosed = true;
    worker.interrupt();
    links.close();
    IndexFile file = index;
    if (file != null) {
      file.close();
    }
  }
}

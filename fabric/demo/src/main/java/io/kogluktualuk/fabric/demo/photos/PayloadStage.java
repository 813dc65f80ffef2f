package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// A stage whose messages carry their payloads: takes them from a queue, works on them, writes
/// them to the next stage. A full queue is not read into, so TCP slows the sender down; nothing
/// is sent again when a stage dies.
///
/// **Threading:** one thread works, one reads each connection. **Ownership:** of its sockets.
/// **Bound:** [PhotoPlan#WINDOW] messages in the queue, and one for each thread. **Errors:** what
/// ends it is told by [#progress].
final class PayloadStage implements RunningStage {

  private static final int CONNECT_TRIES = 200;
  private static final long CONNECT_PAUSE_MILLIS = 50;

  /// What the queue says when all senders have ended.
  private static final PayloadMessage END = new PayloadMessage(Map.of(), new byte[0]);

  private final PhotoJob job;
  private final Step step;
  private final Darkroom darkroom;
  private final BlockingQueue<PayloadMessage> queue = new ArrayBlockingQueue<>(PhotoPlan.WINDOW);
  private final List<SocketChannel> incoming = new CopyOnWriteArrayList<>();
  private final List<SocketChannel> outgoing = new ArrayList<>();
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder in = new LongAdder();
  private final LongAdder out = new LongAdder();
  private final LongAdder queued = new LongAdder();
  private final LongAdder moved = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final @Nullable ServerSocketChannel listening;
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
    this.listening = step == Step.CAMERA ? null : listen();
    // Photos come and thumbnails do.
    open.set(step == Step.INDEX ? 2 : 1);
    if (listening != null) {
      Thread.ofPlatform().daemon().name("accept").start(this::accept);
    }
    worker = Thread.ofPlatform().daemon().name(step.word()).start(this::work);
  }

  private ServerSocketChannel listen() {
    InetSocketAddress address = address(step);
    try {
      return ServerSocketChannel.open().bind(address);
    } catch (IOException e) {
      throw new Unavailable(step.word() + " cannot listen at " + address + ": " + e, e);
    }
  }

  private InetSocketAddress address(Step at) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), job.port(at));
  }

  private void accept() {
    ServerSocketChannel from = listening;
    while (from != null && !isClosed) {
      try {
        SocketChannel channel = from.accept();
        incoming.add(channel);
        Thread.ofPlatform().daemon().name("read").start(() -> read(channel));
      } catch (IOException e) {
        onBroken(e);
        return;
      }
    }
  }

  private void read(SocketChannel channel) {
    try {
      PayloadMessage message = PayloadMessage.read(channel);
      while (message != null) {
        in.increment();
        queued.add(message.payload().length);
        queue.put(message);
        message = PayloadMessage.read(channel);
      }
      if (open.decrementAndGet() == 0) {
        queue.put(END);
      }
    } catch (IOException | FabricException | InterruptedException e) {
      onBroken(e);
    }
  }

  private void work() {
    try {
      connect();
      if (step == Step.CAMERA) {
        takePhotos();
      } else {
        for (PayloadMessage next = queue.take(); next != END; next = queue.take()) {
          handle(next);
          queued.add(-next.payload().length);
        }
      }
      for (SocketChannel channel : outgoing) {
        PayloadMessage.writeEnd(channel);
      }
      isEnded = true;
    } catch (IOException | FabricException | InterruptedException e) {
      onBroken(e);
    }
  }

  private void connect() throws IOException, InterruptedException {
    List<Step> targets =
        switch (step) {
          case CAMERA -> List.of(Step.RESIZE);
          case RESIZE -> List.of(Step.DETECT, Step.INDEX);
          case DETECT -> List.of(Step.LABEL);
          case LABEL -> List.of(Step.INDEX);
          case INDEX -> List.of();
        };
    for (Step target : targets) {
      outgoing.add(connect(address(target)));
    }
  }

  /// The next stage may still be starting.
  private static SocketChannel connect(InetSocketAddress address)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return SocketChannel.open(address);
      } catch (IOException e) {
        if (attempt == CONNECT_TRIES) {
          throw e;
        }
        Thread.sleep(CONNECT_PAUSE_MILLIS);
      }
    }
  }

  private void takePhotos() throws IOException {
    Album album = job.album();
    long untilNanos = System.nanoTime() + job.plan().limit().toNanos();
    for (int number = 0; number < job.plan().count(); number++) {
      if (System.nanoTime() - untilNanos > 0) {
        return;
      }
      byte[] photo = album.photo(number);
      Map<String, String> metadata =
          Map.of(Darkroom.NUMBER, "" + number, Darkroom.NAME, album.name(number));
      send(0, new PayloadMessage(metadata, photo));
    }
  }

  private void handle(PayloadMessage message) throws IOException, InterruptedException {
    try {
      MemorySegment photo = MemorySegment.ofArray(message.payload());
      switch (step) {
        case CAMERA -> throw new IllegalStateException("nobody sends anything to the camera");
        case RESIZE -> {
          byte[] thumbnail = Darkroom.thumbnail(photo);
          send(1, message.with(Darkroom.KIND, IndexFile.THUMBNAIL).withPayload(thumbnail));
          send(0, message);
        }
        case DETECT -> send(0, message.with(Darkroom.LAMPS, "" + Darkroom.lamps(photo)));
        case LABEL -> {
          int lamps = Integer.parseInt(message.metadata().getOrDefault(Darkroom.LAMPS, "0"));
          String label = darkroom.slowLabel(message.number(), lamps);
          send(0, message.with(Darkroom.LABEL, label));
        }
        case INDEX -> enter(message);
      }
    } catch (FabricException e) {
      failed.increment();
    }
  }

  private void enter(PayloadMessage message) {
    boolean isThumbnail =
        IndexFile.THUMBNAIL.equals(message.metadata().getOrDefault(Darkroom.KIND, ""));
    String value =
        isThumbnail
            ? Hash.of(MemorySegment.ofArray(message.payload())).toHex()
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

  private void send(int target, PayloadMessage message) throws IOException {
    message.write(outgoing.get(target));
    moved.add(message.payload().length);
    out.increment();
  }

  private void onBroken(Exception e) {
    boolean isExpected = isClosed || e instanceof AsynchronousCloseException;
    if (!isExpected && broken == null) {
      broken = e instanceof EOFException ? new Unavailable("a sender is gone", e) : e;
    }
  }

  @Override
  public StageProgress progress() {
    Throwable cause = broken;
    if (cause != null) {
      throw new Unavailable(step.word() + " lost its connection: " + cause.getMessage(), cause);
    }
    long waiting = queue.size();
    return new StageProgress(
        in.sum(),
        out.sum(),
        waiting,
        listening == null ? 0 : PhotoPlan.WINDOW,
        0,
        0,
        Math.max(0, queued.sum()),
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
    for (AutoCloseable each : all()) {
      try {
        each.close();
      } catch (Exception e) {
        throw new Unavailable(step.word() + " did not end in order", e);
      }
    }
  }

  private List<AutoCloseable> all() {
    List<AutoCloseable> all = new ArrayList<>(incoming);
    all.addAll(outgoing);
    if (listening != null) {
      all.add(listening);
    }
    if (index != null) {
      all.add(index);
    }
    return all;
  }
}

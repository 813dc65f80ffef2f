package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.PutOptions;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.OpenParts;
import io.kogluktualuk.fabric.pipeline.Handler;
import io.kogluktualuk.fabric.pipeline.Input;
import io.kogluktualuk.fabric.pipeline.Metadata;
import io.kogluktualuk.fabric.pipeline.Output;
import io.kogluktualuk.fabric.pipeline.Pipeline;
import io.kogluktualuk.fabric.pipeline.Source;
import io.kogluktualuk.fabric.pipeline.StagePlan;
import io.kogluktualuk.fabric.pipeline.StageSettings;
import io.kogluktualuk.fabric.pipeline.StageSnapshot;
import io.kogluktualuk.fabric.pipeline.Wire;
import io.kogluktualuk.fabric.pipeline.tcp.TcpInlet;
import io.kogluktualuk.fabric.pipeline.tcp.TcpWire;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A stage whose messages carry refs: the pipeline library does everything but the work itself.
///
/// **Threading:** those of the library; one more for the camera. It is begun and closed by one.
/// **Ownership:** of its session with the fabric. **Bound:** [PhotoPlan#WINDOW] envelopes in
/// progress.
final class HashStage implements RunningStage {

  private static final String LOOPBACK = "127.0.0.1";
  private static final StageSettings SETTINGS =
      StageSettings.DEFAULT.withWindow(PhotoPlan.WINDOW, 512L << 20).withParallelism(1).carrying(0);

  private final PhotoJob job;
  private final Darkroom darkroom;
  private final OpenParts opened;
  private final Pipeline pipeline;
  private @Nullable IndexFile index;
  private @Nullable Source source;
  private @Nullable Thread camera;
  private volatile boolean isEnded;
  private volatile @Nullable Exception broken;

  HashStage(PhotoJob job, Step step) {
    this.job = job;
    this.darkroom = new Darkroom(job.plan());
    this.opened = new OpenParts("stage " + step.word());
    try {
      Fabric fabric = opened.add(Fabric.connect(job.control(), ClientSettings.DEFAULT));
      this.pipeline =
          opened.add(Pipeline.over(fabric, "photos", job.folder().resolve("aside"), storing(step)));
      start(step);
    } catch (RuntimeException e) {
      opened.closeBecause(e);
      throw e;
    }
  }

  /// Thumbnails are what this is for; a photo is worth nothing once it is in the index.
  private static PutOptions storing(Step step) {
    return step == Step.RESIZE ? PutOptions.source().replicas(1) : PutOptions.passing();
  }

  private void start(Step step) {
    switch (step) {
      case CAMERA ->
          source =
              pipeline
                  .source(step.word())
                  .to(Step.RESIZE.word(), to(Step.RESIZE))
                  .carrying(0)
                  .open();
      case RESIZE ->
          plan(step)
              .to(Step.DETECT.word(), to(Step.DETECT))
              .to(Step.INDEX.word(), to(Step.INDEX))
              .run(HashStage::resize);
      case DETECT -> plan(step).to(Step.LABEL.word(), to(Step.LABEL)).run(HashStage::detect);
      case LABEL -> plan(step).to(Step.INDEX.word(), to(Step.INDEX)).run(this::label);
      case INDEX -> {
        IndexFile file = opened.add(IndexFile.open(job.indexFile()));
        index = file;
        plan(step).run(entering(file));
      }
    }
  }

  @Override
  public void begin() {
    Source from = source;
    if (from != null) {
      camera = Thread.ofPlatform().daemon().name("camera").start(() -> takePhotos(from));
    }
  }

  private StagePlan plan(Step step) {
    return pipeline.stage(step.word()).from(TcpInlet.at(LOOPBACK, job.port(step))).with(SETTINGS);
  }

  private Wire to(Step step) {
    return TcpWire.to(LOOPBACK, job.port(step));
  }

  private void takePhotos(Source from) {
    Album album = job.album();
    long untilNanos = System.nanoTime() + job.plan().limit().toNanos();
    try {
      for (int number = 0; number < job.plan().count(); number++) {
        if (System.nanoTime() - untilNanos > 0) {
          break;
        }
        Metadata metadata =
            Metadata.of(Map.of(Darkroom.NUMBER, "" + number, Darkroom.NAME, album.name(number)));
        from.send(album.photo(number), metadata, Darkroom.patience());
      }
      isEnded = from.drain(Darkroom.patience());
    } catch (FabricException | InterruptedException e) {
      broken = e;
    }
  }

  private static List<Output> resize(Input input) {
    byte[] thumbnail = input.read(Darkroom::thumbnail);
    Metadata metadata = input.metadata().with(Darkroom.KIND, IndexFile.THUMBNAIL);
    return List.of(
        Output.of(thumbnail, metadata).to(Step.INDEX.word()), input.pass().to(Step.DETECT.word()));
  }

  private static List<Output> detect(Input input) {
    int lamps = input.read(Darkroom::lamps);
    return List.of(input.pass(input.metadata().with(Darkroom.LAMPS, "" + lamps)));
  }

  private List<Output> label(Input input) throws InterruptedException {
    int number = Integer.parseInt(value(input, Darkroom.NUMBER));
    int lamps = Integer.parseInt(value(input, Darkroom.LAMPS));
    String label = darkroom.slowLabel(number, lamps);
    return List.of(input.pass(input.metadata().with(Darkroom.LABEL, label)));
  }

  private static Handler entering(IndexFile file) {
    return input -> {
      boolean isThumbnail = input.metadata().value(Darkroom.KIND) != null;
      int number = Integer.parseInt(value(input, Darkroom.NUMBER));
      file.add(
          isThumbnail
              ? new IndexFile.Entry(IndexFile.THUMBNAIL, number, input.ref().toString(), "-")
              : new IndexFile.Entry(
                  IndexFile.PHOTO,
                  number,
                  value(input, Darkroom.LAMPS),
                  value(input, Darkroom.LABEL)));
      return List.of();
    };
  }

  private static String value(Input input, String key) {
    String value = input.metadata().value(key);
    if (value == null) {
      throw new InvalidArgument("an envelope does not say " + key);
    }
    return value;
  }

  @Override
  public StageProgress progress() {
    Exception cause = broken;
    if (cause != null) {
      throw new IllegalStateException("the camera has stopped: " + cause.getMessage(), cause);
    }
    StageSnapshot now = pipeline.snapshots().getFirst();
    return new StageProgress(
        now.received(),
        now.branches().isEmpty() ? photosEntered() : now.emitted(),
        now.inProgress(),
        now.windowEnvelopes(),
        now.freeEnvelopes(),
        now.outbox(),
        now.heldBytes(),
        now.viewedBytes() + now.storedBytes(),
        now.resent(),
        now.duplicates(),
        now.setAside() + now.dropped() + now.refused(),
        isEnded ? 1 : 0);
  }

  private long photosEntered() {
    IndexFile file = index;
    return file == null ? 0 : file.photos();
  }

  @Override
  public void close() {
    Thread taking = camera;
    if (taking != null) {
      taking.interrupt();
    }
    opened.close();
  }
}

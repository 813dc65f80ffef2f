package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.PutOptions;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.FabricException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The stages of one pipeline that run in this process, over one session with a fabric.
///
/// ```java
/// try (Fabric fabric = Fabric.connect(url);
///     Pipeline pipeline = Pipeline.over(fabric, "thumbnails", folder)) {
///   pipeline
///       .stage("resize")
///       .from(TcpInlet.at(port)) // who comes in there
///       .to("index", TcpWire.to(indexer, indexPort)) // several get a copy each
///       .run(in -> List.of(Output.of(in.read(Thumbnails::half), in.metadata())));
///   stop.await();
/// }
/// ```
///
/// **Threading:** any thread. **Ownership:** closing it closes its stages and sources; the session
/// stays its opener's. **Bound:** what each stage is bounded by.
public final class Pipeline implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
  private static final long TICK_MILLIS = 100;

  private final BlobPort blobs;
  private final String name;
  private final Path folder;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final ExecutorService calls =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("kog-pipeline-", 0).factory());
  private final List<Stage> stages = new CopyOnWriteArrayList<>();
  private final List<Source> sources = new CopyOnWriteArrayList<>();

  /// Of stages and sources that have a journal here.
  private final Set<String> names = ConcurrentHashMap.newKeySet();

  private final CountDownLatch closed = new CountDownLatch(1);

  Pipeline(BlobPort blobs, String name, Path folder, LongSupplier nanoTime, InstantSource clock) {
    this.blobs = blobs;
    this.name = Origin.requireName(name);
    this.folder = folder;
    this.nanoTime = nanoTime;
    this.clock = clock;
    Thread.ofVirtual().name("kog-pipeline-tick").start(this::tick);
  }

  /// Stages over a session; what they store is worth nothing once it is done.
  ///
  /// @param name lower case letters, digits and `-`
  /// @param folder keeps what stages set aside, in a file for each
  public static Pipeline over(Fabric fabric, String name, Path folder) {
    return over(fabric, name, folder, PutOptions.passing().evenly());
  }

  /// Stages over a session.
  ///
  /// @param storing how outputs are put; whatever it says, they are held until they are done
  public static Pipeline over(Fabric fabric, String name, Path folder, PutOptions storing) {
    return new Pipeline(
        new FabricPort(fabric, storing), name, folder, System::nanoTime, InstantSource.system());
  }

  /// Begins a stage.
  ///
  /// @param stage lower case letters, digits and `-`; part of the ids of what it sends, so a stage
  ///     that takes another one's place has its name
  public StagePlan stage(String stage) {
    return new StagePlan(this, stage);
  }

  /// Begins a source.
  public SourcePlan source(String source) {
    return new SourcePlan(this, source);
  }

  Stage start(StagePlan plan, Handler handler) {
    if (plan.isDoubting()) {
      blobs.doubt();
    }
    Stage stage = new Stage(this, plan, handler);
    stages.add(stage);
    stage.start();
    return stage;
  }

  Source start(SourcePlan plan) {
    Source source = new Source(this, plan);
    sources.add(source);
    source.start();
    return source;
  }

  /// How all stages and sources of this process stand.
  public List<StageSnapshot> snapshots() {
    List<StageSnapshot> all = new ArrayList<>();
    sources.forEach(source -> all.add(source.snapshot()));
    stages.forEach(stage -> all.add(stage.snapshot()));
    return all;
  }

  /// @throws Conflict when a stage or source of that name has one
  SetAsideStore setAsideStore(String stage, Counts counts) {
    return new SetAsideStore(
        name,
        stage,
        journal(stage),
        blobs,
        counts,
        clock,
        new SetAsideRequests(folder, stage),
        calls);
  }

  /// The journal must not be tried twice in a process: closing the second channel would end the
  /// lock of the first.
  private SetAsideJournal journal(String stage) {
    if (!names.add(stage)) {
      throw new Conflict("pipeline " + name + " has a stage or source '" + stage + "' already");
    }
    try {
      return SetAsideJournal.open(folder, name, stage);
    } catch (RuntimeException e) {
      names.remove(stage);
      throw e;
    }
  }

  Outlets outlets(
      String stage, OutletsPlan plan, Speakers speakers, Counts counts, Branch.Listener listener) {
    HoldGroups groups = new HoldGroups(blobs, calls);
    List<Branch> branches = new ArrayList<>();
    for (Map.Entry<String, Wire> each : plan.branches().entrySet()) {
      branches.add(
          new Branch(
              each.getKey(),
              stage,
              newIncarnation(),
              each.getValue(),
              plan.links(),
              listener,
              speakers,
              counts,
              nanoTime));
    }
    return new Outlets(
        stage, blobs, groups, branches, plan.key(), plan.carryMax(), counts, nanoTime);
  }

  Adoptions adoptions(String stage, Counts counts) {
    return new Adoptions(stage, blobs, calls, counts);
  }

  /// Runs what may wait for a memory node; nothing once the pipeline is closed.
  void call(Runnable what) {
    try {
      calls.execute(what);
    } catch (RejectedExecutionException e) {
      LOG.debug("pipeline {} is closed", name);
    }
  }

  BlobPort blobs() {
    return blobs;
  }

  LongSupplier nanoTime() {
    return nanoTime;
  }

  /// What tells one start of a stage from the next.
  long newIncarnation() {
    return random.nextLong();
  }

  void closed(Stage stage) {
    stages.remove(stage);
    names.remove(stage.name());
  }

  void closed(Source source) {
    sources.remove(source);
    names.remove(source.name());
  }

  private void tick() {
    try {
      while (!closed.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
        tickAll(nanoTime.getAsLong());
      }
    } catch (InterruptedException e) {
      LOG.warn("pipeline {}: its clock was interrupted", name);
    }
  }

  private void tickAll(long nowNanos) {
    try {
      stages.forEach(stage -> stage.tick(nowNanos));
      sources.forEach(source -> source.tick(nowNanos));
    } catch (FabricException e) {
      LOG.warn("pipeline {}: {}", name, e.getMessage());
    }
  }

  @Override
  public void close() {
    closed.countDown();
    sources.forEach(Source::close);
    stages.forEach(Stage::close);
    calls.close();
  }
}

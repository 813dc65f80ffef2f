package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The demo: the same photos pass the same five stages by hash, then by payload; each index is
/// held against what this process makes of the photos.
///
/// **Threading:** one thread plays; any other may close it, which ends all stages. **Ownership:**
/// of the stages' processes.
public final class PhotoDemo implements AutoCloseable {

  /// Makes the command that runs a stage of the job in a file.
  public interface Launcher {
    ProcessBuilder command(Path jobFile, Step step);
  }

  /// Where the audience sits.
  public interface Audience {

    /// Something begins.
    void onStep(String what);

    /// How the run stands, some times a second.
    void onStanding(Standing standing);

    /// The process of a stage has died.
    ///
    /// @param isReplaced whether another one takes its place
    void onFallen(Way way, Step step, long pid, boolean isReplaced);

    /// A run is over.
    void onRun(RunFigures figures);
  }

  /// How a run ended, and what is wrong with its index; empty when nothing is.
  public record Outcome(RunFigures figures, List<String> problems) {

    public Outcome {
      problems = List.copyOf(problems);
    }
  }

  private final PhotoPlan plan;
  private final Path folder;
  private final InetSocketAddress control;
  private final Launcher launcher;
  private final Audience audience;
  private @Nullable PhotoRun running;
  private boolean isClosed;

  /// @param folder empty; where the stages keep what they keep
  /// @param control where the fabric answers
  public PhotoDemo(
      PhotoPlan plan,
      Path folder,
      InetSocketAddress control,
      Launcher launcher,
      Audience audience) {
    this.plan = plan;
    this.folder = folder;
    this.control = control;
    this.launcher = launcher;
    this.audience = audience;
  }

  /// How many photos a folder has.
  ///
  /// @throws io.kogluktualuk.fabric.fault.NotFound when it has none
  public static int photosIn(Path images) {
    return Album.of(images).files();
  }

  /// Plays both runs, then checks both.
  ///
  /// @param fabric to read the thumbnails from
  public List<Outcome> play(Fabric fabric) throws InterruptedException {
    List<PhotoJob> jobs = new ArrayList<>();
    List<RunFigures> all = new ArrayList<>();
    for (Way way : Way.values()) {
      PhotoJob job = new PhotoJob(way, plan, control, freePorts(), folderOf(way));
      audience.onStep("starting five processes for the pipeline " + way.words());
      RunFigures figures = play(job);
      audience.onRun(figures);
      jobs.add(job);
      all.add(figures);
    }
    audience.onStep("checking each photo and thumbnail against those made here");
    PhotoCheck check = new PhotoCheck(jobs.getFirst().album());
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < jobs.size(); i++) {
      List<IndexFile.Entry> index = IndexFile.read(jobs.get(i).indexFile());
      RunFigures figures = all.get(i);
      int taken = Math.toIntExact(figures.taken());
      // What a run that broke off has lost is said by its figures.
      boolean isWhole = figures.broken() == null;
      outcomes.add(new Outcome(figures, check.problems(index, taken, isWhole, fabric)));
    }
    return outcomes;
  }

  private RunFigures play(PhotoJob job) throws InterruptedException {
    Duration before = ownCpu();
    try (PhotoRun run = open(job)) {
      RunFigures figures = run.play();
      return job.wire() == Way.HASH ? figures.withCpu(ownCpu().minus(before)) : figures;
    } finally {
      forget();
    }
  }

  /// The fabric's, as it runs in this process.
  private static Duration ownCpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private synchronized PhotoRun open(PhotoJob job) {
    if (isClosed) {
      throw new Unavailable("the demo was interrupted");
    }
    PhotoRun run = new PhotoRun(job, job.folder().resolve("job.properties"), launcher, audience);
    running = run;
    return run;
  }

  private synchronized void forget() {
    running = null;
  }

  private Path folderOf(Way way) {
    try {
      return Files.createDirectories(folder.resolve(way.name().toLowerCase(Locale.ROOT)));
    } catch (IOException e) {
      throw new UncheckedIOException("no folder can be made in " + folder, e);
    }
  }

  /// A port for each stage that listens. Somebody else may take one meanwhile; then the stage says
  /// so.
  private static List<Integer> freePorts() {
    List<ServerSocket> sockets = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    try {
      for (int i = 1; i < Step.values().length; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new Unavailable("no free ports on loopback: " + e.getMessage(), e);
    }
  }

  /// Ends all stages.
  @Override
  public synchronized void close() {
    isClosed = true;
    PhotoRun run = running;
    if (run != null) {
      run.close();
    }
  }
}

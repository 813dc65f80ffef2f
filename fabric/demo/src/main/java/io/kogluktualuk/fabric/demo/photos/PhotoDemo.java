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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The demo: the same photos pass the same five stages by hash and by payload, beside each other
/// or one after the other; each index is held against what this process makes of the photos.
///
/// Beside each other, both cameras begin when all ten stages are there, and all processes share
/// the machine as it shares.
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

    /// How the runs that go on at the same time stand, some times a second.
    void onStandings(List<Standing> standings);

    /// The process of a stage has died.
    ///
    /// @param ending how it ended
    /// @param isReplaced whether another one takes its place
    void onFallen(Way way, Step step, long pid, String ending, boolean isReplaced);

    /// A run is over.
    void onRun(RunFigures figures);
  }

  /// How a run ended, and what is wrong with its index; empty when nothing is.
  public record Outcome(RunFigures figures, List<String> problems) {

    public Outcome {
      problems = List.copyOf(problems);
    }
  }

  static final long LOOK_MILLIS = 250;

  private final PhotoPlan plan;
  private final Path folder;
  private final InetSocketAddress control;
  private final Launcher launcher;
  private final Audience audience;
  private final List<PhotoRun> running = new ArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

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
  /// @param isInTurn whether each run has the machine for itself
  public List<Outcome> play(Fabric fabric, boolean isInTurn) throws InterruptedException {
    List<PhotoRun> runs = new ArrayList<>();
    if (isInTurn) {
      for (Way way : Way.values()) {
        audience.onStep("starting five processes for the pipeline " + way.words());
        runs.addAll(play(List.of(way)));
      }
    } else {
      audience.onStep("starting ten processes, five for each pipeline");
      runs.addAll(play(List.of(Way.values())));
    }
    audience.onStep("checking each photo and thumbnail against those made here");
    PhotoCheck check = new PhotoCheck(runs.getFirst().job().album());
    List<Outcome> outcomes = new ArrayList<>();
    for (PhotoRun run : runs) {
      List<IndexFile.Entry> index = IndexFile.read(run.job().indexFile());
      RunFigures figures = run.figures();
      int taken = Math.toIntExact(figures.taken());
      // What a run that broke off has lost is said by its figures.
      boolean isWhole = figures.broken() == null;
      outcomes.add(new Outcome(figures, check.problems(index, taken, isWhole, fabric)));
    }
    return outcomes;
  }

  private List<PhotoRun> play(List<Way> ways) throws InterruptedException {
    List<PhotoRun> runs = open(ways);
    try {
      runs.forEach(PhotoRun::start);
      while (!runs.stream().allMatch(PhotoRun::isOver)) {
        if (closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          throw new Unavailable("the demo was interrupted");
        }
        if (runs.stream().noneMatch(PhotoRun::isStarting)) {
          runs.forEach(PhotoRun::go);
        }
        boolean isFast = runs.stream().noneMatch(PhotoRun::isPastHalf);
        runs.forEach(run -> run.look(isFast));
        audience.onStandings(runs.stream().map(PhotoRun::standing).toList());
      }
      return runs;
    } finally {
      end(runs);
    }
  }

  private synchronized List<PhotoRun> open(List<Way> ways) {
    if (closed.getCount() == 0) {
      throw new Unavailable("the demo was interrupted");
    }
    int listening = Step.values().length - 1;
    List<Integer> ports = freePorts(ways.size() * listening);
    List<PhotoRun> runs = new ArrayList<>();
    for (Way way : ways) {
      List<Integer> own = ports.subList(runs.size() * listening, (runs.size() + 1) * listening);
      PhotoJob job = new PhotoJob(way, plan, control, own, folderOf(way));
      runs.add(new PhotoRun(job, job.folder().resolve("job.properties"), launcher, audience));
    }
    running.addAll(runs);
    return runs;
  }

  private synchronized void end(List<PhotoRun> runs) {
    runs.forEach(PhotoRun::close);
    running.removeAll(runs);
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
  private static List<Integer> freePorts(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
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
    closed.countDown();
    running.forEach(PhotoRun::close);
  }
}

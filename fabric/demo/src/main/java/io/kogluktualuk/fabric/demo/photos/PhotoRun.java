package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.Unavailable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One run: starts the five processes, watches them, starts again what dies, and ends them. It
/// does so a little each time when it is looked after, so that two runs can go on at once.
///
/// **Threading:** one thread looks after it; any other may close it. **Ownership:** of the
/// processes. **Bound:** [#STARTS_MAX] starts of each stage.
final class PhotoRun implements AutoCloseable {

  static final int STARTS_MAX = 20;

  private static final long RATE_NANOS = 2_000_000_000L;
  private static final Duration STILL_MAX = Duration.ofSeconds(60);
  private static final Duration END_WITHIN = Duration.ofSeconds(20);

  private enum Phase {
    STARTING,
    RUNNING,
    ENDING,
    OVER
  }

  /// What is known of a stage over all of its processes.
  private static final class Seat {

    private StageProcess process;
    private StageProgress former = StageProgress.NONE;
    private Duration formerCpu = Duration.ZERO;
    private Duration cpu = Duration.ZERO;
    private int starts = 1;
    private long sentMost;
    private final Deque<long[]> samples = new ArrayDeque<>();

    Seat(StageProcess process) {
      this.process = process;
    }

    StageProgress progress() {
      return process.progress().after(former);
    }

    /// Of all of its processes; a process that has ended tells no more.
    Duration lookAtCpu() {
      Duration now = process.cpu();
      cpu = now.compareTo(cpu) > 0 ? now : cpu;
      return cpu.plus(formerCpu);
    }

    void replace(StageProcess successor) {
      former = progress();
      formerCpu = formerCpu.plus(cpu);
      cpu = Duration.ZERO;
      process = successor;
      starts++;
    }
  }

  private final PhotoJob job;
  private final Path jobFile;
  private final PhotoDemo.Launcher launcher;
  private final PhotoDemo.Audience audience;
  private final FiguresBook book;
  private final Map<Step, Seat> seats = new EnumMap<>(Step.class);
  private Phase phase = Phase.STARTING;
  private boolean isClosed;
  private Duration cpuBefore = Duration.ZERO;
  private Duration cpuAfter = Duration.ZERO;
  private long firstNanos;
  private long movedNanos = System.nanoTime();
  private long endedNanos;
  private long lastIndexed;
  private @Nullable Standing standing;
  private @Nullable String broken;

  PhotoRun(PhotoJob job, Path jobFile, PhotoDemo.Launcher launcher, PhotoDemo.Audience audience) {
    this.job = job;
    this.jobFile = jobFile;
    this.launcher = launcher;
    this.audience = audience;
    this.book = new FiguresBook(job.wire(), job.plan().slowFrom());
  }

  PhotoJob job() {
    return job;
  }

  /// Starts all processes.
  void start() {
    job.write(jobFile);
    for (Step step : Step.values()) {
      start(step);
    }
  }

  /// Whether stages are not there yet.
  boolean isStarting() {
    return phase == Phase.STARTING && isAnyoneNew();
  }

  /// Has the camera take photos; nothing when it does.
  void go() {
    if (phase != Phase.STARTING) {
      return;
    }
    cpuBefore = cpu();
    movedNanos = System.nanoTime();
    phase = Phase.RUNNING;
    seat(Step.CAMERA).process.go();
  }

  boolean isOver() {
    return phase == Phase.OVER;
  }

  /// Whether the slow stage has come to the photos that it is slow with.
  boolean isPastHalf() {
    return lastIndexed > job.plan().slowFrom();
  }

  /// Looks after it once.
  ///
  /// @param isFast whether no run that goes on at the same time is past its half
  void look(boolean isFast) {
    switch (phase) {
      case STARTING, RUNNING -> {
        lookAtProcesses();
        tell(isFast);
        boolean isDone = seat(isHash() ? Step.CAMERA : Step.INDEX).progress().isEnded();
        if (isDone || broken != null) {
          end();
        }
      }
      case ENDING -> lookAtEnd();
      case OVER -> {}
    }
  }

  private void end() {
    cpuAfter = cpu();
    endedNanos = System.nanoTime();
    phase = Phase.ENDING;
    seats.values().forEach(seat -> seat.process.end());
  }

  private void lookAtEnd() {
    if (System.nanoTime() - endedNanos > END_WITHIN.toNanos()) {
      seats.values().forEach(seat -> seat.process.kill());
    }
    if (seats.values().stream().allMatch(seat -> seat.process.isOver())) {
      phase = Phase.OVER;
      tell(false);
      audience.onRun(figures());
    }
  }

  /// How it stood when it was looked after last.
  Standing standing() {
    return Objects.requireNonNull(standing, "it was never looked after");
  }

  RunFigures figures() {
    return book.figures(seat(Step.CAMERA).sentMost, cpuAfter.minus(cpuBefore), broken);
  }

  private boolean isHash() {
    return job.wire() == Way.HASH;
  }

  private Seat seat(Step step) {
    return Objects.requireNonNull(seats.get(step), step::word);
  }

  /// Nothing is started once this is closed.
  private synchronized void start(Step step) {
    if (isClosed) {
      return;
    }
    StageProcess process = StageProcess.start(step, launcher.command(jobFile, step), log(step));
    Seat seat = seats.get(step);
    if (seat == null) {
      seats.put(step, new Seat(process));
    } else {
      seat.replace(process);
      if (phase == Phase.RUNNING) {
        process.go();
      }
    }
  }

  private Path log(Step step) {
    return job.folder().resolve(step.word() + ".log");
  }

  /// Looks after all processes: by hash those that died are started again; by payload one that did
  /// is the end.
  private void lookAtProcesses() {
    List<Step> dead = new ArrayList<>();
    seats.forEach(
        (step, seat) -> {
          if (seat.process.isAlive()) {
            seat.lookAtCpu();
          } else {
            dead.add(step);
          }
        });
    if (isHash()) {
      dead.forEach(this::replace);
    } else if (!dead.isEmpty() && broken == null) {
      // The others have died of it.
      Step first =
          dead.stream()
              .filter(step -> seat(step).process.isKilled())
              .findFirst()
              .orElse(dead.getFirst());
      StageProcess process = seat(first).process;
      audience.onFallen(job.wire(), first, process.pid(), process.ending(), false);
      broken = first.word() + " died";
    }
  }

  private void replace(Step step) {
    Seat seat = seat(step);
    if (!seat.process.hasReported() || seat.starts >= STARTS_MAX) {
      throw new Unavailable(seat.process.lastWords());
    }
    audience.onFallen(job.wire(), step, seat.process.pid(), seat.process.ending(), true);
    start(step);
  }

  private void tell(boolean isFast) {
    long nowNanos = System.nanoTime();
    // One that was just started again has not said yet what there is.
    long indexed = Math.max(lastIndexed, seat(Step.INDEX).process.progress().out());
    if (firstNanos == 0 && indexed > 0) {
      firstNanos = nowNanos;
    }
    if (indexed > lastIndexed || isAnyoneNew()) {
      lastIndexed = indexed;
      movedNanos = nowNanos;
    } else if (phase == Phase.RUNNING && nowNanos - movedNanos > STILL_MAX.toNanos()) {
      throw new Unavailable(
          "%s: no photo has come to the index for %d s; %s"
              .formatted(job.wire().words(), STILL_MAX.toSeconds(), lastWords()));
    }
    List<StageStand> stands = new ArrayList<>();
    seats.forEach((step, seat) -> stands.add(stand(step, seat, nowNanos)));
    Standing now =
        new Standing(
            job.wire(),
            Duration.ofNanos(firstNanos == 0 ? 0 : nowNanos - firstNanos),
            indexed,
            job.plan().count(),
            isPastHalf() && !job.plan().slow().isZero(),
            stands,
            ProcessMemory.of(ProcessHandle.current().pid()),
            phase == Phase.OVER,
            broken);
    if (phase != Phase.OVER) {
      book.add(now, isFast);
    } else {
      book.end(now);
    }
    standing = now;
  }

  private boolean isAnyoneNew() {
    return seats.values().stream().anyMatch(seat -> !seat.process.hasReported());
  }

  private String lastWords() {
    StringBuilder words = new StringBuilder();
    seats.values().forEach(seat -> words.append(seat.process.lastWords()).append(". "));
    return words.toString().strip();
  }

  private static StageStand stand(Step step, Seat seat, long nowNanos) {
    StageProgress progress = seat.progress();
    seat.sentMost = Math.max(seat.sentMost, seat.process.progress().out());
    seat.samples.addLast(new long[] {nowNanos, progress.in(), progress.out()});
    while (nowNanos - seat.samples.getFirst()[0] > RATE_NANOS) {
      seat.samples.removeFirst();
    }
    long[] since = seat.samples.getFirst();
    boolean isAlive = seat.process.isAlive();
    double seconds = Math.max(PhotoDemo.LOOK_MILLIS / 1e3, (nowNanos - since[0]) / 1e9);
    return new StageStand(
        step,
        seat.process.pid(),
        isAlive,
        seat.starts,
        progress,
        isAlive ? (progress.in() - since[1]) / seconds : 0,
        isAlive ? (progress.out() - since[2]) / seconds : 0,
        ProcessMemory.of(seat.process.pid()));
  }

  /// Of all stages since they were started, and of the fabric, which runs in this process.
  private Duration cpu() {
    Duration fabric =
        isHash()
            ? ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO)
            : Duration.ZERO;
    return seats.values().stream().map(Seat::lookAtCpu).reduce(fabric, Duration::plus);
  }

  /// Ends all processes at once.
  @Override
  public synchronized void close() {
    isClosed = true;
    seats.values().forEach(seat -> seat.process.kill());
  }
}

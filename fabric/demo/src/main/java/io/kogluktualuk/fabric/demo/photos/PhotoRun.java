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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One run: starts the five processes, watches them, starts again what dies, and ends them.
///
/// **Threading:** one thread plays; any other may close it. **Ownership:** of the processes.
/// **Bound:** [#STARTS_MAX] starts of each stage.
final class PhotoRun implements AutoCloseable {

  static final int STARTS_MAX = 20;

  private static final long LOOK_MILLIS = 250;
  private static final long RATE_NANOS = 2_000_000_000L;
  private static final Duration STILL_MAX = Duration.ofSeconds(60);
  private static final Duration END_WITHIN = Duration.ofSeconds(20);

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
  }

  private final PhotoJob job;
  private final Path jobFile;
  private final PhotoDemo.Launcher launcher;
  private final PhotoDemo.Audience audience;
  private final FiguresBook book;
  private final Map<Step, Seat> seats = new EnumMap<>(Step.class);
  private final CountDownLatch closed = new CountDownLatch(1);
  private long firstNanos;
  private long movedNanos = System.nanoTime();
  private long lastIndexed;
  private @Nullable String broken;

  PhotoRun(PhotoJob job, Path jobFile, PhotoDemo.Launcher launcher, PhotoDemo.Audience audience) {
    this.job = job;
    this.jobFile = jobFile;
    this.launcher = launcher;
    this.audience = audience;
    this.book = new FiguresBook(job.wire(), job.plan().slowFrom());
  }

  /// Plays the run to its end.
  RunFigures play() throws InterruptedException {
    job.write(jobFile);
    for (Step step : Step.values()) {
      start(step);
    }
    boolean isOver = false;
    while (!isOver && broken == null) {
      if (closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new Unavailable("the demo was interrupted");
      }
      for (Step step : Step.values()) {
        look(step);
      }
      tell();
      isOver = seat(isHash() ? Step.CAMERA : Step.INDEX).progress().isEnded();
    }
    end();
    tell();
    return book.figures(seat(Step.CAMERA).sentMost, cpu(), broken);
  }

  private boolean isHash() {
    return job.wire() == Way.HASH;
  }

  private Seat seat(Step step) {
    return Objects.requireNonNull(seats.get(step), step::word);
  }

  /// Nothing is started once this is closed.
  private synchronized void start(Step step) {
    if (closed.getCount() == 0) {
      return;
    }
    StageProcess process = StageProcess.start(step, launcher.command(jobFile, step), log(step));
    Seat seat = seats.get(step);
    if (seat == null) {
      seats.put(step, new Seat(process));
    } else {
      seat.former = seat.progress();
      seat.formerCpu = seat.formerCpu.plus(seat.cpu);
      seat.cpu = Duration.ZERO;
      seat.process = process;
      seat.starts++;
    }
  }

  private Path log(Step step) {
    return job.folder().resolve(step.word() + ".log");
  }

  private void look(Step step) {
    Seat seat = seat(step);
    if (seat.process.isAlive()) {
      Duration cpu = seat.process.cpu();
      seat.cpu = cpu.compareTo(seat.cpu) > 0 ? cpu : seat.cpu;
      return;
    }
    boolean isHopeless = !seat.process.hasReported() || seat.starts >= STARTS_MAX;
    if (isHash() && isHopeless) {
      throw new Unavailable(seat.process.lastWords());
    }
    if (isHash()) {
      audience.onFallen(job.wire(), step, seat.process.pid(), true);
      start(step);
    } else if (broken == null) {
      audience.onFallen(job.wire(), step, seat.process.pid(), false);
      broken = seat.process.hasReported() ? step.word() + " died" : seat.process.lastWords();
    }
  }

  private void tell() {
    long nowNanos = System.nanoTime();
    long indexed = seat(Step.INDEX).progress().out();
    if (firstNanos == 0 && indexed > 0) {
      firstNanos = nowNanos;
    }
    if (indexed > lastIndexed || isAnyoneNew()) {
      lastIndexed = indexed;
      movedNanos = nowNanos;
    } else if (nowNanos - movedNanos > STILL_MAX.toNanos()) {
      throw new Unavailable(
          "no photo has come to the index for " + STILL_MAX.toSeconds() + " s; " + lastWords());
    }
    List<StageStand> stands = new ArrayList<>();
    seats.forEach((step, seat) -> stands.add(stand(step, seat, nowNanos)));
    Standing standing =
        new Standing(
            job.wire(),
            Duration.ofNanos(firstNanos == 0 ? 0 : nowNanos - firstNanos),
            indexed,
            job.plan().count(),
            indexed > job.plan().slowFrom() && !job.plan().slow().isZero(),
            stands,
            ProcessMemory.of(ProcessHandle.current().pid()));
    book.add(standing);
    audience.onStanding(standing);
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
    double seconds = Math.max(LOOK_MILLIS / 1e3, (nowNanos - since[0]) / 1e9);
    return new StageStand(
        step,
        seat.process.pid(),
        seat.process.isAlive(),
        seat.starts,
        progress,
        (progress.in() - since[1]) / seconds,
        (progress.out() - since[2]) / seconds,
        ProcessMemory.of(seat.process.pid()));
  }

  private void end() throws InterruptedException {
    for (Seat seat : seats.values()) {
      Duration cpu = seat.process.cpu();
      seat.cpu = cpu.compareTo(seat.cpu) > 0 ? cpu : seat.cpu;
      seat.process.end();
    }
    for (Seat seat : seats.values()) {
      seat.process.awaitEnd(END_WITHIN);
    }
  }

  private Duration cpu() {
    return seats.values().stream()
        .map(seat -> seat.cpu.plus(seat.formerCpu))
        .reduce(Duration.ZERO, Duration::plus);
  }

  /// Ends all processes at once.
  @Override
  public synchronized void close() {
    closed.countDown();
    seats.values().forEach(seat -> seat.process.kill());
  }
}

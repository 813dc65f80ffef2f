package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One stage as a process: runs until its standard input ends, and says how far it is on its
/// standard output. The camera begins at a line [#GO] on its standard input.
///
/// **Threading:** one thread, and those of the stage. **Bound:** a line each
/// [#REPORT_MILLIS]. **Errors:** what stops the stage is thrown.
public final class PhotoStage {

  static final long REPORT_MILLIS = 200;

  /// Told when all stages are there.
  static final String GO = "go";

  private PhotoStage() {}

  /// Runs a stage of the job in a file.
  ///
  /// @param in whoever has started this process keeps it open as long as the stage is to run
  /// @param out takes the reports
  public static void run(Path jobFile, Step step, InputStream in, PrintStream out)
      throws InterruptedException {
    PhotoJob job = PhotoJob.read(jobFile);
    CountDownLatch told = new CountDownLatch(1);
    try (RunningStage stage =
        switch (job.wire()) {
          case HASH -> new HashStage(job, step);
          case PAYLOAD -> new PayloadStage(job, step);
        }) {
      Thread.ofPlatform().daemon().name("input").start(() -> listen(in, stage, told));
      boolean isTold = false;
      while (!isTold) {
        report(stage, out);
        isTold = told.await(REPORT_MILLIS, TimeUnit.MILLISECONDS);
      }
      report(stage, out);
    }
  }

  private static void report(RunningStage stage, PrintStream out) {
    out.println(stage.progress().toLine());
    out.flush();
  }

  private static void listen(InputStream in, RunningStage stage, CountDownLatch told) {
    try {
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals(GO)) {
          stage.begin();
        }
      }
    } catch (IOException e) {
      throw new Unavailable("standard input cannot be read", e);
    } finally {
      told.countDown();
    }
  }
}

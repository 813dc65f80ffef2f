package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One stage as a process: runs until its standard input ends, and says how far it is on its
/// standard output.
///
/// **Threading:** one thread, and those of the stage. **Bound:** a line each
/// [#REPORT_MILLIS]. **Errors:** what stops the stage is thrown.
public final class PhotoStage {

  static final long REPORT_MILLIS = 200;

  private PhotoStage() {}

  /// Runs a stage of the job in a file.
  ///
  /// @param in whoever has started this process keeps it open as long as the stage is to run
  /// @param out takes the reports
  public static void run(Path jobFile, Step step, InputStream in, PrintStream out)
      throws InterruptedException {
    PhotoJob job = PhotoJob.read(jobFile);
    CountDownLatch told = new CountDownLatch(1);
    Thread.ofPlatform().daemon().name("input").start(() -> awaitEnd(in, told));
    try (RunningStage stage =
        switch (job.wire()) {
          case HASH -> new HashStage(job, step);
          case PAYLOAD -> new PayloadStage(job, step);
        }) {
      boolean isTold = false;
      while (!isTold) {
        out.println(stage.progress().toLine());
        out.flush();
        isTold = told.await(REPORT_MILLIS, TimeUnit.MILLISECONDS);
      }
      out.println(stage.progress().toLine());
      out.flush();
    }
  }

  private static void awaitEnd(InputStream in, CountDownLatch told) {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new Unavailable("standard input cannot be read", e);
    } finally {
      told.countDown();
    }
  }
}

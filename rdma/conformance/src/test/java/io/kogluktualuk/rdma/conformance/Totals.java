package io.kogluktualuk.rdma.conformance;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/// Counts tests as they end, and prints a line for each class and each failure.
///
/// **Threading:** one thread, the launcher's.
final class Totals implements TestExecutionListener {

  private static final class Count {
    private int run;
    private int failures;
    private int errors;
    private int skipped;

    private String text() {
      return "Tests run: %d, Failures: %d, Errors: %d, Skipped: %d"
          .formatted(run, failures, errors, skipped);
    }
  }

  private final PrintStream out;
  private final List<String> lines = new ArrayList<>();
  private final Count sum = new Count();
  private Count ofClass = new Count();
  private String className = "";
  private long classStarted;
  private long testStarted;

  Totals(PrintStream out) {
    this.out = out;
  }

  /// One line for each test, with tabs between: class, test, outcome, seconds, reason.
  List<String> lines() {
    return List.copyOf(lines);
  }

  boolean isGreen() {
    return sum.run > 0 && sum.failures + sum.errors == 0;
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    if (isClass(test)) {
      ofClass = new Count();
      className = test.getLegacyReportingName();
      classStarted = System.nanoTime();
      out.println("Running " + className);
    } else if (test.isTest()) {
      testStarted = System.nanoTime();
    }
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    if (isClass(test)) {
      className = test.getLegacyReportingName();
    }
    countSkipped(test, reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    boolean isAborted = result.getStatus() == TestExecutionResult.Status.ABORTED;
    if (isAborted) {
      countSkipped(test, result.getThrowable().map(Throwable::getMessage).orElse(""));
    } else if (result.getStatus() == TestExecutionResult.Status.FAILED) {
      countFailed(test, result.getThrowable().orElseThrow());
    } else if (test.isTest()) {
      count(test, "passed", "");
    }
    if (isClass(test)) {
      out.printf(
          Locale.ROOT,
          "%s, Time elapsed: %.1f s -- in %s%n",
          ofClass.text(),
          seconds(classStarted),
          className);
      sum.run += ofClass.run;
      sum.failures += ofClass.failures;
      sum.errors += ofClass.errors;
      sum.skipped += ofClass.skipped;
    }
  }

  void printSum() {
    out.println();
    out.println("Results:");
    out.println();
    out.println(sum.text());
  }

  private static boolean isClass(TestIdentifier test) {
    return test.getSource().filter(ClassSource.class::isInstance).isPresent();
  }

  private void countSkipped(TestIdentifier test, String reason) {
    ofClass.skipped++;
    count(test, "skipped", reason);
    out.println("  skipped " + test.getDisplayName() + ": " + reason);
  }

  private void countFailed(TestIdentifier test, Throwable failure) {
    if (failure instanceof AssertionError) {
      ofClass.failures++;
    } else {
      ofClass.errors++;
    }
    count(test, "failed", String.valueOf(failure));
    out.println("  FAILED " + className + " " + test.getDisplayName());
    failure.printStackTrace(out);
  }

  private void count(TestIdentifier test, String outcome, String reason) {
    ofClass.run++;
    String line = reason.lines().findFirst().orElse("").replace('\t', ' ');
    lines.add(
        String.format(
            Locale.ROOT,
            "%s\t%s\t%s\t%.3f\t%s",
            className,
            test.getDisplayName(),
            outcome,
            seconds(testStarted),
            line));
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}

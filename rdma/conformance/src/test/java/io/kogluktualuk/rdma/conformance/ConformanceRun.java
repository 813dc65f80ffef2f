package io.kogluktualuk.rdma.conformance;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;
import static org.junit.platform.launcher.TagFilter.excludeTags;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// Runs the suite without Maven, for machines that have neither it nor the network: the lab's
/// guest. What it prints reads like Surefire's output.
///
/// Arguments: `[--large] [--results FILE] [CLASS...]`; a class without a package is the suite's.
/// See the module's README.
///
/// Exit status: 0 when all passed, 1 when a test failed or none ran, 2 for wrong usage.
public final class ConformanceRun {

  private static final int TEST_SECONDS_MAX = 60;

  private ConformanceRun() {}

  /// @param args see above
  public static void main(String[] args) throws IOException {
    boolean isLarge = false;
    Path results = null;
    List<String> classes = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--large" -> isLarge = true;
        case "--results" -> results = i + 1 < args.length ? Path.of(args[++i]) : null;
        default -> classes.add(args[i]);
      }
    }
    Totals totals = run(classes, isLarge, System.out);
    if (results != null) {
      Files.write(results, totals.lines());
    }
    System.exit(totals.isGreen() ? 0 : 1);
  }

  private static Totals run(List<String> classes, boolean isLarge, PrintStream out) {
    String room = ConformanceRun.class.getPackageName();
    var request =
        LauncherDiscoveryRequestBuilder.request()
            .filters(ClassNameFilter.includeClassNamePatterns(".*Test"))
            .configurationParameter(
                "junit.jupiter.execution.timeout.default",
                Suite.patientMillis(TEST_SECONDS_MAX) + " s");
    if (classes.isEmpty()) {
      request.selectors(selectPackage(room));
    }
    classes.forEach(
        name -> request.selectors(selectClass(name.contains(".") ? name : room + "." + name)));
    if (!isLarge) {
      request.filters(excludeTags("large"));
    }
    Totals totals = new Totals(out);
    LauncherFactory.create().execute(request.build(), totals);
    totals.printSum();
    return totals;
  }
}

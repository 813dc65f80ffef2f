package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.demo.photos.PhotoDemo;
import io.kogluktualuk.fabric.demo.photos.Step;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Starts stages of the pipeline demo with this JVM's own class path and flags, but with a small
/// heap that gives back what it does not need.
///
/// **Threading:** stateless.
final class StageLauncher implements PhotoDemo.Launcher {

  private static final List<String> HEAP =
      List.of("-Xms16m", "-Xmx512m", "-XX:+UseSerialGC", "-Djava.awt.headless=true");

  private final String verbs;

  StageLauncher(String verbs) {
    this.verbs = verbs;
  }

  @Override
  public ProcessBuilder command(Path jobFile, Step step) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-Xm") && !flag.matches("-XX:[+-]Use[A-Za-z0-9]*GC"))
        .filter(flag -> !flag.startsWith("-Dkog.terminals"))
        .forEach(command::add);
    command.addAll(HEAP);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("demo", "stage", "--verbs", verbs, step.word(), jobFile.toString()));
    return new ProcessBuilder(command);
  }
}

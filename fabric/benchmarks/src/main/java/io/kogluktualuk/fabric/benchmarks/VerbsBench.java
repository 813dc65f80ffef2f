package io.kogluktualuk.fabric.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// READ and WRITE of the software provider, the other side always another process: over shared
/// memory against memcpy and UCX, over TCP against a raw epoll program and iperf3; what they
/// allocate; and what a GET costs in verbs.
final class VerbsBench implements Bench {

  static final String NAME = "verbs";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "READ and WRITE between two processes, over shared memory and TCP";
  }

  @Override
  public List<Measurement> run(Path folder, Consumer<String> progress) throws Exception {
    Consumer<String> named = line -> progress.accept(NAME + ": " + line);
    named.accept(MachineFacts.line());
    List<Measurement> rows = new ArrayList<>();
    Path shared = Files.createDirectory(folder.resolve("shared"));
    rows.addAll(new SharedVerbs(shared, named).run());
    Path tcp = Files.createDirectory(folder.resolve("tcp"));
    rows.addAll(new TcpVerbs(tcp, named).run());
    named.accept("verbs of a GET");
    rows.addAll(GetCounts.run(folder.resolve("counts")));
    return rows;
  }
}

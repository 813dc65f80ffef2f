package io.kogluktualuk.fabric.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// One benchmark: sets up what it needs, measures us and the peer in turn, cleans up.
///
/// **Threading:** one benchmark runs at a time.
public interface Bench {

  /// The word after `kog bench`.
  String name();

  /// One line for `--help`.
  String summary();

  /// Runs it.
  ///
  /// @param folder an empty folder to use; the caller removes it
  /// @param progress gets a line about each step
  List<Measurement> run(Path folder, Consumer<String> progress) throws Exception;

  /// All of them, in the order in which `kog bench all` runs them.
  static List<Bench> all() {
    return all(PipelineScope.SHORT);
  }

  /// The same.
  ///
  /// @param scope which points of pipelines are measured
  static List<Bench> all(PipelineScope scope) {
    return List.of(
        new HashBench(),
        new MemoBench(),
        new SubtransactionBench(),
        new IncrementalBench(),
        new TreeBench(),
        new VmBench(),
        new VerbsBench(),
        new RpcBench(),
        new ControlBench(),
        new GetBench(),
        new StoreBench(),
        new SortBench(),
        new PipelineBench(scope));
  }
}

package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.hash.Hash;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;

/// What tests of stages over wires and blobs in memory begin with.
abstract class StagesInMemory {

  final MemoryBlobs blobs = new MemoryBlobs();

  /// How the envelopes of [#source] ended, by their ids.
  final Map<Hash, Verdict> ends = new ConcurrentHashMap<>();

  private final Path folder;
  private final List<Pipeline> pipelines = new ArrayList<>();

  StagesInMemory(Path folder) {
    this.folder = folder;
  }

  @AfterEach
  void close() {
    pipelines.forEach(Pipeline::close);
  }

  /// One process's part of the pipeline.
  Pipeline pipeline() {
    Pipeline made = new Pipeline(blobs, "test", folder, System::nanoTime, InstantSource.system());
    pipelines.add(made);
    return made;
  }

  Source source(Wire wire) {
    return pipeline()
        .source("source")
        .to("next", wire)
        .carrying(0)
        .hearing((envelope, verdict) -> ends.put(envelope.id(), verdict))
        .open();
  }

  static byte[] content(int i) {
    return ("content " + i).getBytes(StandardCharsets.UTF_8);
  }
}

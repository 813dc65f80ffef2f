package io.kogluktualuk.fabric.systemtests.snippets;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.pipeline.Metadata;
import io.kogluktualuk.fabric.pipeline.Output;
import io.kogluktualuk.fabric.pipeline.Pipeline;
import io.kogluktualuk.fabric.pipeline.Source;
import io.kogluktualuk.fabric.pipeline.TransactionStage;
import io.kogluktualuk.fabric.pipeline.tcp.TcpInlet;
import io.kogluktualuk.fabric.pipeline.tcp.TcpWire;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// A camera, a stage that makes photos smaller, an index.
public final class Thumbnails {

  private Thumbnails() {}

  static byte[] half(MemorySegment photo) {
    return photo.asSlice(0, photo.byteSize() / 2).toArray(ValueLayout.JAVA_BYTE);
  }

  /// The stage in the middle, until the latch opens.
  public static void resize(
      String url, Path folder, int port, String indexer, int indexPort, CountDownLatch stop)
      throws InterruptedException {
    try (Fabric fabric = Fabric.connect(url);
        Pipeline pipeline = Pipeline.over(fabric, "thumbnails", folder)) {
      pipeline
          .stage("resize")
          .from(TcpInlet.at(port)) // who comes in there
          .to("index", TcpWire.to(indexer, indexPort)) // several get a copy each
          .run(in -> List.of(Output.of(in.read(Thumbnails::half), in.metadata())));
      stop.await();
    }
  }

  /// The source.
  public static boolean camera(Pipeline pipeline, byte[] photo, String host, int port)
      throws InterruptedException {
    try (Source camera = pipeline.source("camera").to("resize", TcpWire.to(host, port)).open()) {
      camera.send(photo, Metadata.of("name", "first"), Duration.ofMinutes(1)); // waits for credits
      return camera.drain(Duration.ofMinutes(1)); // until everything is done, to the last stage
    }
  }

  /// The sink.
  public static void index(Pipeline pipeline, int port, Map<String, byte[]> index) {
    pipeline
        .stage("index")
        .from(TcpInlet.at(port))
        .run(
            in -> {
              index.put(String.valueOf(in.metadata().value("name")), in.bytes());
              return List.of(); // nothing goes on from here
            });
  }

  /// A program as a stage.
  public static void sort(Fabric fabric, Pipeline pipeline, byte[] program, int port, int next) {
    Ref namespace = fabric.trees().put(Map.of("bin/sort", fabric.put(program)));
    List<String> argv = List.of("/bin/sort", "/in");
    pipeline
        .stage("sort")
        .from(TcpInlet.at(port))
        .to("index", TcpWire.to("localhost", next))
        .run(TransactionStage.of(fabric, namespace, "/in", argv, Duration.ofMinutes(1)));
  }
}

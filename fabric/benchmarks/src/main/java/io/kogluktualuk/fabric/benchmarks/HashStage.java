package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.pipeline.Input;
import io.kogluktualuk.fabric.pipeline.Metadata;
import io.kogluktualuk.fabric.pipeline.Output;
import io.kogluktualuk.fabric.pipeline.Pipeline;
import io.kogluktualuk.fabric.pipeline.Source;
import io.kogluktualuk.fabric.pipeline.SourcePlan;
import io.kogluktualuk.fabric.pipeline.StagePlan;
import io.kogluktualuk.fabric.pipeline.StageSettings;
import io.kogluktualuk.fabric.pipeline.tcp.TcpInlet;
import io.kogluktualuk.fabric.pipeline.tcp.TcpWire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;

/// A stage of ours: envelopes over TCP, content by one-sided reads.
///
/// **Threading:** the pipeline's; orders come from the main thread. **Ownership:** the process ends
/// with its input.
public final class HashStage {

  private static final String SENT = "t";
  private static final String MASK = "m";
  private static final String DELAY = "d";

  private final StageWork work;
  private final Pipeline pipeline;
  private final HashCopies copies;
  private final int index;
  private final int next;
  private @Nullable HashSource source;

  private HashStage(int index, int stages, int next, Fabric fabric, Pipeline pipeline) {
    this.index = index;
    this.next = next;
    this.work = new StageWork(index, stages);
    this.pipeline = pipeline;
    this.copies = new HashCopies(fabric, pipeline);
  }

  /// @param args index, number of stages, port of the next stage or 0, port of the control plane,
  ///     folder
  public static void main(String[] args) throws IOException {
    LogManager.getLogManager().reset();
    InetSocketAddress control =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[3]));
    try (Fabric fabric = Fabric.connect(control, ClientSettings.DEFAULT);
        Pipeline pipeline = Pipeline.over(fabric, "bench", Path.of(args[4]))) {
      HashStage stage =
          new HashStage(
              Integer.parseInt(args[0]),
              Integer.parseInt(args[1]),
              Integer.parseInt(args[2]),
              fabric,
              pipeline);
      int port = stage.index == 0 ? 0 : stage.listen();
      AgentLoop.run(Integer.toString(port), stage::answer);
    }
  }

  private int listen() {
    TcpInlet inlet = TcpInlet.at(InetAddress.getLoopbackAddress().getHostAddress(), 0);
    StagePlan plan =
        pipeline
            .stage("stage-" + index)
            .from(inlet)
            .with(
                StageSettings.DEFAULT
                    .withWindow(PipelinePoint.windowMax(), PipelinePoint.windowBytes())
                    .withParallelism(2));
    if (next != 0) {
      plan.to("next", TcpWire.to(InetAddress.getLoopbackAddress().getHostAddress(), next));
    }
    plan.run(this::handle);
    return inlet.port();
  }

  private List<Output> handle(Input input) {
    Metadata metadata = input.metadata();
    if (work.isTouching((int) number(metadata, MASK))) {
      input.readParts(work::touch);
    }
    work.end(number(metadata, SENT), number(metadata, DELAY));
    return work.isSink() ? List.of() : List.of(input.pass());
  }

  private static long number(Metadata metadata, String key) {
    return Long.parseLong(Objects.requireNonNull(metadata.value(key), key), Character.MAX_RADIX);
  }

  static Metadata metadata(long sentNanos, StageOrder order) {
    return Metadata.of(
        Map.of(
            SENT, Long.toString(sentNanos, Character.MAX_RADIX),
            MASK, Integer.toString(order.mask(), Character.MAX_RADIX),
            DELAY, Long.toString(order.delayNanos(), Character.MAX_RADIX)));
  }

  private long answer(String operation, int bytes, int times) throws Exception {
    if (!StageOrder.isRun(operation)) {
      return work.answer(operation, copies.bytes());
    }
    StageOrder order = StageOrder.parse(operation);
    HashSource from = source;
    if (from == null || from.isCarrying() != order.isCarried()) {
      if (from != null) {
        from.close();
      }
      from = new HashSource(open(order.isCarried()), order.isCarried());
      source = from;
    }
    return from.send(order, bytes, times);
  }

  private Source open(boolean isCarrying) {
    SourcePlan plan =
        pipeline
            .source("source")
            .to("next", TcpWire.to(InetAddress.getLoopbackAddress().getHostAddress(), next));
    return (isCarrying ? plan : plan.carrying(0)).open();
  }
}

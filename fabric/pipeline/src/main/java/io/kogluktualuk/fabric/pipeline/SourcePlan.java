package io.kogluktualuk.fabric.pipeline;

import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// A source that does not run yet.
///
/// **Threading:** one thread. **Ownership:** wires belong to the source once it runs.
public final class SourcePlan {

  private final Pipeline pipeline;
  private final String name;
  private OutletsPlan outlets = OutletsPlan.NONE;
  private BiConsumer<Envelope, Verdict> listener = (_, _) -> {};

  SourcePlan(Pipeline pipeline, String name) {
    this.pipeline = pipeline;
    this.name = Origin.requireName(name);
  }

  /// Sends there.
  ///
  /// @param branch what to call it: in [Output#to], in messages, in snapshots
  public SourcePlan to(String branch, Wire wire) {
    outlets = outlets.with(branch, wire);
    return this;
  }

  /// Sends each envelope to one branch, the same for all with the same key, instead of to all.
  public SourcePlan choosing(Function<Envelope, String> key) {
    outlets = outlets.choosing(key);
    return this;
  }

  /// Lets content of up to so many bytes travel in its envelope.
  public SourcePlan carrying(int bytes) {
    outlets = outlets.carrying(StageSettings.DEFAULT.carrying(bytes).carryMax());
    return this;
  }

  /// Waits so long for the end of an envelope before it is sent again, and sends it so often.
  public SourcePlan patience(Duration done, int sendings) {
    outlets =
        outlets.patient(new LinkSettings(done, sendings, LinkSettings.DEFAULT.creditPatience()));
    return this;
  }

  /// Hears what became of each envelope, when all branches have said so; on a thread that must not
  /// be kept waiting.
  public SourcePlan hearing(BiConsumer<Envelope, Verdict> what) {
    listener = what;
    return this;
  }

  /// Starts the source.
  public Source open() {
    return pipeline.start(this);
  }

  String name() {
    return name;
  }

  OutletsPlan outlets() {
    return outlets;
  }

  BiConsumer<Envelope, Verdict> listener() {
    return listener;
  }
}

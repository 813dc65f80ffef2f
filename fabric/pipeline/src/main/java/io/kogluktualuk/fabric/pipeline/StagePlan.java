package io.kogluktualuk.fabric.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A stage that does not run yet: what it is connected to, and how it works.
///
/// **Threading:** one thread. **Ownership:** wires and inlets belong to the stage once it runs.
public final class StagePlan {

  private final Pipeline pipeline;
  private final String name;
  private final List<Inlet> inlets = new ArrayList<>();
  private final Map<String, Wire> wires = new LinkedHashMap<>();
  private OutletsPlan outlets = OutletsPlan.NONE;
  private StageSettings settings = StageSettings.DEFAULT;
  private @Nullable Function<Envelope, String> order;
  private boolean isDoubting;

  StagePlan(Pipeline pipeline, String name) {
    this.pipeline = pipeline;
    this.name = Origin.requireName(name);
  }

  /// Takes envelopes from everyone who comes in there.
  public StagePlan from(Inlet inlet) {
    inlets.add(inlet);
    return this;
  }

  /// Takes envelopes from one wire.
  ///
  /// @param label what to call it in messages
  public StagePlan from(String label, Wire wire) {
    wires.put(label, wire);
    return this;
  }

  /// Sends outputs there.
  ///
  /// @param branch what to call it: in [Output#to], in messages, in snapshots
  public StagePlan to(String branch, Wire wire) {
    outlets = outlets.with(branch, wire);
    return this;
  }

  /// Sends each output to one branch, the same for all with the same key, instead of to all.
  public StagePlan choosing(Function<Envelope, String> key) {
    outlets = outlets.choosing(key);
    return this;
  }

  /// Works on envelopes with the same key one after the other, in the order in which they came, and
  /// so sends their outputs in that order. Without it, lanes take what is next, and order is lost
  /// between them.
  public StagePlan ordered(Function<Envelope, String> key) {
    order = key;
    return this;
  }

  /// Works with other settings.
  public StagePlan with(StageSettings how) {
    settings = how;
    outlets = outlets.carrying(how.carryMax());
    return this;
  }

  /// Believes nobody who vouches for what he has stored: everything that is read is verified by
  /// SHA-256. What a session believes it believes for all who read over it, so this goes for all
  /// stages of the [Pipeline] from here on; and a stage that doubts has a session of its own, not
  /// one with a pipeline that believes.
  public StagePlan doubting() {
    isDoubting = true;
    return this;
  }

  /// Waits for other stages so long.
  ///
  /// @param done for the end of an envelope, before it is sent again
  /// @param sendings how often it is sent, before it is set aside
  /// @param credit for room for an output, before it is set aside
  public StagePlan patience(Duration done, int sendings, Duration credit) {
    outlets = outlets.patient(new LinkSettings(done, sendings, credit));
    return this;
  }

  /// Starts the stage.
  public Stage run(Handler handler) {
    return pipeline.start(this, handler);
  }

  String name() {
    return name;
  }

  List<Inlet> inlets() {
    return inlets;
  }

  Map<String, Wire> wires() {
    return wires;
  }

  OutletsPlan outlets() {
    return outlets;
  }

  StageSettings settings() {
    return settings;
  }

  @Nullable Function<Envelope, String> order() {
    return order;
  }

  boolean isDoubting() {
    return isDoubting;
  }

  int laneOf(Envelope envelope) {
    return order == null ? 0 : order.apply(envelope).hashCode();
  }
}

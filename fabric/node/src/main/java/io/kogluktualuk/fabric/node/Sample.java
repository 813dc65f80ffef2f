package io.kogluktualuk.fabric.node;

import io.prometheus.metrics.model.snapshots.Labels;

/// One number that a node publishes, in base units: bytes, seconds.
///
/// @param name without `_total`, which counters get when they are published
/// @param labels besides `node`
record Sample(String name, String help, boolean isCounter, Labels labels, double value) {

  static Sample gauge(String name, String help, double value) {
    return new Sample(name, help, false, Labels.EMPTY, value);
  }

  static Sample counter(String name, String help, double value) {
    return new Sample(name, help, true, Labels.EMPTY, value);
  }

  /// One of several with this name.
  Sample with(String label, String word) {
    return new Sample(name, help, isCounter, labels.add(label, word), value);
  }
}

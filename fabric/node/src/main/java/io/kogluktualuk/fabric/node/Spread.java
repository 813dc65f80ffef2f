package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.measure.Distribution;
import io.prometheus.metrics.model.snapshots.Labels;

/// How large something was that a node publishes as a histogram, in base units: bytes, seconds.
///
/// @param labels besides `node`
record Spread(String name, String help, Labels labels, Distribution values) {

  Spread(String name, String help, Distribution values) {
    this(name, help, Labels.EMPTY, values);
  }

  /// One of several with this name.
  Spread with(String label, String word) {
    return new Spread(name, help, labels.add(label, word), values);
  }
}

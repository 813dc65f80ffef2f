package io.kogluktualuk.fabric.node.config;

import java.util.List;

/// What reading a configuration file gave.
public sealed interface Loaded {

  /// Nothing is wrong with it.
  ///
  /// @param effective every key with its value and where that comes from, for people
  record Valid(NodeConfig config, String effective) implements Loaded {}

  /// All that is wrong with it; at least one.
  record Invalid(List<Problem> problems) implements Loaded {
    public Invalid {
      problems = List.copyOf(problems);
    }
  }
}

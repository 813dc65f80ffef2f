package io.kogluktualuk.fabric.node.config;

import java.util.Map;

/// The values that a file has, as the library gives them, before anything is checked but syntax.
///
/// @param values by full key: text, numbers, booleans, lists; an empty map for an empty section
record Found(Map<String, Value> values) {

  /// @param where file and line, or the variable of the environment
  record Value(Object raw, String where) {}

  Found {
    values = Map.copyOf(values);
  }
}

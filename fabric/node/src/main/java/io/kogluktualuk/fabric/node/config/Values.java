package io.kogluktualuk.fabric.node.config;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a file says, by key, each value of its type; and where it says so.
///
/// **Threading:** immutable, once read.
final class Values {

  private final String file;
  private final Map<String, Object> values;
  private final Map<String, String> origins;
  private final List<Problem> problems;

  Values(
      String file,
      Map<String, Object> values,
      Map<String, String> origins,
      List<Problem> problems) {
    this.file = file;
    this.values = Map.copyOf(values);
    this.origins = Map.copyOf(origins);
    this.problems = problems;
  }

  /// The value of a key that is required or has a standard.
  <T> T get(Key<T> key) {
    return Objects.requireNonNull(find(key), key.path());
  }

  /// The value of a key, or its standard, or null.
  @SuppressWarnings("unchecked") // put there by the key's own type
  <T> @Nullable T find(Key<T> key) {
    T value = (T) values.get(key.path());
    return value == null ? key.standard() : value;
  }

  /// Whether each key that is required has a value, so that [#get] can be asked for it.
  boolean hasRequired(NodeRole role) {
    return role.keys().stream().noneMatch(key -> key.isRequired() && find(key) == null);
  }

  /// Where a value comes from: file and line, a variable, or `default`.
  String origin(Key<?> key) {
    return origins.getOrDefault(key.path(), "default");
  }

  /// Adds a problem with a key's value unless the condition holds.
  void require(boolean holds, Key<?> key, String expected, Object found) {
    if (!holds) {
      String where = origins.getOrDefault(key.path(), file);
      problems.add(new Problem(where, key.path(), expected, String.valueOf(found)));
    }
  }
}

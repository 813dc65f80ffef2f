package io.kogluktualuk.fabric.node.config;

import org.jspecify.annotations.Nullable;

/// One key that a configuration may have.
///
/// @param path with dots, `memory.capacity`
/// @param standard the value when the file has none; null when there is no such value
/// @param isRequired whether a file without it is refused
/// @param absent what happens when there is neither a value nor a standard, in words
/// @param comment what it decides, one or more lines of at most 96 characters
record Key<T>(
    String path,
    Type<T> type,
    @Nullable T standard,
    boolean isRequired,
    String absent,
    String comment) {

  static <T> Key<T> required(String path, Type<T> type, String comment) {
    return new Key<>(path, type, null, true, "", comment);
  }

  static <T> Key<T> standard(String path, Type<T> type, T standard, String comment) {
    return new Key<>(path, type, standard, false, "", comment);
  }

  /// @param absent what holds without it
  static <T> Key<T> optional(String path, Type<T> type, String absent, String comment) {
    return new Key<>(path, type, null, false, absent, comment);
  }

  /// The standard value as it would stand in a file; null when there is none.
  @Nullable String standardText() {
    return standard == null ? null : type.render().apply(standard);
  }
}

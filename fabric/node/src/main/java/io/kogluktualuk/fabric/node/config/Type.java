package io.kogluktualuk.fabric.node.config;

import java.util.function.Function;

/// What values a key may have.
///
/// @param expected in words, after "expected"
/// @param parse the value from what the file holds: text, a number, a boolean or a list; throws
///     [IllegalArgumentException] or a fault for anything that is not expected
/// @param render the value as it would stand in a file
record Type<T>(String expected, Function<Object, T> parse, Function<T, String> render) {

  T read(Object raw) {
    return parse.apply(raw);
  }

  /// As [#read] and [#render], for whoever does not know what T is.
  String normal(Object raw) {
    return render.apply(read(raw));
  }
}

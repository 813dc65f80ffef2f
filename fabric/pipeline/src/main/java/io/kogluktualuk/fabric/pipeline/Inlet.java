package io.kogluktualuk.fabric.pipeline;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Where upstream stages come in: a port that gives a wire for each of them.
///
/// **Threading:** one thread accepts. **Ownership:** accepted wires are their taker's; closing the
/// inlet ends accepting.
public interface Inlet extends AutoCloseable {

  /// The next wire, or null when nobody has come within the patience.
  ///
  /// @throws io.kogluktualuk.fabric.fault.AlreadyClosed after [#close]
  @Nullable Wire accept(Duration patience);

  /// What to call it in messages.
  String label();

  @Override
  void close();
}

package io.kogluktualuk.fabric.systemtests;

import java.util.random.RandomGenerator;

/// A kind of client of the mixed load.
///
/// **Threading:** one thread. **Ownership:** closed when the load ends.
interface Work extends AutoCloseable {

  /// Does one or a few operations and notes them. Faults of the fabric are noted, not thrown.
  void once(RandomGenerator random);

  @Override
  default void close() {}
}

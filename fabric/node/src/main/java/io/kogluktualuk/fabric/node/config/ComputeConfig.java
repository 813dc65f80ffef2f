package io.kogluktualuk.fabric.node.config;

import io.kogluktualuk.fabric.units.ByteCount;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The configuration of a compute node.
///
/// @param slots programs that run at a time; null for one for each processor
/// @param cache the most bytes of blobs on the heap; null for an eighth of it
/// @param kept the most registered memory for blobs that programs read; null for a sixteenth of the
///     heap's size
/// @param pool the most bytes of instances that wait; null for a sixteenth of the heap
/// @param poolInstances the most such instances
/// @param lease how long its lease on what it uses lasts without a renewal
/// @param answerHold how long it holds what it has answered, at least
/// @param sharesCode whether it runs what other nodes have compiled, and offers what it has
public record ComputeConfig(
    SharedConfig shared,
    @Nullable Integer slots,
    @Nullable ByteCount cache,
    @Nullable ByteCount kept,
    @Nullable ByteCount pool,
    int poolInstances,
    Duration heartbeat,
    Duration lease,
    Duration answerHold,
    boolean sharesCode)
    implements NodeConfig {

  static ComputeConfig of(SharedConfig shared, Values values) {
    return new ComputeConfig(
        shared,
        values.find(ComputeKeys.SLOTS),
        values.find(ComputeKeys.CACHE),
        values.find(ComputeKeys.KEPT),
        values.find(ComputeKeys.POOL),
        values.get(ComputeKeys.POOL_INSTANCES),
        values.get(ComputeKeys.HEARTBEAT),
        values.get(ComputeKeys.LEASE),
        values.get(ComputeKeys.ANSWER_HOLD),
        values.get(ComputeKeys.SHARED_CODE));
  }

  @Override
  public NodeRole role() {
    return NodeRole.COMPUTE;
  }
}

package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.fabric.measure.Distribution;
import io.kogluktualuk.fabric.measure.Histogram;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.paxoslog.api.LogStatus;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import java.util.function.Supplier;

/// A log that measures what is proposed here.
///
/// **Threading:** as [ReplicatedLog]. **Ownership:** the log is lent; closing this closes it.
final class MeasuredLog implements ReplicatedLog {

  private final ReplicatedLog log;
  private final Supplier<Distribution> syncs;
  private final Histogram times = Histogram.ofTimes();
  private final Histogram sizes = Histogram.ofSizes();

  /// @param syncs how long syncs of the log's file took
  MeasuredLog(ReplicatedLog log, Supplier<Distribution> syncs) {
    this.log = log;
    this.syncs = syncs;
  }

  @Override
  public byte[] append(byte[] entry, Deadline deadline) {
    long begin = System.nanoTime();
    byte[] reply = log.append(entry, deadline);
    times.addSince(begin);
    sizes.add(entry.length);
    return reply;
  }

  /// How long entries took that were agreed on.
  Distribution times() {
    return times.read();
  }

  /// How large those were, in bytes.
  Distribution sizes() {
    return sizes.read();
  }

  /// How long syncs of the log's file took.
  Distribution syncTimes() {
    return syncs.get();
  }

  @Override
  public void barrier(Deadline deadline) {
    log.barrier(deadline);
  }

  @Override
  public <T> T read(Supplier<T> query) {
    return log.read(query);
  }

  @Override
  public LogStatus status() {
    return log.status();
  }

  @Override
  public void snapshot(Deadline deadline) {
    log.snapshot(deadline);
  }

  @Override
  public void close() {
    log.close();
  }
}

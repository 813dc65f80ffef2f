package io.kogluktualuk.memnode.reader;

import java.util.concurrent.atomic.LongAdder;

/// Counts what a [FabricBlobs] does.
///
/// **Threading:** any thread.
final class Tally {

  final LongAdder reads = new LongAdder();
  final LongAdder readBytes = new LongAdder();
  final LongAdder writes = new LongAdder();
  final LongAdder writtenBytes = new LongAdder();
  final LongAdder locationHits = new LongAdder();
  final LongAdder locationMisses = new LongAdder();
  final LongAdder tagHits = new LongAdder();
  final LongAdder fullVerifications = new LongAdder();
  final LongAdder rejected = new LongAdder();
  final LongAdder underReplicated = new LongAdder();
  final LongAdder promoted = new LongAdder();
  final LongAdder keptHits = new LongAdder();
  final LongAdder copiedBytes = new LongAdder();
  final LongAdder vouched = new LongAdder();
  final LongAdder wrongVouchers = new LongAdder();

  void read(long operations, long bytes) {
    reads.add(operations);
    readBytes.add(bytes);
  }

  void wrote(long operations, long bytes) {
    writes.add(operations);
    writtenBytes.add(bytes);
  }

  ReadCounts counts() {
    return new ReadCounts(
        reads.sum(),
        readBytes.sum(),
        writes.sum(),
        writtenBytes.sum(),
        locationHits.sum(),
        locationMisses.sum(),
        tagHits.sum(),
        fullVerifications.sum(),
        rejected.sum(),
        underReplicated.sum(),
        promoted.sum(),
        keptHits.sum(),
        copiedBytes.sum(),
        vouched.sum(),
        wrongVouchers.sum());
  }
}

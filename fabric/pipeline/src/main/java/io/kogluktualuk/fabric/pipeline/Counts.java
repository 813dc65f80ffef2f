package io.kogluktualuk.fabric.pipeline;

import java.util.concurrent.atomic.LongAdder;

/// What a stage counts.
///
/// **Threading:** any thread.
final class Counts {

  final LongAdder received = new LongAdder();
  final LongAdder receivedBytes = new LongAdder();
  final LongAdder processed = new LongAdder();
  final LongAdder emitted = new LongAdder();
  final LongAdder emittedBytes = new LongAdder();
  final LongAdder done = new LongAdder();
  final LongAdder viewedBytes = new LongAdder();
  final LongAdder storedBytes = new LongAdder();
  final LongAdder duplicates = new LongAdder();
  final LongAdder recomputed = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder setAside = new LongAdder();
  final LongAdder dropped = new LongAdder();
  final LongAdder orphaned = new LongAdder();
  final LongAdder adopted = new LongAdder();
  final LongAdder forged = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder malformed = new LongAdder();
  final LongAdder overdrawn = new LongAdder();
  final LongAdder readmitted = new LongAdder();
  final LongAdder starved = new LongAdder();
  final LongAdder givenUp = new LongAdder();
  final LongAdder breaks = new LongAdder();
  final LongAdder strays = new LongAdder();
}

package io.kogluktualuk.fabric.benchmarks;

import java.nio.ByteBuffer;

/// What a source is told, and tells the stages behind it with each message.
///
/// ```
/// u64 sent, nanoTime │ u32 touching, a bit a stage │ u64 delay of the sink, nanoseconds
/// ```
///
/// Processes of one host have the same monotonic clock on Linux, so the sink knows for how long a
/// message was under way.
///
/// @param mask a bit for each stage that touches the data
/// @param isCarried whether envelopes may carry short content
/// @param delayNanos how much longer the sink takes
record StageOrder(int mask, boolean isCarried, long delayNanos) {

  /// What goes with a message, before its content.
  static final int HEADER_BYTES = 8 + 4 + 8;

  private static final String RUN = "run";

  /// As a word of [Agent#ask].
  String operation() {
    return RUN + ":" + mask + ":" + isCarried + ":" + delayNanos;
  }

  static boolean isRun(String operation) {
    return operation.startsWith(RUN + ":");
  }

  static StageOrder parse(String operation) {
    String[] words = operation.split(":");
    return new StageOrder(
        Integer.parseInt(words[1]), Boolean.parseBoolean(words[2]), Long.parseLong(words[3]));
  }

  void write(long sentNanos, ByteBuffer header) {
    header.putLong(sentNanos).putInt(mask).putLong(delayNanos);
  }
}

package io.kogluktualuk.memnode.repair;

/// Limits a flow of bytes: so many in a second, and a second's worth at once after a pause.
///
/// **Threading:** one thread. The time is passed in.
final class TokenBucket {

  private static final double NANOS_PER_SECOND = 1e9;

  private final long bytesPerSecond;
  private double available;
  private long filledNanos;

  TokenBucket(long bytesPerSecond, long nowNanos) {
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException(bytesPerSecond + " bytes in a second");
    }
    this.bytesPerSecond = bytesPerSecond;
    this.available = bytesPerSecond;
    this.filledNanos = nowNanos;
  }

  /// Takes bytes, in advance if need be.
  ///
  /// @return how long to wait before they are moved
  long take(long bytes, long nowNanos) {
    double more = (nowNanos - filledNanos) / NANOS_PER_SECOND * bytesPerSecond;
    available = Math.min(bytesPerSecond, available + more) - bytes;
    filledNanos = nowNanos;
    return available >= 0 ? 0 : (long) (-available / bytesPerSecond * NANOS_PER_SECOND);
  }
}

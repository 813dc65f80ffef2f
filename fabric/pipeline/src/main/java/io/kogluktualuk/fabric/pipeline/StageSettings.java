package io.kogluktualuk.fabric.pipeline;

import java.time.Duration;

/// How a stage works.
///
/// @param windowEnvelopes how many envelopes may be in progress, over all links
/// @param windowBytes how many bytes they may stand for; one envelope may always be
/// @param parallelism how many lanes run the handler
/// @param attemptsMax how often the handler may fail on an envelope before it is set aside
/// @param handlerPatience how long it may take; then it is interrupted, and has failed
/// @param faultPatience for how long faults that may pass by themselves (a node is away) are
///     waited out, and are no failures
/// @param carryMax bytes up to which an output travels in its envelope
/// @param latelyMax of how many envelopes the end is remembered
public record StageSettings(
    int windowEnvelopes,
    long windowBytes,
    int parallelism,
    int attemptsMax,
    Duration handlerPatience,
    Duration faultPatience,
    int carryMax,
    int latelyMax) {

  /// 64 envelopes, 256 MiB, four lanes, three attempts; 8 KiB are carried.
  public static final StageSettings DEFAULT =
      new StageSettings(
          64, 256L << 20, 4, 3, Duration.ofMinutes(5), Duration.ofMinutes(1), 8 * 1024, 16 * 1024);

  public StageSettings {
    boolean isGood =
        windowEnvelopes >= 1
            && windowEnvelopes <= Outbox.WINDOW_MAX
            && windowBytes >= 1
            && parallelism >= 1
            && parallelism <= 1024
            && attemptsMax >= 1
            && handlerPatience.isPositive()
            && !faultPatience.isNegative()
            && carryMax >= 0
            && carryMax <= Envelope.CARRIED_MAX
            && latelyMax >= 0;
    if (!isGood) {
      throw new IllegalArgumentException(
          "a stage cannot have a window of "
              + windowEnvelopes
              + " envelopes and "
              + windowBytes
              + " bytes, "
              + parallelism
              + " lanes, "
              + attemptsMax
              + " attempts of "
              + handlerPatience
              + ", faults of "
              + faultPatience
              + ", "
              + carryMax
              + " bytes carried, "
              + latelyMax
              + " remembered");
    }
  }

  public StageSettings withWindow(int envelopes, long bytes) {
    return new StageSettings(
        envelopes,
        bytes,
        parallelism,
        attemptsMax,
        handlerPatience,
        faultPatience,
        carryMax,
        latelyMax);
  }

  public StageSettings withParallelism(int lanes) {
    return new StageSettings(
        windowEnvelopes,
        windowBytes,
        lanes,
        attemptsMax,
        handlerPatience,
        faultPatience,
        carryMax,
        latelyMax);
  }

  public StageSettings withAttempts(int attempts, Duration each) {
    return new StageSettings(
        windowEnvelopes,
        windowBytes,
        parallelism,
        attempts,
        each,
        faultPatience,
        carryMax,
        latelyMax);
  }

  public StageSettings withFaultPatience(Duration patience) {
    return new StageSettings(
        windowEnvelopes,
        windowBytes,
        parallelism,
        attemptsMax,
        handlerPatience,
        patience,
        carryMax,
        latelyMax);
  }

  public StageSettings carrying(int bytes) {
    return new StageSettings(
        windowEnvelopes,
        windowBytes,
        parallelism,
        attemptsMax,
        handlerPatience,
        faultPatience,
        bytes,
        latelyMax);
  }
}

package io.kogluktualuk.fabric.benchmarks;

/// One point of the pipeline benchmark: what is sent through how many stages.
///
/// Stages are processes, the source among them. Stages behind the source touch the data or pass it
/// on; those that touch are spread evenly, the sink first.
///
/// @param bytes of each message's content
/// @param stages with the source and the sink
/// @param touching how many of those behind the source read every byte
/// @param isCarried whether envelopes may carry short content
/// @param delayNanos how much longer the sink takes for each message
record PipelinePoint(int bytes, int stages, int touching, boolean isCarried, long delayNanos) {

  static final int STAGES_MAX = 16;
  private static final int WINDOW_MAX = 64;
  private static final long WINDOW_BYTES = 32L << 20;
  private static final long ROUND_BYTES = 768L << 20;
  private static final int ROUND_MESSAGES_MIN = 24;
  private static final int ROUND_CARRIED_MAX = 20_000;
  private static final int ROUND_STORED_MAX = 2_500;

  PipelinePoint {
    if (stages < 2 || stages > STAGES_MAX || touching < 0 || touching >= stages || bytes < 8) {
      throw new IllegalArgumentException(
          bytes + " bytes through " + stages + " stages, of which " + touching + " touch them");
    }
  }

  static PipelinePoint of(int bytes, int stages, int touching) {
    return new PipelinePoint(bytes, stages, touching, true, 0);
  }

  /// The same, with everything stored.
  PipelinePoint stored() {
    return new PipelinePoint(bytes, stages, touching, false, delayNanos);
  }

  /// The same, with a sink that takes longer.
  PipelinePoint slow(long nanos) {
    return new PipelinePoint(bytes, stages, touching, isCarried, nanos);
  }

  /// How many messages are under way at most: 64, or 32 MiB of them.
  int window() {
    return window(bytes);
  }

  static int window(int bytes) {
    return Math.clamp(WINDOW_BYTES / bytes, 1, WINDOW_MAX);
  }

  static long windowBytes() {
    return WINDOW_BYTES;
  }

  static int windowMax() {
    return WINDOW_MAX;
  }

  /// Messages of a round: half a second of them and more.
  int times() {
    int most = isCarried ? ROUND_CARRIED_MAX : ROUND_STORED_MAX;
    return Math.clamp(ROUND_BYTES / bytes, ROUND_MESSAGES_MIN, most);
  }

  /// What the source is told.
  String operation() {
    return new StageOrder(mask(), isCarried, delayNanos).operation();
  }

  /// A bit for each stage that touches the data; stage 0 is the source.
  private int mask() {
    int mask = 0;
    for (int i = 0; i < touching; i++) {
      mask |= 1 << (stages - 1 - i * (stages - 1) / touching);
    }
    return mask;
  }

  String label() {
    String size = bytes % (1 << 20) == 0 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
    return size + " " + stages + "/" + touching + (isCarried ? "" : " stored");
  }
}

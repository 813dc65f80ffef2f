package io.kogluktualuk.computenode.runtime.guest;

/// The two editions of WASI that modules in the wild import, by the module name they use.
///
/// They differ in three layouts and one numbering; the functions are the same.
enum Edition {
  /// Snapshot 0, of 2019: what old toolchains have built.
  SNAPSHOT_0("wasi_unstable"),
  /// Preview 1, of 2020, as everybody has it today.
  PREVIEW_1("wasi_snapshot_preview1");

  private static final int SET = 0;
  private static final int CURRENT = 1;
  private static final int END = 2;

  private final String module;

  Edition(String module) {
    this.module = module;
  }

  String module() {
    return module;
  }

  /// What a seek counts from, in preview 1's numbers: 0 the start, 1 the position, 2 the end.
  int whence(int number) {
    return switch (this) {
      case PREVIEW_1 -> number;
      case SNAPSHOT_0 ->
          switch (number) {
            case 0 -> CURRENT;
            case 1 -> END;
            case 2 -> SET;
            default -> -1;
          };
    };
  }

  /// Bytes of a subscription of `poll_oneoff`.
  int subscriptionBytes() {
    return this == PREVIEW_1 ? 48 : 56;
  }

  /// Where a subscription to a clock has its clock's number; the time follows 8 bytes behind it.
  int clockOffset() {
    return this == PREVIEW_1 ? 16 : 24;
  }
}

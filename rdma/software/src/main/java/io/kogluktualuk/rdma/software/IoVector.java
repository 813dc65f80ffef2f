package io.kogluktualuk.rdma.software;

/// One piece of memory of a gathering write, as the kernel's `struct iovec` on 64-bit systems.
///
/// ```
/// byte 0                     8                     16
///      +---------------------+---------------------+
///      | address             | length              |
///      +---------------------+---------------------+
/// ```
final class IoVector {

  static final int BYTES = 16;
  static final int ADDRESS = 0;
  static final int LENGTH = 8;

  private IoVector() {}
}

package io.kogluktualuk.fabric.hash;

/// One stream's SHA-256 in the making, by the JDK or by native code.
///
/// **Threading:** one thread at a time.
sealed interface Digest permits JdkDigest, NativeDigest {

  void update(byte[] bytes, int offset, int length);

  /// The 32 bytes of everything since the start or the last finish; fresh again afterwards.
  byte[] finish();
}

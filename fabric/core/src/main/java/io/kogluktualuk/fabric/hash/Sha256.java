package io.kogluktualuk.fabric.hash;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// SHA-256 (FIPS 180-4) of bytes that arrive in parts.
///
/// **Threading:** one thread at a time. **Reuse:** after [#finish] it is fresh again.
/// Off-heap bytes are copied through a small buffer: the JDK's digest is fast on arrays only.
public final class Sha256 {

  private static final int COPY_BYTES = 16 * 1024;

  /// Cloned, never fed: asking the providers each time costs more than a short hash.
  private static final MessageDigest FRESH = fresh();

  private final MessageDigest digest;
  private byte[] copy = new byte[0];

  public Sha256() {
    try {
      digest = (MessageDigest) FRESH.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's SHA-256 can be cloned", e);
    }
  }

  private static MessageDigest fresh() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform must have SHA-256", e);
    }
  }

  public Sha256 update(byte[] bytes, int offset, int length) {
    digest.update(bytes, offset, length);
    return this;
  }

  public Sha256 update(MemorySegment bytes) {
    if (bytes.heapBase().orElse(null) instanceof byte[] array) {
      // A read-only heap segment hides its array and takes the copying path below.
      digest.update(array, Math.toIntExact(bytes.address()), Math.toIntExact(bytes.byteSize()));
      return this;
    }
    long length = bytes.byteSize();
    if (copy.length < Math.min(length, COPY_BYTES)) {
      copy = new byte[(int) Math.min(length, COPY_BYTES)];
    }
    for (long offset = 0; offset < length; offset += copy.length) {
      int part = (int) Math.min(copy.length, length - offset);
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, copy, 0, part);
      digest.update(copy, 0, part);
    }
    return this;
  }

  /// The hash of everything since the start or the last finish.
  public Hash finish() {
    byte[] bytes = new byte[Hash.BYTES];
    try {
      digest.digest(bytes, 0, bytes.length);
    } catch (DigestException e) {
      throw new IllegalStateException("SHA-256 gives 32 bytes", e);
    }
    return Hash.ofBytes(bytes);
  }
}

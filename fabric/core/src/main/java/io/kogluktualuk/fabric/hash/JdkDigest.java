package io.kogluktualuk.fabric.hash;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The platform's SHA-256.
final class JdkDigest implements Digest {

  /// Cloned, never fed: asking the providers each time costs more than a short hash.
  private static final MessageDigest FRESH = fresh();

  private final MessageDigest digest;

  JdkDigest() {
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

  @Override
  public void update(byte[] bytes, int offset, int length) {
    digest.update(bytes, offset, length);
  }

  @Override
  public byte[] finish() {
    return digest.digest();
  }
}

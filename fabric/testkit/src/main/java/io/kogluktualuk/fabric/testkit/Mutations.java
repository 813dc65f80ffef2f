package io.kogluktualuk.fabric.testkit;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Damages valid encodings, for fuzzing decoders.
///
/// **Threading:** stateless.
public final class Mutations {

  private Mutations() {}

  /// A copy with one to four damages: a flipped bit, a changed byte, a cut, an insertion, a
  /// repeated part.
  public static byte[] mutate(byte[] valid, RandomGenerator random) {
    byte[] bytes = valid.clone();
    int damages = random.nextInt(1, 5);
    for (int i = 0; i < damages; i++) {
      bytes = damage(bytes, random);
    }
    return bytes;
  }

  private static byte[] damage(byte[] bytes, RandomGenerator random) {
    int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
    return switch (bytes.length == 0 ? 3 : random.nextInt(5)) {
      case 0 -> with(bytes, at, (byte) (bytes[at] ^ 1 << random.nextInt(8)));
      case 1 -> with(bytes, at, (byte) random.nextInt());
      case 2 -> Arrays.copyOf(bytes, at);
      case 3 -> insert(bytes, at, randomBytes(random.nextInt(1, 9), random));
      default -> insert(bytes, at, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 16)));
    };
  }

  private static byte[] with(byte[] bytes, int at, byte value) {
    bytes[at] = value;
    return bytes;
  }

  private static byte[] insert(byte[] bytes, int at, byte[] inserted) {
    byte[] longer = new byte[bytes.length + inserted.length];
    System.arraycopy(bytes, 0, longer, 0, at);
    System.arraycopy(inserted, 0, longer, at, inserted.length);
    System.arraycopy(bytes, at, longer, at + inserted.length, bytes.length - at);
    return longer;
  }

  /// So many random bytes.
  public static byte[] randomBytes(int length, RandomGenerator random) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}

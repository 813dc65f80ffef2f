package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import java.util.random.RandomGenerator;

/// Who has reserved a window: chosen at random by each session, told to nobody but the memory node,
/// and needed to seal what it stands for.
///
/// @param high the first 64 bits
/// @param low the last 64 bits
public record SessionId(long high, long low) {

  /// @param random must not be predictable
  public static SessionId random(RandomGenerator random) {
    return new SessionId(random.nextLong(), random.nextLong());
  }

  static SessionId read(CanonicalReader reader) {
    return new SessionId(reader.u64(), reader.u64());
  }

  void write(CanonicalWriter writer) {
    writer.u64(high).u64(low);
  }

  /// Says nothing: who knows it can seal.
  @Override
  public String toString() {
    return "session";
  }
}

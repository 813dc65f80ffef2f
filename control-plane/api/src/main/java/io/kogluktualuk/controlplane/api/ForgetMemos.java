package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.List;

/// Has outcomes forgotten: whoever wants one again has it computed again. What was recorded since,
/// or is not there, is left alone.
///
/// @param beforeMillis wall-clock time since 1970
public record ForgetMemos(long beforeMillis, List<Hash> keys) {

  public static final int KEYS_MAX = 400;

  public static final Codec<ForgetMemos> CODEC =
      new Codec<>() {
        @Override
        public void write(ForgetMemos ask, CanonicalWriter writer) {
          writer.varint(ask.beforeMillis);
          Lists.write(ask.keys, Hashes.CODEC, writer);
        }

        @Override
        public ForgetMemos read(CanonicalReader reader) {
          long beforeMillis = reader.varint();
          return new ForgetMemos(
              beforeMillis,
              Lists.read(Hashes.CODEC, KEYS_MAX, Hash.BYTES, "what to forget", reader));
        }
      };

  public ForgetMemos {
    Numbers.checkNotNegative(beforeMillis, "before when");
    keys = List.copyOf(keys);
    if (keys.size() > KEYS_MAX) {
      throw new IllegalArgumentException(keys.size() + " outcomes to forget at once");
    }
  }
}

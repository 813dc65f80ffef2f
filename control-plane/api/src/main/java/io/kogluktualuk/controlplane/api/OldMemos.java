package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.List;
import java.util.Objects;

/// Some of the outcomes that were recorded before a time.
///
/// @param next where to go on; 0 when these are the last
public record OldMemos(List<Old> memos, long next) {

  public static final int PAGE_MAX = 400;

  /// A transaction, and what came of it.
  ///
  /// @param output the hash of its output
  public record Old(Hash key, Hash output) {

    static final Codec<Old> CODEC =
        new Codec<>() {
          @Override
          public void write(Old old, CanonicalWriter writer) {
            writer.hash(old.key).hash(old.output);
          }

          @Override
          public Old read(CanonicalReader reader) {
            return new Old(reader.hash(), reader.hash());
          }
        };

    public Old {
      Objects.requireNonNull(key);
      Objects.requireNonNull(output);
    }
  }

  public static final Codec<OldMemos> CODEC =
      new Codec<>() {
        @Override
        public void write(OldMemos page, CanonicalWriter writer) {
          writer.varint(page.next);
          Lists.write(page.memos, Old.CODEC, writer);
        }

        @Override
        public OldMemos read(CanonicalReader reader) {
          long next = reader.varint();
          return new OldMemos(
              Lists.read(Old.CODEC, PAGE_MAX, 2 * Hash.BYTES, "the old outcomes", reader), next);
        }
      };

  public OldMemos {
    memos = List.copyOf(memos);
    Numbers.checkNotNegative(next, "where to go on");
  }
}

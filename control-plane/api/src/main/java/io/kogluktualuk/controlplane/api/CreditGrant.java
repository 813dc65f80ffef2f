package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;

/// What a memory node was given.
///
/// @param grantedBytes more than before
/// @param balance how the account stands now, the grant included
public record CreditGrant(long grantedBytes, CreditBalance balance) {

  public static final Codec<CreditGrant> CODEC =
      new Codec<>() {
        @Override
        public void write(CreditGrant grant, CanonicalWriter writer) {
          writer.varint(grant.grantedBytes);
          CreditBalance.CODEC.write(grant.balance, writer);
        }

        @Override
        public CreditGrant read(CanonicalReader reader) {
          return new CreditGrant(
              reader.varint(CreditBalance.BYTES_MAX, "the bytes granted"),
              CreditBalance.CODEC.read(reader));
        }
      };

  public CreditGrant {
    Objects.requireNonNull(balance);
    CreditBalance.check(grantedBytes, "the bytes granted");
  }
}

package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.List;

/// Asks that leases live on for `ttlMillis` from now.
///
/// @param proofs at most [#LEASES_MAX]
public record RenewLeases(List<LeaseProof> proofs, long ttlMillis) {

  /// 25 bytes each: a command of the log is at most 16 KiB.
  public static final int LEASES_MAX = 512;

  public static final Codec<RenewLeases> CODEC =
      new Codec<>() {
        @Override
        public void write(RenewLeases ask, CanonicalWriter writer) {
          Lists.write(ask.proofs, LeaseProof.CODEC, writer);
          writer.varint(ask.ttlMillis);
        }

        @Override
        public RenewLeases read(CanonicalReader reader) {
          return new RenewLeases(
              Lists.read(LeaseProof.CODEC, LEASES_MAX, 17, "the leases", reader),
              AcquireLease.readTtl(reader));
        }
      };

  public RenewLeases {
    proofs = List.copyOf(proofs);
    AcquireLease.checkTtl(ttlMillis);
    if (proofs.size() > LEASES_MAX) {
      throw new IllegalArgumentException(proofs.size() + " leases, expected at most " + LEASES_MAX);
    }
  }
}

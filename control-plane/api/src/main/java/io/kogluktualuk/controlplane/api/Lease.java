package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;

/// A lease as the control plane's log has it.
///
/// Its times are the log's. A holder counts `ttlMillis` on its own monotonic clock from *before* it
/// asked; it never compares `expiresAtMillis` with a clock of its own.
///
/// @param ttlMillis how long it lives after each renewal
/// @param expiresAtMillis in the log's time, which is none of anybody's clocks, for people
public record Lease(LeaseProof proof, Account account, long ttlMillis, long expiresAtMillis) {

  static final int ENCODED_BYTES_MAX = 16 + 9 + 1 + Account.NAME_LENGTH_MAX + 4 + 9;
  static final int ENCODED_BYTES_MIN = 16 + 1 + 2 + 1 + 1;

  public static final Codec<Lease> CODEC =
      new Codec<>() {
        @Override
        public void write(Lease lease, CanonicalWriter writer) {
          LeaseProof.CODEC.write(lease.proof, writer);
          Account.CODEC.write(lease.account, writer);
          writer.varint(lease.ttlMillis).varint(lease.expiresAtMillis);
        }

        @Override
        public Lease read(CanonicalReader reader) {
          return new Lease(
              LeaseProof.CODEC.read(reader),
              Account.CODEC.read(reader),
              AcquireLease.readTtl(reader),
              reader.varint());
        }
      };

  public Lease {
    Objects.requireNonNull(proof);
    Objects.requireNonNull(account);
    AcquireLease.checkTtl(ttlMillis);
    Numbers.checkNotNegative(expiresAtMillis, "the end of a lease");
  }
}

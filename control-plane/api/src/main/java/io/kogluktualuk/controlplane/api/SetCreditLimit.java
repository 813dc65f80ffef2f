package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;

/// Sets how many bytes that may not be evicted an account may have, all nodes together.
///
/// A limit below what is allotted takes nothing away: nothing new is allotted until it fits.
public record SetCreditLimit(RequestId request, Account account, long limitBytes) {

  public static final Codec<SetCreditLimit> CODEC =
      new Codec<>() {
        @Override
        public void write(SetCreditLimit ask, CanonicalWriter writer) {
          RequestId.CODEC.write(ask.request, writer);
          Account.CODEC.write(ask.account, writer);
          writer.varint(ask.limitBytes);
        }

        @Override
        public SetCreditLimit read(CanonicalReader reader) {
          return new SetCreditLimit(
              RequestId.CODEC.read(reader),
              Account.CODEC.read(reader),
              reader.varint(CreditBalance.BYTES_MAX, "the limit of an account"));
        }
      };

  public SetCreditLimit {
    Objects.requireNonNull(request);
    Objects.requireNonNull(account);
    CreditBalance.check(limitBytes, "the limit of an account");
  }
}

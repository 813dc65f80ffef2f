package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;

/// A memory node asks for a part of an account's credits, to be charged there without asking again.
///
/// @param wantedBytes as many as this, if there are
/// @param leastBytes fewer are of no use: [io.kogluktualuk.fabric.fault.OutOfCredits]
public record TakeCredits(
    RequestId request, Account account, NodeId node, long wantedBytes, long leastBytes) {

  public static final Codec<TakeCredits> CODEC =
      new Codec<>() {
        @Override
        public void write(TakeCredits ask, CanonicalWriter writer) {
          RequestId.CODEC.write(ask.request, writer);
          Account.CODEC.write(ask.account, writer);
          NodeId.CODEC.write(ask.node, writer);
          writer.varint(ask.wantedBytes).varint(ask.leastBytes);
        }

        @Override
        public TakeCredits read(CanonicalReader reader) {
          RequestId request = RequestId.CODEC.read(reader);
          Account account = Account.CODEC.read(reader);
          NodeId node = NodeId.CODEC.read(reader);
          long wanted = reader.varint(CreditBalance.BYTES_MAX, "the bytes wanted");
          long least = reader.varint(wanted, "the least bytes wanted");
          if (least == 0) {
            throw reader.malformed("at least 0 bytes of credit are wanted");
          }
          return new TakeCredits(request, account, node, wanted, least);
        }
      };

  public TakeCredits {
    Objects.requireNonNull(request);
    Objects.requireNonNull(account);
    Objects.requireNonNull(node);
    CreditBalance.check(wantedBytes, "the bytes wanted");
    if (leastBytes <= 0 || leastBytes > wantedBytes) {
      throw new IllegalArgumentException(
          "at least " + leastBytes + " of " + wantedBytes + " bytes wanted");
    }
  }
}

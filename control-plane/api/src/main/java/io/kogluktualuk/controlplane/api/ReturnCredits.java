package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;

/// A memory node gives credits back that it does not charge any more.
public record ReturnCredits(RequestId request, Account account, NodeId node, long bytes) {

  public static final Codec<ReturnCredits> CODEC =
      new Codec<>() {
        @Override
        public void write(ReturnCredits ask, CanonicalWriter writer) {
          RequestId.CODEC.write(ask.request, writer);
          Account.CODEC.write(ask.account, writer);
          NodeId.CODEC.write(ask.node, writer);
          writer.varint(ask.bytes);
        }

        @Override
        public ReturnCredits read(CanonicalReader reader) {
          return new ReturnCredits(
              RequestId.CODEC.read(reader),
              Account.CODEC.read(reader),
              NodeId.CODEC.read(reader),
              reader.varint(CreditBalance.BYTES_MAX, "the bytes returned"));
        }
      };

  public ReturnCredits {
    Objects.requireNonNull(request);
    Objects.requireNonNull(account);
    Objects.requireNonNull(node);
    CreditBalance.check(bytes, "the bytes returned");
  }
}

package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Asks which nodes have parts of an account.
///
/// @param after only those with greater ids; null for all
public record AllotmentsOf(Account account, @Nullable NodeId after) {

  private static final Codec<Maybe<NodeId>> AFTER = Maybe.codec(NodeId.CODEC);

  public static final Codec<AllotmentsOf> CODEC =
      new Codec<>() {
        @Override
        public void write(AllotmentsOf ask, CanonicalWriter writer) {
          Account.CODEC.write(ask.account, writer);
          AFTER.write(new Maybe<>(ask.after), writer);
        }

        @Override
        public AllotmentsOf read(CanonicalReader reader) {
          return new AllotmentsOf(Account.CODEC.read(reader), AFTER.read(reader).value());
        }
      };

  public AllotmentsOf {
    Objects.requireNonNull(account);
  }
}

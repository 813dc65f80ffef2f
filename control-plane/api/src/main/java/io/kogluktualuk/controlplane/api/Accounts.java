package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.List;

/// The accounts in the order of their names, or a page of them.
///
/// @param hasMore whether accounts with greater names follow
public record Accounts(List<Row> rows, boolean hasMore) {

  /// One account.
  ///
  /// @param allottedBytes given to memory nodes, all together
  /// @param nodes how many memory nodes have a part of it
  public record Row(Account account, long limitBytes, long allottedBytes, int nodes) {

    static final int ENCODED_BYTES_MAX = 1 + Account.NAME_LENGTH_MAX + 9 + 9 + 5;

    static final Codec<Row> CODEC =
        new Codec<>() {
          @Override
          public void write(Row row, CanonicalWriter writer) {
            Account.CODEC.write(row.account, writer);
            writer.varint(row.limitBytes).varint(row.allottedBytes).varint(row.nodes);
          }

          @Override
          public Row read(CanonicalReader reader) {
            return new Row(
                Account.CODEC.read(reader),
                reader.varint(CreditBalance.BYTES_MAX, "the limit of an account"),
                reader.varint(CreditBalance.BYTES_MAX, "the bytes allotted"),
                (int) reader.varint(Integer.MAX_VALUE, "the nodes of an account"));
          }
        };

    public Row {
      CreditBalance.check(limitBytes, "the limit of an account");
      CreditBalance.check(allottedBytes, "the bytes allotted");
      Numbers.checkNotNegative(nodes, "the nodes of an account");
    }
  }

  /// So many fit into one message.
  public static final int PAGE_MAX = (Channel.MESSAGE_BYTES_MAX - 16) / Row.ENCODED_BYTES_MAX;

  public static final Codec<Accounts> CODEC =
      new Codec<>() {
        @Override
        public void write(Accounts page, CanonicalWriter writer) {
          writer.bool(page.hasMore);
          Lists.write(page.rows, Row.CODEC, writer);
        }

        @Override
        public Accounts read(CanonicalReader reader) {
          boolean hasMore = reader.bool();
          return new Accounts(Lists.read(Row.CODEC, PAGE_MAX, 5, "the accounts", reader), hasMore);
        }
      };

  public Accounts {
    rows = List.copyOf(rows);
  }
}

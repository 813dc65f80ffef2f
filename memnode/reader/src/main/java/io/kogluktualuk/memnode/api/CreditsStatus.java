package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.lease.Account;
import java.util.ArrayList;
import java.util.List;

/// The accounts that have space credits on a node, by name.
public record CreditsStatus(List<Row> rows) {

  /// As many accounts as one node knows.
  public static final int ACCOUNTS_MAX = 256;

  /// One account.
  ///
  /// @param allottedBytes given to the node by the control plane
  /// @param chargedBytes that may not be evicted
  /// @param waiting calls that wait for credits
  /// @param waitingBytes what they wait for
  public record Row(
      Account account, long allottedBytes, long chargedBytes, long waiting, long waitingBytes) {

    private static final int ENCODED_BYTES_MIN = 6;

    private static Row read(CanonicalReader reader) {
      return new Row(
          Account.CODEC.read(reader),
          reader.varint(),
          reader.varint(),
          reader.varint(),
          reader.varint());
    }

    private void write(CanonicalWriter writer) {
      Account.CODEC.write(account, writer);
      writer.varint(allottedBytes).varint(chargedBytes).varint(waiting).varint(waitingBytes);
    }
  }

  public CreditsStatus {
    rows = List.copyOf(rows);
    if (rows.size() > ACCOUNTS_MAX) {
      throw new IllegalArgumentException(rows.size() + " accounts");
    }
  }

  static CreditsStatus read(CanonicalReader reader) {
    int count = reader.count(ACCOUNTS_MAX, Row.ENCODED_BYTES_MIN, "the number of accounts");
    List<Row> rows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      rows.add(Row.read(reader));
    }
    return new CreditsStatus(rows);
  }

  void write(CanonicalWriter writer) {
    writer.varint(rows.size());
    rows.forEach(row -> row.write(writer));
  }
}

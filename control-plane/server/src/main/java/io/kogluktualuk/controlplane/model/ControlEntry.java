package io.kogluktualuk.controlplane.model;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import java.util.ArrayList;
import java.util.List;

/// One entry of the log: many commands, agreed on at once.
///
/// ```
/// varint version │ varint proposed at │ varint count │ count × (u8 table │ bytes command)
/// ```
///
/// @param proposedAtMillis wall-clock time of the proposer since 1970: the only clock there is
public record ControlEntry(long proposedAtMillis, List<Proposal> proposals) {

  public static final int VERSION = 1;
  public static final int PROPOSALS_MAX = 8192;

  /// The most bytes around the proposals.
  public static final int HEADER_BYTES_MAX = 1 + 9 + 3;

  public ControlEntry {
    proposals = List.copyOf(proposals);
    if (proposals.size() > PROPOSALS_MAX || proposedAtMillis < 0) {
      throw new IllegalArgumentException(
          proposals.size() + " proposals at " + proposedAtMillis + " in one entry");
    }
  }

  public byte[] toBytes() {
    CanonicalWriter writer = new CanonicalWriter();
    writer.varint(VERSION).varint(proposedAtMillis).varint(proposals.size());
    for (Proposal proposal : proposals) {
      Proposal.CODEC.write(proposal, writer);
    }
    return writer.toBytes();
  }

  /// @throws io.kogluktualuk.fabric.fault.MalformedEncoding when the bytes are not such an entry
  public static ControlEntry of(byte[] bytes) {
    CanonicalReader reader = new CanonicalReader("control entry", bytes);
    long version = reader.varint();
    if (version != VERSION) {
      throw reader.malformed("version is " + version + ", expected " + VERSION);
    }
    long proposedAtMillis = reader.varint();
    int count = reader.count(PROPOSALS_MAX, 2, "the number of proposals");
    List<Proposal> proposals = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      proposals.add(Proposal.CODEC.read(reader));
    }
    reader.end();
    return new ControlEntry(proposedAtMillis, proposals);
  }
}

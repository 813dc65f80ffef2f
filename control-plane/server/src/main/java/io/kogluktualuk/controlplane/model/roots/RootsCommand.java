package io.kogluktualuk.controlplane.model.roots;

import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import org.jspecify.annotations.Nullable;

/// What may be asked of the roots table.
///
/// ```
/// u8 tag │ root name │ bool │ [varint expected revision] │ bool │ [ref]
/// ```
///
/// @param expectedRevision 0 when there must be none; null when it does not matter
/// @param ref null takes the root away
public record RootsCommand(RootName name, @Nullable Long expectedRevision, @Nullable Ref ref) {

  private static final int SET = 1;

  /// The command as a proposal. Its reply is the revision of the change.
  public Proposal toProposal() {
    CanonicalWriter writer = new CanonicalWriter().u8(SET);
    RootName.CODEC.write(name, writer);
    writer.bool(expectedRevision != null);
    if (expectedRevision != null) {
      writer.varint(expectedRevision);
    }
    writer.bool(ref != null);
    if (ref != null) {
      Ref.CODEC.write(ref, writer);
    }
    return new Proposal(RootsTable.NUMBER, writer.toBytes());
  }

  static RootsCommand read(CanonicalReader reader) {
    int tag = reader.u8();
    if (tag != SET) {
      throw reader.malformed("no roots command has tag " + tag);
    }
    return new RootsCommand(
        RootName.CODEC.read(reader),
        reader.bool() ? reader.varint() : null,
        reader.bool() ? Ref.CODEC.read(reader) : null);
  }
}

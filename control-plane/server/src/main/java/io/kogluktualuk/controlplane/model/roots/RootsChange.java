package io.kogluktualuk.controlplane.model.roots;

import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// What may happen to the roots table. Tags are never renumbered.
public sealed interface RootsChange {

  /// A root names this now.
  record Set(Root root) implements RootsChange {}

  /// A root is gone.
  record Removed(RootName name, long revision) implements RootsChange {}

  /// Nothing but the revision: the end of a frozen table.
  record Reached(long revision) implements RootsChange {}

  default byte[] toBytes() {
    CanonicalWriter writer = new CanonicalWriter();
    switch (this) {
      case Set set -> Root.CODEC.write(set.root(), writer.u8(1));
      case Removed(RootName name, long revision) -> {
        RootName.CODEC.write(name, writer.u8(2));
        writer.varint(revision);
      }
      case Reached reached -> writer.u8(3).varint(reached.revision());
    }
    return writer.toBytes();
  }

  static RootsChange read(CanonicalReader reader) {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Set(Root.CODEC.read(reader));
      case 2 -> new Removed(RootName.CODEC.read(reader), reader.varint());
      case 3 -> new Reached(reader.varint());
      default -> throw reader.malformed("no roots change has tag " + tag);
    };
  }
}

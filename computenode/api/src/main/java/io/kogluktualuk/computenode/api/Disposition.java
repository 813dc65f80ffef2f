package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// Where an outcome came from. Tags never change.
public enum Disposition {
  /// The program ran for this request.
  RUN(1),
  /// The outcome was known already.
  HIT(2);

  public static final Codec<Disposition> CODEC =
      new Codec<>() {
        @Override
        public void write(Disposition disposition, CanonicalWriter writer) {
          writer.u8(disposition.tag);
        }

        @Override
        public Disposition read(CanonicalReader reader) {
          int tag = reader.u8();
          return switch (tag) {
            case 1 -> RUN;
            case 2 -> HIT;
            default -> throw reader.malformed("no disposition has tag " + tag);
          };
        }
      };

  private final int tag;

  Disposition(int tag) {
    this.tag = tag;
  }
}

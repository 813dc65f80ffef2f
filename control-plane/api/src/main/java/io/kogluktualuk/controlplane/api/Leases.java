package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.List;

/// The living leases in the order of their ids, or a page of them.
///
/// @param nowMillis the log's time, to compare the ends of leases with
/// @param hasMore whether leases with greater ids follow
public record Leases(long nowMillis, List<Held> leases, boolean hasMore) {

  /// A lease and who holds it.
  public record Held(Lease lease, String holder) {

    static final int ENCODED_BYTES_MAX =
        Lease.ENCODED_BYTES_MAX + 2 + AcquireLease.HOLDER_BYTES_MAX;

    static final Codec<Held> CODEC =
        new Codec<>() {
          @Override
          public void write(Held held, CanonicalWriter writer) {
            Lease.CODEC.write(held.lease, writer);
            writer.text(held.holder);
          }

          @Override
          public Held read(CanonicalReader reader) {
            return new Held(
                Lease.CODEC.read(reader),
                Texts.read(AcquireLease.HOLDER_BYTES_MAX, "the holder of a lease", reader));
          }
        };

    public Held {
      Texts.check(holder, AcquireLease.HOLDER_BYTES_MAX, "the holder of a lease");
    }

    public LeaseId id() {
      return lease.proof().id();
    }
  }

  /// So many fit into one message.
  public static final int PAGE_MAX = (Channel.MESSAGE_BYTES_MAX - 16) / Held.ENCODED_BYTES_MAX;

  public static final Codec<Leases> CODEC =
      new Codec<>() {
        @Override
        public void write(Leases page, CanonicalWriter writer) {
          writer.varint(page.nowMillis).bool(page.hasMore);
          Lists.write(page.leases, Held.CODEC, writer);
        }

        @Override
        public Leases read(CanonicalReader reader) {
          long nowMillis = reader.varint();
          boolean hasMore = reader.bool();
          int bytesMin = Lease.ENCODED_BYTES_MIN + 2;
          return new Leases(
              nowMillis, Lists.read(Held.CODEC, PAGE_MAX, bytesMin, "the leases", reader), hasMore);
        }
      };

  public Leases {
    leases = List.copyOf(leases);
    Numbers.checkNotNegative(nowMillis, "the time of the log");
  }
}

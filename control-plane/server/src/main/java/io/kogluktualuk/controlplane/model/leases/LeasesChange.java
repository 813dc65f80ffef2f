package io.kogluktualuk.controlplane.model.leases;

import io.kogluktualuk.controlplane.api.AcquireLease;
import io.kogluktualuk.controlplane.api.AuditEntry;
import io.kogluktualuk.controlplane.api.Fences;
import io.kogluktualuk.controlplane.api.Lease;
import io.kogluktualuk.controlplane.api.Leases;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.lease.LeaseId;

/// What may happen to the leases table. Tags are never renumbered.
public sealed interface LeasesChange {

  /// A lease lives, from now on or on.
  ///
  /// @param owner role and name of who alone may use it; empty when nobody has proven to be any
  record Living(Leases.Held held, String owner) implements LeasesChange {}

  /// A lease is dead.
  record Ended(LeaseId id) implements LeasesChange {}

  /// Nothing but the greatest token given out: the end of a frozen table.
  record Issued(long token) implements LeasesChange {}

  default byte[] toBytes() {
    CanonicalWriter writer = new CanonicalWriter();
    switch (this) {
      case Living(Leases.Held held, String owner) -> {
        Lease.CODEC.write(held.lease(), owner.isEmpty() ? writer.u8(1) : writer.u8(4).text(owner));
        writer.text(held.holder());
      }
      case Ended ended -> LeaseId.CODEC.write(ended.id(), writer.u8(2));
      case Issued issued -> writer.u8(3).varint(issued.token());
    }
    return writer.toBytes();
  }

  static LeasesChange read(CanonicalReader reader) {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Living(readHeld(reader), "");
      case 2 -> new Ended(LeaseId.CODEC.read(reader));
      case 3 -> new Issued(reader.varint(Fences.TOKEN_MAX, "the greatest token"));
      case 4 -> {
        String owner = readOwner(reader);
        yield new Living(readHeld(reader), owner);
      }
      default -> throw reader.malformed("no leases change has tag " + tag);
    };
  }

  private static Leases.Held readHeld(CanonicalReader reader) {
    return new Leases.Held(Lease.CODEC.read(reader), readHolder(reader));
  }

  static String readOwner(CanonicalReader reader) {
    String owner = reader.text(AuditEntry.WHO_BYTES_MAX, "whose a lease is");
    if (owner.isEmpty()) {
      throw reader.malformed("a lease is nobody's");
    }
    return owner;
  }

  static String readHolder(CanonicalReader reader) {
    String holder = reader.text(AcquireLease.HOLDER_BYTES_MAX, "the holder of a lease");
    if (holder.isEmpty()) {
      throw reader.malformed("a lease has no holder");
    }
    return holder;
  }

  static long readTtl(CanonicalReader reader) {
    long ttlMillis = reader.varint(AcquireLease.TTL_MILLIS_MAX, "the time of a lease");
    if (ttlMillis < AcquireLease.TTL_MILLIS_MIN) {
      throw reader.malformed("a lease lives for " + ttlMillis + " ms");
    }
    return ttlMillis;
  }
}

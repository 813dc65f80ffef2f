package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;

/// Asks for a lease. A living one of the same id and account is taken over: its token ends, and the
/// answer has a greater one.
///
/// @param holder who asks, for people
/// @param account pays for what is held under the lease
/// @param ttlMillis how long it lives without a renewal
public record AcquireLease(
    RequestId request, LeaseId id, String holder, Account account, long ttlMillis) {

  public static final int HOLDER_BYTES_MAX = 128;
  public static final long TTL_MILLIS_MIN = 100;

  /// An hour: so long may what a vanished holder held stay unusable.
  public static final long TTL_MILLIS_MAX = 3_600_000;

  public static final Codec<AcquireLease> CODEC =
      new Codec<>() {
        @Override
        public void write(AcquireLease ask, CanonicalWriter writer) {
          RequestId.CODEC.write(ask.request, writer);
          LeaseId.CODEC.write(ask.id, writer);
          writer.text(ask.holder);
          Account.CODEC.write(ask.account, writer);
          writer.varint(ask.ttlMillis);
        }

        @Override
        public AcquireLease read(CanonicalReader reader) {
          return new AcquireLease(
              RequestId.CODEC.read(reader),
              LeaseId.CODEC.read(reader),
              Texts.read(HOLDER_BYTES_MAX, "the holder of a lease", reader),
              Account.CODEC.read(reader),
              readTtl(reader));
        }
      };

  public AcquireLease {
    Objects.requireNonNull(request);
    Objects.requireNonNull(id);
    Objects.requireNonNull(account);
    Texts.check(holder, HOLDER_BYTES_MAX, "the holder of a lease");
    checkTtl(ttlMillis);
  }

  static long readTtl(CanonicalReader reader) {
    long ttlMillis = reader.varint(TTL_MILLIS_MAX, "the time of a lease");
    if (ttlMillis < TTL_MILLIS_MIN) {
      throw reader.malformed("a lease lives for " + ttlMillis + " ms");
    }
    return ttlMillis;
  }

  static void checkTtl(long ttlMillis) {
    if (ttlMillis < TTL_MILLIS_MIN || ttlMillis > TTL_MILLIS_MAX) {
      throw new IllegalArgumentException(
          "a lease lives for "
              + ttlMillis
              + " ms, expected "
              + TTL_MILLIS_MIN
              + " to "
              + TTL_MILLIS_MAX);
    }
  }
}

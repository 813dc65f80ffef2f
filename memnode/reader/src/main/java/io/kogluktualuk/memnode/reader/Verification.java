package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Tag;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Decides whether fetched bytes are the blob that was asked for.
///
/// The first time this process sees a hash, by SHA-256. Then it remembers, beside the location, a
/// tag of the very bytes that were verified, under a key that only this process knows
/// ([ContentTagger]); bytes with the same tag are the same bytes. Other bytes go to SHA-256 again.
/// Where a voucher is believed ([Vouchers]), its tag stands for the first SHA-256.
///
/// **Threading:** any thread.
final class Verification {

  private final ContentTagger tagger;
  private final Vouchers vouchers;
  private final LocationCache locations;
  private final Tally tally;

  Verification(ContentTagger tagger, Vouchers vouchers, LocationCache locations, Tally tally) {
    this.tagger = tagger;
    this.vouchers = vouchers;
    this.locations = locations;
    this.tally = tally;
  }

  /// Whether the bytes are the blob's; remembers the answer with where they came from.
  ///
  /// @param bytes private to this process: nobody else writes them
  boolean accepts(Hash hash, MemorySegment bytes, LocationCache.Known source) {
    Tag expected = source.tag();
    if (expected != null && expected.equals(tagger.tag(bytes))) {
      tally.tagHits.increment();
      return true;
    }
    Boolean isVouched = vouchers.isVouched(hash, bytes);
    if (Boolean.TRUE.equals(isVouched)) {
      tally.vouched.increment();
      return true;
    }
    tally.fullVerifications.increment();
    if (!Hash.of(bytes).equals(hash)) {
      tally.rejected.increment();
      return false;
    }
    if (isVouched != null) {
      tally.wrongVouchers.increment();
    }
    Tag tag = tagger.tag(bytes);
    locations.put(hash, new LocationCache.Known(source.nodeId(), source.location(), tag));
    return true;
  }

  /// The source of a blob at a newly found place, with the tag that is known already.
  LocationCache.Known source(Hash hash, String nodeId, BlobLocation location) {
    LocationCache.@Nullable Known before = locations.get(hash);
    return new LocationCache.Known(nodeId, location, before == null ? null : before.tag());
  }
}

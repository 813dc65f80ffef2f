package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Tag;
import io.kogluktualuk.fabric.blob.Voucher;
import io.kogluktualuk.fabric.hash.Hash;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Makes vouchers for what this session puts, and remembers those of others that it believes.
///
/// **Threading:** any thread. **Bound:** [#EXPECTED_MAX] blobs vouched for and [#KEYS_MAX] keys at
/// 25 KiB, those not used for longest go first; what was forgotten is verified by SHA-256.
final class Vouchers {

  private static final int EXPECTED_MAX = 4096;
  private static final int KEYS_MAX = 64;

  private final Hash ownKey;
  private final ContentTagger own;
  private final Map<Hash, ContentTagger> taggers = new Recent<>(KEYS_MAX);
  private final Map<Hash, Expected> expected = new Recent<>(EXPECTED_MAX);

  private record Expected(ContentTagger tagger, Tag tag) {}

  /// @param random must not be predictable
  Vouchers(RandomGenerator random) {
    byte[] key = new byte[Hash.BYTES];
    random.nextBytes(key);
    this.ownKey = Hash.ofBytes(key);
    this.own = new ContentTagger(new KeyStream(ownKey));
  }

  Voucher vouch(List<MemorySegment> chunks) {
    return new Voucher(ownKey, chunks.stream().map(own::tag).toList());
  }

  /// Believes a voucher.
  ///
  /// @param chunks in order, as many as the voucher has tags
  void believe(Voucher voucher, List<Hash> chunks) {
    ContentTagger tagger = tagger(voucher.key());
    synchronized (expected) {
      for (int i = 0; i < chunks.size(); i++) {
        expected.put(chunks.get(i), new Expected(tagger, voucher.tags().get(i)));
      }
    }
  }

  /// Whether the bytes are what somebody believed has vouched for; null when nobody has.
  @Nullable Boolean isVouched(Hash hash, MemorySegment bytes) {
    Expected known;
    synchronized (expected) {
      known = expected.get(hash);
    }
    return known == null ? null : known.tag().equals(known.tagger().tag(bytes));
  }

  private ContentTagger tagger(Hash key) {
    synchronized (taggers) {
      return taggers.computeIfAbsent(key, _ -> new ContentTagger(new KeyStream(key)));
    }
  }

  /// The entries used last.
  private static final class Recent<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;
    private final int entriesMax;

    Recent(int entriesMax) {
      super(16, 0.75f, true);
      this.entriesMax = entriesMax;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > entriesMax;
    }
  }
}

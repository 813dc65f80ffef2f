package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.rpc.Codec;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the stages need to know of an envelope without looking at its bytes: a small map of texts.
///
/// ```
/// varint entries │ { text key │ text value } … keys ascending
/// ```
///
/// **Threading:** immutable. **Bound:** [#BYTES_MAX] encoded, [#ENTRIES_MAX] entries. Keys are
/// lower case letters, digits, `.`, `-` and `_`, at most 64.
public final class Metadata {

  public static final int BYTES_MAX = 4 * 1024;
  public static final int ENTRIES_MAX = 64;

  private static final int KEY_MAX = 64;
  private static final Pattern KEY = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

  public static final Metadata NONE = new Metadata(new TreeMap<>());

  static final Codec<Metadata> CODEC =
      new Codec<>() {
        @Override
        public void write(Metadata metadata, CanonicalWriter writer) {
          writer.varint(metadata.entries.size());
          metadata.entries.forEach((key, value) -> writer.text(key).text(value));
        }

        @Override
        public Metadata read(CanonicalReader reader) {
          return Metadata.read(reader);
        }
      };

  private final SortedMap<String, String> entries;

  private Metadata(SortedMap<String, String> entries) {
    this.entries = entries;
  }

  private static Metadata read(CanonicalReader reader) {
    int before = reader.remaining();
    int count = reader.count(ENTRIES_MAX, 2, "the number of metadata entries");
    if (count == 0) {
      return NONE;
    }
    TreeMap<String, String> entries = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String key = reader.text(KEY_MAX, "a metadata key");
      if (!KEY.matcher(key).matches()) {
        throw reader.malformed("not a metadata key: '" + key + "'");
      }
      if (!entries.isEmpty() && entries.lastKey().compareTo(key) >= 0) {
        throw reader.malformed("metadata keys are not ascending at '" + key + "'");
      }
      entries.put(key, reader.text(BYTES_MAX, "the metadata value of " + key));
    }
    if (before - reader.remaining() > BYTES_MAX) {
      throw reader.malformed("metadata have more than " + BYTES_MAX + " bytes");
    }
    return new Metadata(entries);
  }

  /// Metadata with one entry.
  public static Metadata of(String key, String value) {
    return NONE.with(key, value);
  }

  /// @throws InvalidArgument when there are too many of them, or a key is none
  public static Metadata of(Map<String, String> entries) {
    return checked(new TreeMap<>(entries));
  }

  /// The same with one more entry, or another value for one.
  ///
  /// @throws InvalidArgument when it gets too large, or the key is none
  public Metadata with(String key, String value) {
    TreeMap<String, String> more = new TreeMap<>(entries);
    more.put(key, value);
    return checked(more);
  }

  private static Metadata checked(TreeMap<String, String> entries) {
    long bytes = CanonicalWriter.varintBytes(entries.size());
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      if (!KEY.matcher(entry.getKey()).matches()) {
        throw new InvalidArgument(
            "not a metadata key: '" + entry.getKey() + "'; expected " + KEY.pattern());
      }
      int length = entry.getValue().getBytes(StandardCharsets.UTF_8).length;
      bytes += entry.getKey().length() + 1L + length + CanonicalWriter.varintBytes(length);
    }
    if (entries.size() > ENTRIES_MAX || bytes > BYTES_MAX) {
      throw new InvalidArgument(
          "metadata of "
              + entries.size()
              + " entries and "
              + bytes
              + " bytes, at most "
              + ENTRIES_MAX
              + " and "
              + BYTES_MAX);
    }
    return new Metadata(entries);
  }

  /// The value of a key, or null.
  public @Nullable String value(String key) {
    return entries.get(key);
  }

  /// All entries, by key.
  public Map<String, String> entries() {
    return Collections.unmodifiableSortedMap(entries);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Metadata that && entries.equals(that.entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  @Override
  public String toString() {
    return entries.toString();
  }
}

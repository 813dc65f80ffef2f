package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.rpc.Codec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
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
  private static final String KEY = "[a-z0-9][a-z0-9._-]{0,63}";

  public static final Metadata NONE = new Metadata(new String[0]);

  static final Codec<Metadata> CODEC =
      new Codec<>() {
        @Override
        public void write(Metadata metadata, CanonicalWriter writer) {
          writer.varint(metadata.texts.length / 2);
          for (String text : metadata.texts) {
            writer.text(text);
          }
        }

        @Override
        public Metadata read(CanonicalReader reader) {
          return Metadata.read(reader);
        }
      };

  /// Keys, ascending, each with its value behind it.
  private final String[] texts;

  private Metadata(String[] texts) {
    this.texts = texts;
  }

  private static Metadata read(CanonicalReader reader) {
    int before = reader.remaining();
    int count = reader.count(ENTRIES_MAX, 2, "the number of metadata entries");
    if (count == 0) {
      return NONE;
    }
    String[] texts = new String[2 * count];
    for (int i = 0; i < texts.length; i += 2) {
      String key = reader.text(KEY_MAX, "a metadata key");
      if (!isKey(key)) {
        throw reader.malformed("not a metadata key: '" + key + "'");
      }
      if (i > 0 && texts[i - 2].compareTo(key) >= 0) {
        throw reader.malformed("metadata keys are not ascending at '" + key + "'");
      }
      texts[i] = key;
      texts[i + 1] = reader.text(BYTES_MAX, "a metadata value");
    }
    if (before - reader.remaining() > BYTES_MAX) {
      throw reader.malformed("metadata have more than " + BYTES_MAX + " bytes");
    }
    return new Metadata(texts);
  }

  /// By hand: it is asked for each envelope, several times.
  private static boolean isKey(String key) {
    if (key.isEmpty() || key.length() > KEY_MAX || !isLetterOrDigit(key.charAt(0))) {
      return false;
    }
    for (int i = 1; i < key.length(); i++) {
      char c = key.charAt(i);
      if (!isLetterOrDigit(c) && c != '.' && c != '_' && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetterOrDigit(char c) {
    return c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
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
    SortedMap<String, String> more = sorted();
    more.put(key, value);
    return checked(more);
  }

  private static Metadata checked(SortedMap<String, String> entries) {
    long bytes = CanonicalWriter.varintBytes(entries.size());
    String[] texts = new String[2 * entries.size()];
    int at = 0;
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      if (!isKey(entry.getKey())) {
        throw new InvalidArgument("not a metadata key: '" + entry.getKey() + "'; expected " + KEY);
      }
      int length = entry.getValue().getBytes(StandardCharsets.UTF_8).length;
      bytes += entry.getKey().length() + 1L + length + CanonicalWriter.varintBytes(length);
      texts[at++] = entry.getKey();
      texts[at++] = entry.getValue();
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
    return new Metadata(texts);
  }

  private SortedMap<String, String> sorted() {
    SortedMap<String, String> entries = new TreeMap<>();
    for (int i = 0; i < texts.length; i += 2) {
      entries.put(texts[i], texts[i + 1]);
    }
    return entries;
  }

  /// The value of a key, or null.
  public @Nullable String value(String key) {
    for (int i = 0; i < texts.length; i += 2) {
      if (texts[i].equals(key)) {
        return texts[i + 1];
      }
    }
    return null;
  }

  /// All entries, by key.
  public Map<String, String> entries() {
    return Collections.unmodifiableSortedMap(sorted());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Metadata that && Arrays.equals(texts, that.texts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(texts);
  }

  @Override
  public String toString() {
    return sorted().toString();
  }
}

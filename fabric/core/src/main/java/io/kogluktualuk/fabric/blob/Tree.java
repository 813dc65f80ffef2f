package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A directory: names bound to refs, in the order of the names' UTF-8 bytes.
///
/// ```
/// "kogT" u8 version=1 │ varint entries │ { text name │ ref } …
/// ```
///
/// **Invariant:** names follow [#checkName], are unique and strictly ascending.
/// **Bound:** an encoding is one blob.
public final class Tree {

  /// The longest name, in bytes of UTF-8.
  public static final int NAME_BYTES_MAX = 255;

  /// Unsigned order of UTF-8 bytes, which is the order of Unicode code points.
  public static final Comparator<String> NAME_ORDER =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  public static final Tree EMPTY = new Tree(new TreeMap<>(NAME_ORDER));

  private static final byte[] MAGIC = "kogT\u0001".getBytes(StandardCharsets.US_ASCII);
  private static final int ENTRY_BYTES_MIN = 2 + Ref.ENCODED_BYTES_MIN;
  private static final int ENTRIES_MAX = Blob.LENGTH_MAX / ENTRY_BYTES_MIN;

  private final NavigableMap<String, Ref> entries;

  private Tree(NavigableMap<String, Ref> entries) {
    this.entries = entries;
  }

  /// The tree with these entries.
  ///
  /// @throws IllegalArgumentException for a name that [#checkName] objects to
  public static Tree of(Map<String, Ref> entries) {
    NavigableMap<String, Ref> sorted = new TreeMap<>(NAME_ORDER);
    entries.forEach(
        (name, ref) -> {
          String objection = checkName(name);
          if (objection != null) {
            throw new IllegalArgumentException(objection);
          }
          sorted.put(name, ref);
        });
    return new Tree(sorted);
  }

  /// What is wrong with a name, or null. A name is 1 to [#NAME_BYTES_MAX] bytes of UTF-8, without
  /// `/` and NUL, and not `.` or `..`.
  public static @Nullable String checkName(String name) {
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0) {
      return "a name cannot be empty";
    }
    if (length > NAME_BYTES_MAX) {
      return "a name has at most " + NAME_BYTES_MAX + " bytes, found " + length;
    }
    if (name.equals(".") || name.equals("..")) {
      return "a name cannot be '" + name + "'";
    }
    if (name.indexOf('/') >= 0 || name.indexOf(0) >= 0) {
      return "a name cannot contain '/' or NUL";
    }
    return null;
  }

  /// Reads the canonical encoding.
  ///
  /// @param name names the tree in error messages
  /// @throws MalformedEncoding for any other bytes
  public static Tree decode(String name, byte[] encoding) {
    CanonicalReader reader = new CanonicalReader("tree " + name, encoding);
    reader.magic(MAGIC);
    int count = reader.count(ENTRIES_MAX, ENTRY_BYTES_MIN, "the number of entries");
    List<Map.Entry<String, Ref>> decoded = new ArrayList<>(count);
    String previous = "";
    for (int i = 0; i < count; i++) {
      String entryName = reader.text(NAME_BYTES_MAX, "the name of entry " + i);
      String objection = checkName(entryName);
      if (objection != null) {
        throw reader.malformed("entry " + i + ": " + objection);
      }
      if (NAME_ORDER.compare(previous, entryName) >= 0) {
        throw reader.malformed(
            "entry " + i + ": '" + entryName + "' does not come after '" + previous + "'");
      }
      decoded.add(Map.entry(entryName, Ref.CODEC.read(reader)));
      previous = entryName;
    }
    reader.end();
    NavigableMap<String, Ref> entries = new TreeMap<>(NAME_ORDER);
    decoded.forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
    return new Tree(entries);
  }

  /// The canonical encoding, as a blob.
  ///
  /// @throws OutOfSpace when there are too many entries for one blob
  public Blob encode() {
    CanonicalWriter writer = new CanonicalWriter(Blob.LENGTH_MAX);
    writer.raw(MAGIC).varint(entries.size());
    entries.forEach((name, ref) -> Ref.CODEC.write(ref, writer.text(name)));
    return Blob.of(writer.toBytes());
  }

  /// The ref of an encoded tree.
  public static Ref refOf(Blob encoding) {
    return new Ref(Kind.TREE, encoding.hash(), encoding.length());
  }

  public @Nullable Ref get(String name) {
    return entries.get(name);
  }

  /// The entries in canonical order.
  public NavigableMap<String, Ref> entries() {
    return Collections.unmodifiableNavigableMap(entries);
  }
}

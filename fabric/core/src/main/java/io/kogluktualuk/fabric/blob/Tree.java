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

/// A directory, or a part of a wide one, in one piece: names bound to refs, in the order of the
/// names' UTF-8 bytes.
///
/// ```
/// "kogT" u8 version=1 │ varint entries │ { text name │ ref } …
/// ```
///
/// **Invariant:** names follow [#checkName], are unique and strictly ascending.
/// **Bound:** entries of [#ENTRY_BYTES_MAX] bytes; a wider directory is a [TreePage].
public final class Tree implements TreePiece {

  /// The longest name, in bytes of UTF-8.
  public static final int NAME_BYTES_MAX = 255;

  /// The most bytes that the entries of one piece are encoded in: about 1,400 of usual names.
  /// Small enough to be made again for each change of one name, large enough that a directory
  /// of a million has a thousand pieces.
  public static final int ENTRY_BYTES_MAX = 64 * 1024;

  /// Unsigned order of UTF-8 bytes, which is the order of Unicode code points.
  public static final Comparator<String> NAME_ORDER = Tree::compare;

  public static final Tree EMPTY = new Tree(new String[0], new Ref[0], 0);

  /// Below the first surrogate, the order of chars is that of code points.
  private static final char PLAIN_MAX = 0xD7FF;

  private static final byte[] MAGIC = "kogT\u0001".getBytes(StandardCharsets.US_ASCII);
  private static final int ENTRY_BYTES_MIN = 2 + Ref.ENCODED_BYTES_MIN;

  private final String[] names;
  private final Ref[] refs;
  private final int entryBytes;

  private Tree(String[] names, Ref[] refs, int entryBytes) {
    this.names = names;
    this.refs = refs;
    this.entryBytes = entryBytes;
  }

  /// The tree with these entries.
  ///
  /// @throws IllegalArgumentException for a name that [#checkName] objects to
  /// @throws OutOfSpace when they do not fit in one piece
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
    return ofSorted(new ArrayList<>(sorted.keySet()), new ArrayList<>(sorted.values()));
  }

  /// The tree with these entries, which are in order and have been checked.
  static Tree ofSorted(List<String> names, List<Ref> refs) {
    long bytes = entryBytes(names, refs);
    if (bytes > ENTRY_BYTES_MAX) {
      throw new OutOfSpace(
          "%d entries take %d bytes, expected at most %d in one piece of a directory"
              .formatted(names.size(), bytes, ENTRY_BYTES_MAX));
    }
    return new Tree(names.toArray(String[]::new), refs.toArray(Ref[]::new), (int) bytes);
  }

  /// What is wrong with a name, or null. A name is 1 to [#NAME_BYTES_MAX] bytes of UTF-8, without
  /// `/` and NUL, and not `.` or `..`.
  public static @Nullable String checkName(String name) {
    if (isPlain(name)) {
      return null;
    }
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

  /// Whether a name is short ASCII without anything special, as nearly all are.
  private static boolean isPlain(String name) {
    int length = name.length();
    if (length == 0 || length > NAME_BYTES_MAX || name.charAt(0) == '.') {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      if (c <= ' ' || c > '~' || c == '/') {
        return false;
      }
    }
    return true;
  }

  private static int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return x <= PLAIN_MAX && y <= PLAIN_MAX
            ? x - y
            : Arrays.compareUnsigned(NameBits.bytes(a), NameBits.bytes(b));
      }
    }
    return a.length() - b.length();
  }

  /// The bytes that an entry is encoded in.
  ///
  /// @param nameBytes the length of its name
  static int entryBytes(int nameBytes, Ref ref) {
    return CanonicalWriter.varintBytes(nameBytes)
        + nameBytes
        + Ref.ENCODED_BYTES_MIN
        - 1
        + CanonicalWriter.varintBytes(ref.length());
  }

  /// The bytes that entries are encoded in.
  static long entryBytes(List<String> names, List<Ref> refs) {
    long bytes = 0;
    for (int i = 0; i < names.size(); i++) {
      bytes += entryBytes(NameBits.bytes(names.get(i)).length, refs.get(i));
    }
    return bytes;
  }

  /// The length of the encoding of so many entries in so many bytes.
  static int encodedBytes(long entries, long entryBytes) {
    return MAGIC.length + CanonicalWriter.varintBytes(entries) + (int) entryBytes;
  }

  /// Reads the canonical encoding.
  ///
  /// @param name names the tree in error messages
  /// @throws MalformedEncoding for any other bytes
  public static Tree decode(String name, byte[] encoding) {
    CanonicalReader reader = new CanonicalReader("tree " + name, encoding);
    reader.magic(MAGIC);
    int count = reader.count(Blob.LENGTH_MAX, ENTRY_BYTES_MIN, "the number of entries");
    if (reader.remaining() > ENTRY_BYTES_MAX) {
      throw reader.malformed(
          ("%d bytes of entries are in one piece, at most %d are allowed;"
                  + " trees of older versions have that: import the directory again")
              .formatted(reader.remaining(), ENTRY_BYTES_MAX));
    }
    int entryBytes = reader.remaining();
    String[] names = new String[count];
    Ref[] refs = new Ref[count];
    String previous = "";
    for (int i = 0; i < count; i++) {
      names[i] = readName(reader, i, previous);
      refs[i] = Ref.CODEC.read(reader);
      previous = names[i];
    }
    reader.end();
    return new Tree(names, refs, entryBytes);
  }

  private static String readName(CanonicalReader reader, int entry, String previous) {
    String name = reader.text(NAME_BYTES_MAX, "the name of entry " + entry);
    String objection = checkName(name);
    if (objection != null) {
      throw reader.malformed("entry " + entry + ": " + objection);
    }
    if (compare(previous, name) >= 0) {
      throw reader.malformed(
          "entry " + entry + ": '" + name + "' does not come after '" + previous + "'");
    }
    return name;
  }

  @Override
  public Blob encode() {
    CanonicalWriter writer = new CanonicalWriter(Blob.LENGTH_MAX);
    writer.raw(MAGIC).varint(names.length);
    for (int i = 0; i < names.length; i++) {
      Ref.CODEC.write(refs[i], writer.text(names[i]));
    }
    return Blob.of(writer.toBytes());
  }

  /// The ref of an encoded tree, or of a page.
  public static Ref refOf(Blob encoding) {
    return new Ref(Kind.TREE, encoding.hash(), encoding.length());
  }

  public @Nullable Ref get(String name) {
    int at = Arrays.binarySearch(names, name, NAME_ORDER);
    return at < 0 ? null : refs[at];
  }

  public int size() {
    return names.length;
  }

  /// The name of the entry at a position in canonical order.
  public String name(int entry) {
    return names[entry];
  }

  /// The value of the entry at a position in canonical order.
  public Ref ref(int entry) {
    return refs[entry];
  }

  /// A map of the entries in canonical order.
  public NavigableMap<String, Ref> entries() {
    NavigableMap<String, Ref> entries = new TreeMap<>(NAME_ORDER);
    for (int i = 0; i < names.length; i++) {
      entries.put(names[i], refs[i]);
    }
    return Collections.unmodifiableNavigableMap(entries);
  }

  @Override
  public long entryCount() {
    return names.length;
  }

  @Override
  public long entryBytes() {
    return entryBytes;
  }

  @Override
  public List<Ref> children() {
    return Collections.unmodifiableList(Arrays.asList(refs));
  }
}

package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A directory that is too wide for one piece: its parts in the order of their names, and what
/// separates them.
///
/// # Which parts a directory has Think of the binary trie of all names ([NameBits]): a node for
/// each two names, where they first differ. Each node has a *rank*, from the bytes that the
/// entries below it are encoded in:
///
/// ```
/// rank 0   at most 64 KiB: the entries are one Tree
/// rank n   at most 64 KiB × 32ⁿ
/// ```
///
/// A page is a node with all nodes below it that have its rank; what hangs from those, of lower
/// rank, are its parts. So the pieces follow from the set of entries alone, however it came
/// about, and each is what the directory of its entries would be.
///
/// **Why this.** Splitting where the hash of a name says so (a *prolly tree*; *Merkle search
/// trees*, Auvolat and Taïani, "Merkle Search Trees", SRDS 2019) needs no weights, but whoever
/// chooses the names chooses the shape: names that nobody splits at are cheap to find. A trie of
/// hashes (Bagwell, "Ideal Hash Trees", 2001) has no such names, and no order either. Here the
/// order is that of names (a *Patricia trie*, Morrison, JACM 15(4), 1968) and the ranks bound the
/// depth for any names: going down, the rank falls with each piece.
///
/// # Encoding
/// ```
/// "kogT" u8 version=2 │ varint parts │ part │ { varint shared │ bytes rest │ part } …
/// part: hash │ varint entries │ varint bytes │ varint length, if bytes are more than 64 KiB
/// ```
///
/// Between two parts stands the least bit string that is above one and not above the other,
/// filled up with zeros to bytes: `shared` are those that it has in common with the one before,
/// as many as there are. `length` is that of the part's encoding; for a [Tree] it follows from
/// the rest.
///
/// **Threading:** immutable. **Bound:** At any bit, less than 32 nodes of one page differ, and
/// there are 2,040 bits: less than 63,241 parts in less than [Blob#LENGTH_MAX] bytes, for the
/// worst of names. For usual names: 32 to 64 parts, 2 to 4 KiB. [#RANK_MAX] pages and one tree
/// from top to bottom; two pages for a million entries.
public final class TreePage implements TreePiece {

  /// How many times as many bytes the next rank has.
  static final int FANOUT = 32;

  /// The highest rank there can be; the bytes are below 2⁵⁶.
  public static final int RANK_MAX = 8;

  /// The most entries, and the most bytes of them, that can be said of one part.
  private static final long PART_MAX = (1L << 40) - 1;

  private static final byte[] MAGIC = "kogT\u0002".getBytes(StandardCharsets.US_ASCII);
  private static final int PARTS_MAX = (FANOUT - 1) * Byte.SIZE * Tree.NAME_BYTES_MAX + 1;
  private static final int PART_BYTES_MIN = 32 + 2;

  private final Part[] parts;
  private final byte[][] separators;
  private final long entries;
  private final long bytes;

  /// A piece, as the page above it tells of it.
  ///
  /// @param entries how many there are in it
  /// @param bytes that they are encoded in
  public record Part(Ref ref, long entries, long bytes) {

    /// The part that a piece is.
    static Part of(Blob encoding, TreePiece piece) {
      return new Part(Tree.refOf(encoding), piece.entryCount(), piece.entryBytes());
    }
  }

  private TreePage(Part[] parts, byte[][] separators) {
    this.parts = parts;
    this.separators = separators;
    this.entries = Arrays.stream(parts).mapToLong(Part::entries).sum();
    this.bytes = Arrays.stream(parts).mapToLong(Part::bytes).sum();
  }

  /// The page of these parts, of which the builder knows that they make one.
  static TreePage of(List<Part> parts, List<byte[]> separators) {
    return new TreePage(parts.toArray(Part[]::new), separators.toArray(byte[][]::new));
  }

  /// The rank of entries that take so many bytes.
  static int rank(long bytes) {
    int rank = 0;
    for (long max = Tree.ENTRY_BYTES_MAX; bytes > max; max *= FANOUT) {
      rank++;
    }
    return rank;
  }

  /// Whether an encoding is one of a page, rather than of a [Tree], if it is one of either.
  static boolean begins(byte[] encoding) {
    return encoding.length >= MAGIC.length
        && Arrays.equals(encoding, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /// Reads the canonical encoding. What it says of its parts is checked when they are read.
  ///
  /// @param name names the tree in error messages
  /// @throws MalformedEncoding for any other bytes
  public static TreePage decode(String name, byte[] encoding) {
    CanonicalReader reader = new CanonicalReader("tree " + name, encoding);
    reader.magic(MAGIC);
    int count = reader.count(PARTS_MAX, PART_BYTES_MIN, "the number of parts");
    if (count < 2) {
      throw reader.malformed("a page has " + count + " parts, expected at least 2");
    }
    Part[] parts = new Part[count];
    byte[][] separators = new byte[count - 1][];
    parts[0] = readPart(reader);
    byte[] previous = {};
    for (int i = 1; i < count; i++) {
      previous = readSeparator(reader, previous);
      separators[i - 1] = previous;
      parts[i] = readPart(reader);
    }
    reader.end();
    TreePage page = new TreePage(parts, separators);
    page.requireOneRank(reader);
    return page;
  }

  private static Part readPart(CanonicalReader reader) {
    Hash hash = reader.hash();
    long entries = reader.varint(PART_MAX, "the number of entries of a part");
    long bytes = reader.varint(PART_MAX, "the bytes of the entries of a part");
    if (entries == 0 || bytes / entries < Ref.ENCODED_BYTES_MIN) {
      throw reader.malformed("a part has " + entries + " entries in " + bytes + " bytes");
    }
    long length =
        bytes > Tree.ENTRY_BYTES_MAX
            ? reader.varint(Blob.LENGTH_MAX, "the length of a part")
            : Tree.encodedBytes(entries, bytes);
    return new Part(new Ref(Kind.TREE, hash, length), entries, bytes);
  }

  private static byte[] readSeparator(CanonicalReader reader, byte[] previous) {
    int shared = (int) reader.varint(previous.length, "what separators have in common");
    byte[] rest = reader.bytes(Tree.NAME_BYTES_MAX - shared, "the rest of a separator");
    byte[] separator = Arrays.copyOf(previous, shared + rest.length);
    System.arraycopy(rest, 0, separator, shared, rest.length);
    if (rest.length == 0 || rest[rest.length - 1] == 0) {
      throw reader.malformed("a separator does not end as it must");
    }
    if (previous.length > 0 && !follows(previous, separator, shared)) {
      throw reader.malformed("a separator does not fit the one before");
    }
    return separator;
  }

  /// Whether two separators can stand next to each other: one is of a node below that of the
  /// other, on the side where it is.
  private static boolean follows(byte[] before, byte[] after, int shared) {
    if (Arrays.mismatch(before, after) != shared || Arrays.compareUnsigned(before, after) >= 0) {
      return false;
    }
    int difference = NameBits.firstDifference(before, after);
    return difference == NameBits.lastBit(after) || difference > NameBits.lastBit(before);
  }

  /// All nodes of a page have its rank, and no part has.
  private void requireOneRank(CanonicalReader reader) {
    int rank = rank(bytes);
    if (rank == 0 || rank > RANK_MAX) {
      throw reader.malformed(bytes + " bytes of entries are no page of parts");
    }
    for (Part part : parts) {
      if (rank(part.bytes) >= rank) {
        throw reader.malformed("a part of " + part.bytes + " bytes is no part of " + bytes);
      }
    }
    // The nodes on the way to where we are, from the root down: their bits, and the bytes on the
    // left of each.
    int[] bits = new int[separators.length];
    long[] lefts = new long[separators.length];
    int depth = 0;
    long here = parts[0].bytes;
    for (int i = 0; i <= separators.length; i++) {
      int bit = i < separators.length ? NameBits.lastBit(separators[i]) : -1;
      while (depth > 0 && bits[depth - 1] > bit) {
        here += lefts[--depth];
        if (rank(here) != rank) {
          throw reader.malformed("parts of " + here + " bytes belong together in a page below");
        }
      }
      if (i < separators.length) {
        bits[depth] = bit;
        lefts[depth++] = here;
        here = parts[i + 1].bytes;
      }
    }
  }

  @Override
  public Blob encode() {
    CanonicalWriter writer = new CanonicalWriter(Blob.LENGTH_MAX);
    writer.raw(MAGIC).varint(parts.length);
    write(parts[0], writer);
    byte[] previous = {};
    for (int i = 0; i < separators.length; i++) {
      byte[] separator = separators[i];
      int shared = Math.max(0, Arrays.mismatch(previous, separator));
      writer.varint(shared).bytes(Arrays.copyOfRange(separator, shared, separator.length));
      write(parts[i + 1], writer);
      previous = separator;
    }
    return Blob.of(writer.toBytes());
  }

  private static void write(Part part, CanonicalWriter writer) {
    writer.hash(part.ref.hash()).varint(part.entries).varint(part.bytes);
    if (part.bytes > Tree.ENTRY_BYTES_MAX) {
      writer.varint(part.ref.length());
    }
  }

  public int partCount() {
    return parts.length;
  }

  public Part part(int index) {
    return parts[index];
  }

  /// What is above a part and not above the next.
  byte[] separator(int part) {
    return separators[part];
  }

  /// The part in which a name is, if it is in the directory.
  ///
  /// @param name its UTF-8 bytes
  int partOf(byte[] name) {
    int low = 0;
    int high = separators.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(name, separators[middle]) < 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  @Override
  public long entryCount() {
    return entries;
  }

  @Override
  public long entryBytes() {
    return bytes;
  }

  @Override
  public List<Ref> children() {
    List<Ref> children = new ArrayList<>(parts.length);
    for (Part part : parts) {
      children.add(part.ref);
    }
    return children;
  }
}

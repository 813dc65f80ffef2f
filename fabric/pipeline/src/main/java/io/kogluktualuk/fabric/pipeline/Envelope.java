package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Voucher;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What stages pass: a ref, what is to be known of it, and where it comes from.
///
/// ```
/// u8 version=1 │ origin │ ref │ metadata │ varint attempt
///   │ bool [ claim ] │ bool [ voucher ] │ bool [ the ref's bytes ]
/// ```
///
/// Its **id** is the SHA-256 of `"kogE"` and the encoding up to and with the metadata. It is
/// computed from what arrives, never believed; a stage that runs again on the same input gives
/// the same ids, which makes doing things twice harmless.
///
/// A short content may travel in the envelope. It has a hash all the same, and whoever looks at
/// it verifies it first.
///
/// **Threading:** immutable, but for whether it is known to be genuine. **Ownership:** one that
/// was read keeps the frame that it came in: its encoding and what it carries stay a part of
/// that. **Bound:** [#CARRIED_MAX], [Metadata#BYTES_MAX]; [#ENCODED_MAX] in all.
public final class Envelope {

  /// The most that an envelope can carry; the setting is usually less.
  public static final int CARRIED_MAX = 64 * 1024;

  /// The largest encoding: 4 KiB of metadata, what is carried, a voucher of at most 545 bytes, and
  /// less than 512 bytes besides.
  public static final int ENCODED_MAX = CARRIED_MAX + Metadata.BYTES_MAX + 545 + 512;

  private static final int VERSION = 1;
  private static final byte[] ID_PREFIX = "kogE".getBytes(StandardCharsets.US_ASCII);

  /// First attempt, no lease, no voucher, and whether something is carried.
  private static final byte[] BARE = {0, 0, 0, 0};
  private static final byte[] BARE_CARRIED = {0, 0, 0, 1};

  private final Hash id;

  /// The encoding up to and with the metadata: a part of an array.
  private final byte[] named;

  private final int namedAt;
  private final int namedLength;

  /// The rest of the encoding, but for what is carried.
  private final byte[] rest;

  private final Origin origin;
  private final Ref ref;
  private final Metadata metadata;
  private final int attempt;
  private final @Nullable Claim lease;
  private final @Nullable Voucher voucher;
  private final @Nullable MemorySegment carried;

  /// Whether the hash of what it carries was found to be right.
  private volatile boolean isVerified;

  private Envelope(
      Hash id,
      byte[] named,
      int namedAt,
      int namedLength,
      Origin origin,
      Ref ref,
      Metadata metadata,
      int attempt,
      @Nullable Claim lease,
      @Nullable Voucher voucher,
      @Nullable MemorySegment carried) {
    this.id = id;
    this.named = named;
    this.namedAt = namedAt;
    this.namedLength = namedLength;
    this.rest = rest(attempt, lease, voucher, carried != null);
    this.origin = origin;
    this.ref = ref;
    this.metadata = metadata;
    this.attempt = attempt;
    this.lease = lease;
    this.voucher = voucher;
    this.carried = carried;
  }

  /// An envelope for a value.
  ///
  /// @param lease for how long somebody holds it; null when nobody need
  /// @param voucher for the value, or null
  /// @param carried its bytes, or null
  /// @throws InvalidArgument when it would carry too much, or not what the ref says
  static Envelope of(
      Origin origin,
      Ref ref,
      Metadata metadata,
      @Nullable Claim lease,
      @Nullable Voucher voucher,
      @Nullable MemorySegment carried) {
    if (carried != null && !fits(ref, carried.byteSize())) {
      throw new InvalidArgument(
          "an envelope cannot carry "
              + carried.byteSize()
              + " bytes for "
              + ref
              + ", at most "
              + CARRIED_MAX);
    }
    CanonicalWriter writer = new CanonicalWriter();
    writer.u8(VERSION);
    Origin.CODEC.write(origin, writer);
    Ref.CODEC.write(ref, writer);
    Metadata.CODEC.write(metadata, writer);
    byte[] named = writer.toBytes();
    Hash id = id(named, 0, named.length);
    return new Envelope(
        id, named, 0, named.length, origin, ref, metadata, 0, lease, voucher, carried);
  }

  private static boolean fits(Ref ref, long bytes) {
    return ref.kind() == Kind.BLOB && bytes == ref.length() && bytes <= CARRIED_MAX;
  }

  private static Hash id(byte[] bytes, int offset, int length) {
    return new Sha256()
        .update(ID_PREFIX, 0, ID_PREFIX.length)
        .update(bytes, offset, length)
        .finish();
  }

  private static byte[] rest(
      int attempt, @Nullable Claim lease, @Nullable Voucher voucher, boolean isCarried) {
    if (attempt == 0 && lease == null && voucher == null) {
      return isCarried ? BARE_CARRIED : BARE;
    }
    CanonicalWriter writer = new CanonicalWriter();
    writer.varint(attempt).bool(lease != null);
    if (lease != null) {
      Claim.CODEC.write(lease, writer);
    }
    writer.bool(voucher != null);
    if (voucher != null) {
      Voucher.CODEC.write(voucher, writer);
    }
    return writer.bool(isCarried).toBytes();
  }

  /// How many bytes [#write] writes.
  int encodedLength() {
    return namedLength + rest.length + (carried == null ? 0 : (int) carried.byteSize());
  }

  void write(CanonicalWriter writer) {
    writer.raw(named, namedAt, namedLength).raw(rest);
    if (carried != null) {
      if (carried.heapBase().orElse(null) instanceof byte[] array) {
        writer.raw(array, (int) carried.address(), (int) carried.byteSize());
      } else {
        writer.raw(carried.toArray(ValueLayout.JAVA_BYTE));
      }
    }
  }

  byte[] encode() {
    CanonicalWriter writer = new CanonicalWriter(ENCODED_MAX);
    write(writer);
    return writer.toBytes();
  }

  /// Reads an envelope that fills these bytes; what it carries stays a part of them.
  ///
  /// @param peer who has sent it, for messages
  /// @throws MalformedEncoding for other bytes
  static Envelope decode(String peer, byte[] bytes, int offset, int length) {
    if (length > ENCODED_MAX) {
      throw new MalformedEncoding(
          "envelope from " + peer + " has " + length + " bytes, at most " + ENCODED_MAX);
    }
    CanonicalReader reader = new CanonicalReader("envelope from " + peer, bytes, offset, length);
    int version = reader.u8();
    if (version != VERSION) {
      throw reader.malformed("it is of version " + version + ", expected " + VERSION);
    }
    Origin origin = Origin.CODEC.read(reader);
    Ref ref = Ref.CODEC.read(reader);
    Metadata metadata = Metadata.CODEC.read(reader);
    int namedLength = length - reader.remaining();
    Hash id = id(bytes, offset, namedLength);
    int attempt = (int) reader.varint(Integer.MAX_VALUE, "the attempt");
    Claim lease = reader.bool() ? Claim.CODEC.read(reader) : null;
    Voucher voucher = reader.bool() ? Voucher.CODEC.read(reader) : null;
    MemorySegment carried = null;
    if (reader.bool()) {
      if (ref.kind() != Kind.BLOB || ref.length() != reader.remaining()) {
        throw reader.malformed("it carries " + reader.remaining() + " bytes for " + ref);
      }
      int start = offset + length - reader.remaining();
      carried = MemorySegment.ofArray(bytes).asSlice(start, ref.length());
      reader.skip(reader.remaining(), "what it carries");
    }
    reader.end();
    return new Envelope(
        id, bytes, offset, namedLength, origin, ref, metadata, attempt, lease, voucher, carried);
  }

  /// The same, sent once more.
  Envelope again() {
    return new Envelope(
        id,
        named,
        namedAt,
        namedLength,
        origin,
        ref,
        metadata,
        attempt + 1,
        lease,
        voucher,
        carried);
  }

  public Hash id() {
    return id;
  }

  public Origin origin() {
    return origin;
  }

  public Ref ref() {
    return ref;
  }

  public Metadata metadata() {
    return metadata;
  }

  /// How often it was handed to stages again by somebody who had set it aside.
  public int attempt() {
    return attempt;
  }

  /// For how long its holder holds it when he is not heard of any more; null when it needs none.
  public @Nullable Claim lease() {
    return lease;
  }

  /// The word of who has stored its value, which makes reading it faster; null when there is none.
  public @Nullable Voucher voucher() {
    return voucher;
  }

  public boolean isCarried() {
    return carried != null;
  }

  /// How many bytes it is charged with, besides one envelope.
  public long chargeBytes() {
    return ref.length();
  }

  /// What it carries, as it came.
  @Nullable MemorySegment carried() {
    return carried;
  }

  /// Verifies what several envelopes carry; side by side that takes less than one by one. Those
  /// that turn out to be forged are told of when they are looked at.
  static void verifyEach(List<Envelope> envelopes) {
    List<Envelope> open = new ArrayList<>(envelopes.size());
    List<MemorySegment> contents = new ArrayList<>(envelopes.size());
    for (Envelope each : envelopes) {
      if (each.carried != null && !each.isVerified) {
        open.add(each);
        contents.add(each.carried);
      }
    }
    List<Hash> hashes = Hash.ofEach(contents);
    for (int i = 0; i < open.size(); i++) {
      Envelope each = open.get(i);
      each.isVerified = hashes.get(i).equals(each.ref.hash());
    }
  }

  /// Whether it carries something that nobody has verified yet.
  boolean isToVerify() {
    return carried != null && !isVerified;
  }

  /// What it carries, once its hash is found to be right.
  ///
  /// @throws Corruption when it is not
  MemorySegment verifiedCarried() {
    if (carried == null) {
      throw new IllegalStateException("envelope " + id.toShortHex() + " carries nothing");
    }
    if (isVerified) {
      return carried.asReadOnly();
    }
    Hash found = Hash.of(carried);
    if (!found.equals(ref.hash())) {
      throw new Corruption(
          "envelope "
              + id.toShortHex()
              + " from stage "
              + origin.stage()
              + ": what it carries has hash "
              + found
              + ", it says "
              + ref.hash());
    }
    isVerified = true;
    return carried.asReadOnly();
  }

  @Override
  public String toString() {
    return "envelope " + id.toShortHex() + " of " + ref + " from stage " + origin.stage();
  }
}

package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;

/// Names a value of the fabric: what kind it is, the hash of its blob, and how long it is.
///
/// ```
/// kind u8 │ hash 32 bytes │ length varint
/// ```
///
/// @param kind what the blob holds
/// @param hash the SHA-256 of the blob: for a list, of the list itself, not of the content
/// @param length bytes of content for [Kind#BLOB] and [Kind#LIST]; bytes of the encoding for
///     [Kind#TREE] and [Kind#THUNK]
public record Ref(Kind kind, Hash hash, long length) {

  /// The fewest bytes an encoded ref takes.
  public static final int ENCODED_BYTES_MIN = 1 + Hash.BYTES + 1;

  public static final Codec<Ref> CODEC =
      new Codec<>() {
        @Override
        public void write(Ref ref, CanonicalWriter writer) {
          writer.u8(ref.kind.tag()).hash(ref.hash).varint(ref.length);
        }

        @Override
        public Ref read(CanonicalReader reader) {
          Kind kind = readKind(reader);
          Hash hash = reader.hash();
          long length = reader.varint();
          if (!lengthFits(kind, length)) {
            throw reader.malformed("a " + kind.word() + " cannot be " + length + " bytes long");
          }
          return new Ref(kind, hash, length);
        }
      };

  public Ref {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(hash);
    if (!lengthFits(kind, length)) {
      throw new IllegalArgumentException(
          "a " + kind.word() + " cannot be " + length + " bytes long");
    }
  }

  /// The ref of a plain blob.
  public static Ref ofBlob(Blob blob) {
    return new Ref(Kind.BLOB, blob.hash(), blob.length());
  }

  /// Reads the text form, `kind:hash:length`.
  ///
  /// @throws InvalidArgument when the text is not a ref
  public static Ref parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3) {
      throw new InvalidArgument("not a ref: '" + text + "'; expected kind:hash:length");
    }
    for (Kind kind : Kind.values()) {
      if (kind.word().equals(parts[0])) {
        try {
          return new Ref(kind, Hash.parse(parts[1]), Long.parseLong(parts[2]));
        } catch (IllegalArgumentException e) {
          throw new InvalidArgument("not a ref: '" + text + "'; its length is out of range", e);
        }
      }
    }
    throw new InvalidArgument(
        "not a ref: '" + text + "'; its kind must be blob, list, tree or thunk");
  }

  /// The text form, `kind:hash:length`.
  @Override
  public String toString() {
    return kind.word() + ":" + hash + ":" + length;
  }

  private static Kind readKind(CanonicalReader reader) {
    int tag = reader.u8();
    for (Kind kind : Kind.values()) {
      if (kind.tag() == tag) {
        return kind;
      }
    }
    throw reader.malformed("no kind has tag " + tag);
  }

  private static boolean lengthFits(Kind kind, long length) {
    return kind == Kind.LIST ? length > Blob.LENGTH_MAX : length >= 0 && length <= Blob.LENGTH_MAX;
  }
}

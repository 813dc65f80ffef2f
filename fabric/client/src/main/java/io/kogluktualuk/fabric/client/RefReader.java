package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.ContentList;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.blob.TreePiece;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.Thunk;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns what people write, `kind:hash:length` or the first digits of a hash, into a ref.
///
/// **Threading:** safe if the store and the prefixes are.
final class RefReader {

  /// Finds the only hash with a prefix.
  interface Prefixes {
    /// @throws io.kogluktualuk.fabric.fault.NotFound when there is none
    /// @throws io.kogluktualuk.fabric.fault.Conflict when there are several
    Hash complete(String prefix);
  }

  private static final Logger LOG = LoggerFactory.getLogger(RefReader.class);
  private static final Pattern PREFIX = Pattern.compile("[0-9a-f]{8,64}");

  private final BlobStore store;
  private final Prefixes prefixes;

  RefReader(BlobStore store, Prefixes prefixes) {
    this.store = store;
    this.prefixes = prefixes;
  }

  /// The ref that a text stands for. A bare hash stands for the most special thing that its blob
  /// encodes: a tree, a list, a thunk, or else plain bytes.
  Ref read(String text) {
    if (text.indexOf(':') >= 0) {
      return Ref.parse(text);
    }
    Blob blob = store.get(hash(text));
    for (Kind kind : List.of(Kind.TREE, Kind.LIST, Kind.THUNK)) {
      try {
        return decoded(kind, blob);
      } catch (MalformedEncoding e) {
        LOG.trace("{} is not a {}", blob.hash(), kind, e); // an answer, not a fault
      }
    }
    return Ref.ofBlob(blob);
  }

  /// The ref of the blob with this hash, as the kind that the text says it is.
  ///
  /// @throws MalformedEncoding when it is not of that kind
  Ref read(Kind kind, String hash) {
    return decoded(kind, store.get(hash(hash)));
  }

  /// A whole hash from its first digits.
  Hash hash(String text) {
    String digits = text.toLowerCase(Locale.ROOT);
    if (!PREFIX.matcher(digits).matches()) {
      throw new InvalidArgument(
          "not a hash: '" + text + "'; expected 8 to 64 hex digits, or kind:hash:length");
    }
    return digits.length() == 2 * Hash.BYTES ? Hash.parse(digits) : prefixes.complete(digits);
  }

  private static Ref decoded(Kind kind, Blob blob) {
    String name = blob.hash().toHex();
    return switch (kind) {
      case BLOB -> Ref.ofBlob(blob);
      case LIST -> new Ref(kind, blob.hash(), ContentList.decode(name, blob.toArray()).length());
      case TREE -> {
        TreePiece.decode(name, blob.toArray());
        yield Tree.refOf(blob);
      }
      case THUNK -> {
        Thunk.decode(name, blob.toArray());
        yield Thunk.refOf(blob);
      }
    };
  }
}

package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.CopyAge;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The blobs that this node has, page by page: as they are when the page is asked for, and but for
/// those that are about to be collected.
///
/// **Threading:** any thread.
public interface LocalBlobs {

  /// @param next where the next page begins; 0 after the last
  record Page(List<LocalBlob> blobs, int next) {}

  /// @param from 0, or what the page before said
  /// @param max how many at most
  Page page(int from, int max);

  /// Those of some blobs that are here, but for those that are about to be collected.
  List<LocalBlob> find(List<Hash> hashes);

  /// How old a copy of a blob would be that is made now. Null when none is to be made: it has
  /// been, or is about to be, collected, or that is being found out.
  @Nullable CopyAge copyAge(Hash hash);

  /// This copy is one too many: it may be thrown away when room is needed.
  void becameSurplus(Hash hash);

  /// Blobs that should be here and were found damaged, or not at all, on the terms that they had;
  /// at most a thousand.
  List<LocalBlob> damaged();

  /// The generation of pins that is the present one.
  long generation();
}

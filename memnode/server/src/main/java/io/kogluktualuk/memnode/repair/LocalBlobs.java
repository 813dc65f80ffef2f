package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.List;

/// The blobs that this node has, page by page: as they are when the page is asked for.
///
/// **Threading:** any thread.
public interface LocalBlobs {

  /// @param next where the next page begins; 0 after the last
  record Page(List<LocalBlob> blobs, int next) {}

  /// @param from 0, or what the page before said
  /// @param max how many at most
  Page page(int from, int max);

  /// This copy is one too many: it may be thrown away when room is needed.
  void becameSurplus(Hash hash);

  /// Blobs that should be here and were found damaged, or not at all, on the terms that they had;
  /// at most a thousand.
  List<LocalBlob> damaged();

  /// The generation of pins that is the present one.
  long generation();
}

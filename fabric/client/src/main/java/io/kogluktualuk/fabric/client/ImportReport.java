package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Ref;
import java.util.List;

/// What an import stored.
///
/// @param skipped what was left out, with the reason; empty unless special files may be skipped
public record ImportReport(
    Ref tree, long files, long directories, long bytes, List<String> skipped) {

  /// Copies what it is given.
  public ImportReport {
    skipped = List.copyOf(skipped);
  }
}

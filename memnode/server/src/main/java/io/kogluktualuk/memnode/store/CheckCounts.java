package io.kogluktualuk.memnode.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What [FolderCheck] has found so far.
///
/// **Threading:** one thread. **Bound:** [#LINES_MAX] problems are told in words, all are counted.
final class CheckCounts {

  static final int LINES_MAX = 100;

  private final List<String> lines = new ArrayList<>();
  int regions;
  int regionsMissing;
  boolean logMissing;
  long records;
  long recordsDamaged;
  long blobs;
  long bytes;
  long outside;
  long overlapping;
  long wrongBytes;

  void found(String line) {
    if (lines.size() < LINES_MAX) {
      lines.add(line);
    }
  }

  CheckFindings findings(Path folder) {
    return new CheckFindings(
        folder,
        regions,
        regionsMissing,
        logMissing,
        records,
        recordsDamaged,
        blobs,
        bytes,
        outside,
        overlapping,
        wrongBytes,
        lines,
        false);
  }
}

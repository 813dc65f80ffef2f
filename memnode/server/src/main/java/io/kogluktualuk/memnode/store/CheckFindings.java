package io.kogluktualuk.memnode.store;

import java.nio.file.Path;
import java.util.List;

/// What [FolderCheck] has found.
///
/// @param folder that was looked at
/// @param regions region files that are there
/// @param regionsMissing region files that should be there
/// @param logMissing whether there are regions and no log
/// @param records whole records of the log
/// @param recordsDamaged records that cannot be read, before the last whole one
/// @param blobs that are intact
/// @param bytes of these
/// @param outside blobs that lie where no region file is
/// @param overlapping intact blobs whose place another blob has
/// @param wrongBytes blobs whose bytes have another hash
/// @param lines the first hundred problems in words
/// @param isRepaired whether what is damaged has been dropped
public record CheckFindings(
    Path folder,
    int regions,
    int regionsMissing,
    boolean logMissing,
    long records,
    long recordsDamaged,
    long blobs,
    long bytes,
    long outside,
    long overlapping,
    long wrongBytes,
    List<String> lines,
    boolean isRepaired) {

  public CheckFindings {
    lines = List.copyOf(lines);
  }

  /// Whether nothing is damaged or missing.
  public boolean isIntact() {
    return regionsMissing == 0 && !logMissing && recordsDamaged == 0 && lost() == 0;
  }

  /// How many blobs the log names that cannot be served.
  public long lost() {
    return outside + overlapping + wrongBytes;
  }

  CheckFindings afterRepair() {
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
        true);
  }
}

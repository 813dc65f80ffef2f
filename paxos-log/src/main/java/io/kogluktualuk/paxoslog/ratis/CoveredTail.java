package io.kogluktualuk.paxoslog.ratis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.server.storage.RaftStorage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The segment of a log that was being written when the process died, where the newest snapshot
/// reaches further: a follower applies entries that others have on disk, may write a snapshot of
/// them, and lose its own with the machine.
///
/// Ratis 3.3 purges closed segments that end before the snapshot, and keeps this one; then it takes
/// the first entry after the snapshot for one after a gap, refuses it for ever, and never follows
/// again. Nothing in the segment is needed, so it is deleted before the log is read.
///
/// **Threading:** stateless.
final class CoveredTail {

  private static final Logger LOG = LoggerFactory.getLogger(CoveredTail.class);

  private static final String OPEN = "log_inprogress_";

  private CoveredTail() {}

  /// @param snapshotIndex of the last entry in the snapshot that has been loaded, and so is whole
  static void drop(RaftStorage storage, long snapshotIndex) throws IOException {
    for (LogSegmentPath segment : LogSegmentPath.getLogSegmentPaths(storage)) {
      String name = String.valueOf(segment.getPath().getFileName());
      if (name.startsWith(OPEN) && Long.parseLong(name.substring(OPEN.length())) <= snapshotIndex) {
        dropIfCovered(segment, snapshotIndex);
      }
    }
  }

  private static void dropIfCovered(LogSegmentPath segment, long snapshotIndex) throws IOException {
    Path file = segment.getPath();
    AtomicLong last = new AtomicLong(-1);
    try {
      LogSegment.readSegmentFile(
          file.toFile(),
          segment.getStartEnd(),
          RatisProperties.APPEND_MAX,
          CorruptionPolicy.EXCEPTION,
          null,
          entry -> last.set(entry.getIndex()));
    } catch (IOException e) {
      LOG.debug("{} cannot be read; Ratis says what is wrong with it", file, e);
      return;
    }
    if (last.get() < snapshotIndex) {
      LOG.warn(
          "{} ends with entry {}, the snapshot with {}; it is deleted",
          file,
          last.get(),
          snapshotIndex);
      Files.delete(file);
      LogFolder.syncFolder(Objects.requireNonNull(file.getParent()));
    }
  }
}

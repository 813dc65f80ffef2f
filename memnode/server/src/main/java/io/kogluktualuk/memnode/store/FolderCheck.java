package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Looks whether the folder of a memory node that does not run is whole, and if asked to, mends
/// it: drops what is damaged, keeping the old log beside the new one, and makes missing region
/// files anew.
///
/// **Threading:** one thread. **Ownership:** holds the folder's lock meanwhile. **Bound:** the
/// memory of an index for as many blobs as the log has records.
public final class FolderCheck implements AutoCloseable {

  /// Hears how far it is.
  public interface Progress {

    /// @param bytes hashed so far
    /// @param of how many there are
    void hashed(long bytes, long of);
  }

  private static final String LOG_NAME = "sealed.log";
  private static final long STEP_BYTES = 256L << 20;

  private final Disk disk;
  private final List<@Nullable RegionFile> regions = new ArrayList<>();
  private final ExtentAllocator allocator;
  private final CheckCounts counts = new CheckCounts();
  private final Progress progress;
  private @Nullable BlobIndex index;

  private FolderCheck(Path folder, Progress progress) {
    this.disk = new FolderDisk(folder);
    this.allocator = new ExtentAllocator(disk::scratch);
    this.progress = progress;
  }

  /// Checks a folder.
  ///
  /// @param repair whether to drop what is damaged
  /// @throws io.kogluktualuk.fabric.fault.Conflict when a server holds the folder
  public static CheckFindings check(Path folder, boolean repair, Progress progress) {
    try (AutoCloseable _ = StateFolder.hold(folder);
        FolderCheck check = new FolderCheck(folder, progress)) {
      return check.run(repair);
    } catch (RuntimeException e) {
      throw e;
    } catch (IOException e) {
      throw ZeroedFile.unusable(folder, e);
    } catch (Exception e) {
      throw new IllegalStateException("the folder's lock does not close", e);
    }
  }

  private CheckFindings run(boolean repair) throws IOException {
    openRegions();
    if (disk.exists(LOG_NAME)) {
      readLog();
    } else if (!regions.isEmpty()) {
      counts.found("there is no log: nothing says which blobs the regions have");
      counts.logMissing = true;
    }
    if (index != null) {
      checkBlobs(index);
    }
    CheckFindings findings = counts.findings(disk.path(""));
    if (repair && !findings.isIntact()) {
      repair();
      return findings.afterRepair();
    }
    return findings;
  }

  private void openRegions() throws IOException {
    int expected = Holdings.read(disk);
    for (int number = 0; number < expected || disk.exists(Regions.name(number)); number++) {
      boolean isThere = disk.exists(Regions.name(number)) && disk.length(Regions.name(number)) > 0;
      RegionFile file = isThere ? RegionFile.open(disk, Regions.name(number), 0) : null;
      if (file == null) {
        counts.regionsMissing++;
        counts.found("region file " + Regions.name(number) + " is missing");
      }
      allocator.addRegion(file == null ? 0 : file.length());
      regions.add(file);
    }
    counts.regions = regions.size() - counts.regionsMissing;
  }

  private void readLog() throws IOException {
    long most = Math.max(1, disk.length(LOG_NAME) / RecordLayout.BYTES);
    IndexShape shape = IndexShape.forBlobs(most);
    BlobTable table = new BlobTable(disk.scratch(BlobTable.bytesFor(most)), (int) most);
    MemorySegment entries = disk.scratch(shape.bytes());
    MemorySegment ordinals = disk.scratch(BlobIndex.ordinalBytes(shape));
    BlobIndex found = new BlobIndex(shape, entries, ordinals, table, most);
    index = found;
    LogReplay replay = new LogReplay(found, false);
    long damaged =
        SealLog.readWhole(
            disk,
            LOG_NAME,
            (record, number) -> {
              counts.records++;
              replay.heard(record, number);
            });
    if (damaged > 0) {
      counts.recordsDamaged = damaged;
      counts.found(damaged + " records of the log are damaged: what they said is not known");
    }
  }

  private void checkBlobs(BlobIndex found) {
    BlobTable table = found.table();
    long total = 0;
    for (int ordinal = 0; ordinal < table.limit(); ordinal++) {
      total += table.isPresent(ordinal) ? table.length(ordinal) : 0;
    }
    long done = 0;
    long reported = 0;
    for (int ordinal = 0; ordinal < table.limit(); ordinal++) {
      if (table.isPresent(ordinal)) {
        done += table.length(ordinal);
        checkBlob(found, ordinal);
      }
      if (done - reported >= STEP_BYTES) {
        reported = done;
        progress.hashed(done, total);
      }
    }
  }

  private void checkBlob(BlobIndex found, int ordinal) {
    Hash hash = found.hash(ordinal);
    BlobLocation place = found.location(ordinal);
    Extent extent = Extent.of(place);
    String problem = null;
    if (!allocator.isWithin(extent)) {
      counts.outside++;
      problem = " lies outside of the region files";
    } else if (!isIntact(hash, place)) {
      counts.wrongBytes++;
      problem = " has other bytes than its hash says";
    } else if (!allocator.claim(extent)) {
      counts.overlapping++;
      problem = " overlaps another blob";
    }
    if (problem == null) {
      counts.blobs++;
      counts.bytes += place.length();
    } else {
      counts.found("blob " + hash + " at " + place + problem);
      found.remove(ordinal);
    }
  }

  private boolean isIntact(Hash hash, BlobLocation place) {
    RegionFile file = regions.get(place.region());
    return file != null
        && Hash.of(file.segment().asSlice(place.offset(), place.length())).equals(hash);
  }

  private void repair() throws IOException {
    for (int number = 0; number < regions.size(); number++) {
      if (regions.get(number) == null) {
        disk.delete(Regions.name(number));
        regions.set(number, RegionFile.open(disk, Regions.name(number), lengthForMissing()));
      }
    }
    if (index != null) {
      try (SealLog log = SealLog.open(disk, LOG_NAME)) {
        log.load((_, _) -> {});
        log.keepAsEvidence();
        LogRewrite.all(disk, log, index);
      }
    } else {
      SealLog.open(disk, LOG_NAME).close();
    }
    Holdings.write(disk, regions.size());
  }

  private long lengthForMissing() {
    long longest = StoreSettings.CAPACITY_BYTES_MIN;
    for (RegionFile file : regions) {
      longest = file == null ? longest : Math.max(longest, file.length());
    }
    return longest;
  }

  @Override
  public void close() {
    for (RegionFile file : regions) {
      if (file != null) {
        file.close();
      }
    }
    disk.close();
  }
}

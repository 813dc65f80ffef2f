package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.IndexLayout;
import io.kogluktualuk.memnode.api.Reservation;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.SealResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The blobs of one memory node.
///
/// A blob comes in three steps: [#reserve] lends room, somebody writes the bytes into the region's
/// memory, [#seal] verifies them, logs them and shows them in the index. Before that nobody sees
/// them; after it they survive `kill -9`, because region files and log are the kernel's. The stop
/// of
/// a machine may lose what its kernel had not written; [Recovery] then finds out what. Readers
/// never
/// come here: they read the index file and the region files, which the server publishes.
///
/// The write windows lie in regions that peers may write to by key. A malicious writer who keeps
/// the
/// key can destroy any blob of the node after it was sealed. It can destroy only: whoever reads
/// verifies the hash, and finds the bytes elsewhere or not at all, but never wrong ones.
///
/// **Threading:** any thread. One lock orders the short steps; hashing, the only long one, is
/// outside. The log's write is inside, because the lock is what keeps log and index in one order;
/// it goes to the kernel's memory and does not wait for a device.
/// **Ownership:** owns mappings, log and threads; the folder is lent.
/// **Invariant:** every blob in the index is in the log; every extent is free, of a blob, of a
/// window, or cooling down.
/// **Bound:** capacity, number of blobs and of windows; beyond each [OutOfSpace] says which.
public final class MemoryStore implements AutoCloseable {

  /// The longest region: what the transport registers at once.
  public static final long REGION_BYTES_MAX = 1L << 30;

  private final StateFolder folder;
  private final StoreSettings settings;
  private final LongSupplier nanoTime;
  private final Regions regions;
  private final RegionFile indexFile;
  private final SealLog log;
  private final Verifiers verifiers;

  private final Object lock = new Object();
  // Guarded by the lock: regions' allocator, log, and everything below.
  private final BlobIndex index;
  private final WindowTable windows;
  private final StoreTally tally;
  private boolean closed;

  private MemoryStore(
      StateFolder folder,
      StoreSettings settings,
      LongSupplier nanoTime,
      long firstWindow,
      Regions regions,
      SealLog log,
      RegionFile indexFile) {
    this.folder = folder;
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.regions = regions;
    this.log = log;
    this.indexFile = indexFile;
    this.verifiers = new Verifiers(regions, Runtime.getRuntime().availableProcessors());
    this.index = new BlobIndex(indexFile.segment(), settings.indexBlobs());
    this.windows = new WindowTable(settings.windowLifetime().toNanos(), firstWindow);
    this.tally = new StoreTally();
  }

  /// Opens the store of a folder, with every blob that it had.
  ///
  /// @param nanoTime a clock that never goes back
  /// @param firstWindow the id of the first window; different in every run
  /// @throws OutOfSpace when the index has no room for the blobs that are there, or the disk none
  ///     for the index
  public static MemoryStore open(
      StateFolder folder, StoreSettings settings, LongSupplier nanoTime, long firstWindow) {
    Regions regions = Regions.open(folder.path(), settings);
    SealLog log = null;
    RegionFile indexFile = null;
    try {
      log = SealLog.open(folder.path().resolve("sealed.log"));
      indexFile = openIndex(folder.path().resolve("index"), settings.indexBlobs());
      MemoryStore store =
          new MemoryStore(folder, settings, nanoTime, firstWindow, regions, log, indexFile);
      store.recover();
      return store;
    } catch (RuntimeException e) {
      closeAll(e, indexFile, log, regions);
      throw e;
    }
  }

  private static void closeAll(RuntimeException reason, @Nullable AutoCloseable... opened) {
    for (AutoCloseable each : opened) {
      if (each != null) {
        try {
          each.close();
        } catch (Exception e) {
          reason.addSuppressed(e);
        }
      }
    }
  }

  private static RegionFile openIndex(Path path, int indexBlobs) {
    long bytes = IndexLayout.indexBytes(BlobIndex.homesFor(indexBlobs));
    try {
      if (Files.exists(path) && Files.size(path) != bytes) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw ZeroedFile.unusable(path, e);
    }
    RegionFile file = RegionFile.open(path, bytes);
    try {
      file.back(bytes);
      return file;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void recover() {
    boolean machineStopped = folder.lastStop() == StateFolder.LastStop.MACHINE;
    try {
      Recovery.Recovered recovered = new Recovery(regions, log, verifiers).run(machineStopped);
      if (machineStopped) {
        tally.gapFailure(regions.reviveGaps());
      }
      recovered.blobs().forEach(this::restore);
      tally.recovered(recovered.dropped());
    } catch (RuntimeException e) {
      verifiers.close();
      throw e;
    }
  }

  private void restore(SealedBlob blob) {
    long slot = index.claim(blob.hash());
    if (slot == BlobIndex.NONE) {
      throw new OutOfSpace(
          "folder "
              + folder.path()
              + ": an index for "
              + index.blobsMax()
              + " blobs has no room for the "
              + log.records()
              + " that are there; make it larger");
    }
    index.publish(slot, blob.hash(), blob.location());
    tally.added(blob);
  }

  private void checkOpen() {
    if (closed) {
      throw new AlreadyClosed("the memory node's store in " + folder.path() + " is closed");
    }
  }

  /// Lends room for blobs.
  ///
  /// When one item gets none, the later ones that are not there already get none either.
  public Reserved reserve(List<ReserveRequest.Item> items) {
    synchronized (lock) {
      checkOpen();
      long now = nanoTime.getAsLong();
      windows.sweep(now).forEach(regions::release);
      List<Reservation> answers = new ArrayList<>(items.size());
      OutOfSpace failure = null;
      for (ReserveRequest.Item item : items) {
        BlobLocation present = index.find(item.hash());
        if (present != null) {
          answers.add(new Reservation.Present(present));
          continue;
        }
        try {
          if (failure == null) {
            answers.add(openWindow(item, now));
          }
        } catch (OutOfSpace e) {
          failure = e;
        }
        if (failure != null) {
          answers.add(new Reservation.Refusal(failure.tag()));
        }
      }
      return new Reserved(answers, failure == null ? "" : String.valueOf(failure.getMessage()));
    }
  }

  private Reservation openWindow(ReserveRequest.Item item, long now) {
    if (windows.size() >= WindowTable.WINDOWS_MAX) {
      throw new OutOfSpace(
          "folder " + folder.path() + ": all " + WindowTable.WINDOWS_MAX + " windows are open");
    }
    if (index.entries() + windows.size() >= index.blobsMax()) {
      throw indexFull();
    }
    log.ensureRoom(windows.size() + 1L);
    Extent extent = regions.lend(item.length());
    BlobLocation location = new BlobLocation(extent.region(), extent.offset(), item.length());
    return new Reservation.Window(windows.open(item.hash(), location, now), location);
  }

  private OutOfSpace indexFull() {
    return new OutOfSpace(
        "folder "
            + folder.path()
            + ": the index for "
            + index.blobsMax()
            + " blobs has no room; it holds "
            + index.entries());
  }

  /// Verifies, logs and shows the blobs of some windows.
  public SealResponse seal(List<Long> ids) {
    SealBatch batch = new SealBatch(ids.size());
    synchronized (lock) {
      checkOpen();
      long now = nanoTime.getAsLong();
      for (int i = 0; i < ids.size(); i++) {
        batch.take(i, ids.get(i), windows.take(ids.get(i), now));
      }
    }
    BitSet intact = verifiers.verify(batch.candidates());
    synchronized (lock) {
      checkOpen();
      commit(batch, intact);
    }
    return batch.response();
  }

  private void commit(SealBatch batch, BitSet intact) {
    batch.judge(intact, index);
    try {
      log.append(batch.fresh());
      batch.publish(index);
      batch.fresh().forEach(tally::added);
      tally.sealed(batch.fresh());
    } catch (OutOfSpace e) {
      batch.abandon(index, e);
    }
    long now = nanoTime.getAsLong();
    batch.unused().forEach(window -> windows.discard(window, now));
    tally.refused(batch.mismatches());
  }

  /// Where a blob lies, or null.
  public @Nullable BlobLocation locate(Hash hash) {
    synchronized (lock) {
      checkOpen();
      return index.find(hash);
    }
  }

  /// The first hashes found that begin with these hex digits. The index is looked through without
  /// the lock, so what is sealed meanwhile may be missed; what is answered is there.
  public List<Hash> withPrefix(String digits, int max) {
    return index.candidates(digits).filter(hash -> locate(hash) != null).limit(max).toList();
  }

  /// The regions so far, by number.
  public List<FilePart> regions() {
    return regions.list().stream().map(file -> new FilePart(file.path(), file.length())).toList();
  }

  /// The index.
  public FilePart index() {
    return new FilePart(indexFile.path(), indexFile.length());
  }

  /// How many home slots the index has.
  public long indexHomes() {
    return index.homes();
  }

  public Duration windowLifetime() {
    return settings.windowLifetime();
  }

  /// How full it is, and what has happened.
  public StoreStatus status() {
    synchronized (lock) {
      checkOpen();
      windows.sweep(nanoTime.getAsLong()).forEach(regions::release);
      return tally.status(settings, regions.lentBytes(), windows.size());
    }
  }

  /// Writes everything to the device and lets go of it. The folder is closed by who opened it.
  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
    }
    verifiers.close();
    regions.force();
    log.force();
    folder.markClosed();
    log.close();
    indexFile.close();
    regions.close();
  }

  /// A file to publish.
  ///
  /// @param length in bytes
  public record FilePart(Path path, long length) {}

  /// The answers to a reservation, in order.
  ///
  /// @param failure why items were refused; empty when none was
  public record Reserved(List<Reservation> items, String failure) {}
}

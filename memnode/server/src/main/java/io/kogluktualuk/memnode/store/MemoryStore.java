package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.Reservation;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.SessionId;
import io.kogluktualuk.memnode.api.WriteWindow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The blobs of one tenant on one memory node.
///
/// A blob comes in three steps: [#reserve] lends a window, somebody writes the bytes into it,
/// [#seal] copies them to the blob's own place, verifies the copy, logs it and shows it in the
/// index.
/// Before that nobody sees them; after it they survive `kill -9`, because region files and log are
/// the kernel's. The stop of a machine may lose what its kernel had not written; [Recovery] then
/// finds out what. Readers never come here: they read the index file and the region files, which
/// the server publishes.
///
/// Peers write to windows only, never to regions. What a writer does to its window while it is
/// sealed, or whoever else has got hold of its key, can make a seal fail; no byte that has been
/// verified can be changed by a peer.
///
/// **Threading:** any thread. One lock orders the short steps; copying and hashing, the only long
/// ones, are outside. The log's write is inside, because the lock is what keeps log and index in
/// one order; it goes to the kernel's memory and does not wait for a device.
/// **Ownership:** owns mappings, log and threads; the folder is lent. Whoever gives keys to the
/// windows' slots takes retired ones by [#awaitRetired], changes their keys, and says so by
/// [#renewed]; and calls [#sweep] now and then.
/// **Invariant:** every blob in the index is in the log; every extent is free, of a blob, or of a
/// window; every slot is free, of a window, or retired.
/// **Bound:** capacity, number of blobs and of windows; beyond the first two each [OutOfSpace] says
/// which, for the third one waits.
public final class MemoryStore implements AutoCloseable {

  /// The longest region: what the transport registers at once.
  public static final long REGION_BYTES_MAX = 1L << 30;

  private final StateFolder folder;
  private final StoreSettings settings;
  private final LongSupplier nanoTime;
  private final StoreFiles files;
  private final Regions regions;
  private final WindowSlots slots;
  private final SealLog log;
  private final Verifiers verifiers;

  private final Object lock = new Object();
  // Guarded by the lock: regions' allocator, log, and everything below.
  private final BlobIndex index;
  private final WindowTable windows;
  private final WindowDesk desk;
  private final StoreTally tally;
  private boolean closed;

  private MemoryStore(
      StateFolder folder,
      StoreSettings settings,
      LongSupplier nanoTime,
      long firstWindow,
      StoreFiles files) {
    this.folder = folder;
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.files = files;
    this.regions = files.regions();
    this.log = files.log();
    this.slots = files.slots();
    this.verifiers = new Verifiers(regions, Runtime.getRuntime().availableProcessors());
    this.index = new BlobIndex(files.index().segment(), settings.indexBlobs());
    this.windows = new WindowTable(settings.windowLifetime().toNanos(), firstWindow);
    this.desk = new WindowDesk(folder.path(), index, windows, regions, log);
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
    StoreFiles files = StoreFiles.open(folder.path(), settings);
    try {
      MemoryStore store = new MemoryStore(folder, settings, nanoTime, firstWindow, files);
      store.recover();
      return store;
    } catch (RuntimeException e) {
      files.closeAfter(e);
      throw e;
    }
  }

  /// At least as many blobs as the store in a folder has; it need not be open.
  public static long blobsAtMost(Path folder) {
    return StoreFiles.loggedAtMost(folder);
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

  /// Lends a window for those of the blobs that are not there.
  ///
  /// When one item gets no room, the later ones that are not there already get none either.
  ///
  /// @param session who will write and seal
  /// @param deadline how long to wait for a window
  /// @throws InvalidArgument when no window is that large
  public Reserved reserve(SessionId session, List<ReserveRequest.Item> items, Deadline deadline) {
    long bytes;
    synchronized (lock) {
      checkOpen();
      bytes = desk.bytesOfAbsent(items);
    }
    if (bytes > WriteWindow.BYTES_MAX) {
      throw new InvalidArgument(
          "a reservation is for at most " + WriteWindow.BYTES_MAX + " bytes, found " + bytes);
    }
    WindowSlot slot;
    try {
      slot = bytes < 0 ? null : slots.acquire(bytes, session, deadline);
    } catch (OutOfSpace e) {
      synchronized (lock) {
        return desk.refuse(items, e);
      }
    }
    boolean isLent = false;
    try {
      synchronized (lock) {
        checkOpen();
        Reserved reserved = desk.reserve(session, items, slot, nanoTime.getAsLong());
        isLent = reserved.window() != null;
        return reserved;
      }
    } finally {
      if (slot != null && !isLent) {
        slots.giveBack(slot, session);
      }
    }
  }

  /// Copies, verifies, logs and shows the blobs of a window, and retires its slot.
  ///
  /// @throws io.kogluktualuk.fabric.fault.NotFound when there is no such window, any more
  /// @throws io.kogluktualuk.fabric.fault.Refused when another session has reserved it
  public SealResponse seal(SessionId session, long id) {
    WindowTable.Window window;
    synchronized (lock) {
      checkOpen();
      window = windows.take(id, session, nanoTime.getAsLong());
    }
    BitSet intact;
    try {
      intact = verifiers.copy(slots.bytes(window.slot()), window.blobs());
    } catch (RuntimeException e) {
      release(List.of(window));
      throw e;
    } finally {
      slots.retire(window.slot(), session);
    }
    SealBatch batch = new SealBatch(window.blobs());
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
    batch.unused().forEach(location -> regions.release(Extent.of(location)));
    tally.refused(batch.mismatches());
  }

  private void release(List<WindowTable.Window> unused) {
    synchronized (lock) {
      for (WindowTable.Window window : unused) {
        window.blobs().forEach(blob -> regions.release(Extent.of(blob.location())));
      }
    }
  }

  /// Takes windows back whose time is over.
  public void sweep() {
    List<WindowTable.Window> expired;
    synchronized (lock) {
      checkOpen();
      expired = windows.sweep(nanoTime.getAsLong());
      release(expired);
    }
    expired.forEach(window -> slots.retire(window.slot(), window.owner()));
  }

  /// The slots of the windows: all are to have a key before the first is reserved.
  public List<WindowSlot> windowSlots() {
    return slots.all();
  }

  /// The file that the slots are parts of.
  public FilePart windowFile() {
    return slots.file();
  }

  /// The next slot that needs a new key; null when there is none in time.
  public @Nullable WindowSlot awaitRetired(Duration atMost) throws InterruptedException {
    return slots.awaitRetired(atMost);
  }

  /// Gives one more slot room on the disk, before anybody waits for it.
  ///
  /// @return false when there is nothing left to do
  public boolean backOneSlot() {
    return slots.backOne();
  }

  /// A retired slot has got its new key.
  public void renewed(WindowSlot slot) {
    slots.renewed(slot);
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
    return new FilePart(files.index().path(), files.index().length());
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
    sweep();
    synchronized (lock) {
      checkOpen();
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
    slots.stop();
    verifiers.close();
    regions.force();
    log.force();
    folder.markClosed();
    files.close();
  }

  /// A file to publish.
  ///
  /// @param length in bytes
  public record FilePart(Path path, long length) {}

  /// A window that was reserved.
  ///
  /// @param id what to seal
  /// @param slot where to write
  public record Lent(long id, WindowSlot slot) {}

  /// The answers to a reservation, in order.
  ///
  /// @param window for what was granted; null when nothing was
  /// @param failure why items were refused; empty when none was
  public record Reserved(@Nullable Lent window, List<Reservation> items, String failure) {}
}

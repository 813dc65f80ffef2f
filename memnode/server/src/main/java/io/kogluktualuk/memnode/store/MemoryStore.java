package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.IndexLayout;
import io.kogluktualuk.memnode.api.Reservation;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.SessionId;
import io.kogluktualuk.memnode.api.WriteWindow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

  private static final String LOG_NAME = "sealed.log";

  private final StateFolder folder;
  private final StoreSettings settings;
  private final LongSupplier nanoTime;
  private final Regions regions;
  private final RegionFile indexFile;
  private final WindowSlots slots;
  private final SealLog log;
  private final Verifiers verifiers;

  private final Object lock = new Object();
  // Guarded by the lock: regions' allocator, log, and everything below.
  private final BlobIndex index;
  private final WindowTable windows;
  private final StandingWindows standing;
  private final StoreTally tally;
  private boolean closed;

  private MemoryStore(
      StateFolder folder,
      StoreSettings settings,
      LongSupplier nanoTime,
      long firstWindow,
      Regions regions,
      SealLog log,
      RegionFile indexFile,
      WindowSlots slots) {
    this.folder = folder;
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.regions = regions;
    this.log = log;
    this.indexFile = indexFile;
    this.slots = slots;
    this.verifiers = new Verifiers(regions, Runtime.getRuntime().availableProcessors());
    this.index = new BlobIndex(indexFile.segment(), settings.indexBlobs());
    this.windows = new WindowTable(settings.windowLifetime().toNanos(), firstWindow);
    this.standing =
        new StandingWindows(settings.windowLifetime().toNanos(), slots.standingMax(), firstWindow);
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
    WindowSlots slots = null;
    try {
      log = SealLog.open(folder.path().resolve(LOG_NAME));
      indexFile = openIndex(folder.path().resolve("index"), settings.indexBlobs());
      slots = WindowSlots.open(folder.path().resolve("windows"), settings.windowBytes());
      MemoryStore store =
          new MemoryStore(folder, settings, nanoTime, firstWindow, regions, log, indexFile, slots);
      store.recover();
      return store;
    } catch (RuntimeException e) {
      closeAll(e, slots, indexFile, log, regions);
      throw e;
    }
  }

  /// At least as many blobs as the store in a folder has; it need not be open.
  public static long blobsAtMost(Path folder) {
    try {
      Path log = folder.resolve(LOG_NAME);
      return Files.exists(log) ? Files.size(log) / SealRecord.BYTES : 0;
    } catch (IOException e) {
      throw ZeroedFile.unusable(folder, e);
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

  /// Lends a window for those of the blobs that are not there.
  ///
  /// When one item gets no room, the later ones that are not there already get none either.
  ///
  /// @param session who will write and seal
  /// @param deadline how long to wait for a window
  /// @throws InvalidArgument when no window is that large
  public Reserved reserve(SessionId session, List<ReserveRequest.Item> items, Deadline deadline) {
    long bytes = bytesOfAbsent(items);
    if (bytes > WriteWindow.BYTES_MAX) {
      throw new InvalidArgument(
          "a reservation is for at most " + WriteWindow.BYTES_MAX + " bytes, found " + bytes);
    }
    WindowSlot slot;
    try {
      slot = bytes < 0 ? null : slots.acquire(bytes, session, deadline);
    } catch (OutOfSpace e) {
      return refused(items, e);
    }
    boolean isLent = false;
    try {
      synchronized (lock) {
        Reserved reserved = reserve(session, items, slot);
        isLent = reserved.window() != null;
        return reserved;
      }
    } finally {
      if (slot != null && !isLent) {
        slots.giveBack(slot, session);
      }
    }
  }

  private Reserved refused(List<ReserveRequest.Item> items, OutOfSpace reason) {
    synchronized (lock) {
      List<Reservation> answers = new ArrayList<>(items.size());
      for (ReserveRequest.Item item : items) {
        BlobLocation present = index.find(item.hash());
        answers.add(
            present == null
                ? new Reservation.Refusal(reason.tag())
                : new Reservation.Present(present));
      }
      return new Reserved(null, answers, String.valueOf(reason.getMessage()));
    }
  }

  /// What a window must hold; negative when nothing is absent.
  private long bytesOfAbsent(List<ReserveRequest.Item> items) {
    synchronized (lock) {
      checkOpen();
      long bytes = -1;
      for (ReserveRequest.Item item : items) {
        if (index.find(item.hash()) == null) {
          bytes = Math.max(0, bytes) + item.length();
        }
      }
      return bytes;
    }
  }

  private Reserved reserve(
      SessionId session, List<ReserveRequest.Item> items, @Nullable WindowSlot slot) {
    checkOpen();
    List<Reservation> answers = new ArrayList<>(items.size());
    List<WindowTable.Pending> pending = new ArrayList<>();
    OutOfSpace failure = null;
    for (ReserveRequest.Item item : items) {
      BlobLocation present = index.find(item.hash());
      if (present != null) {
        answers.add(new Reservation.Present(present));
      } else if (slot == null) {
        answers.add(new Reservation.Later());
      } else {
        try {
          if (failure == null) {
            pending.add(promise(item, pending.size()));
            answers.add(new Reservation.Granted());
          }
        } catch (OutOfSpace e) {
          failure = e;
        }
        if (failure != null) {
          answers.add(new Reservation.Refusal(failure.tag()));
        }
      }
    }
    Lent lent = null;
    if (slot != null && !pending.isEmpty()) {
      long id = windows.open(session, slot, pending, nanoTime.getAsLong());
      lent = new Lent(id, slot);
    }
    return new Reserved(lent, answers, failure == null ? "" : String.valueOf(failure.getMessage()));
  }

  /// @param before how many blobs of the same window have been promised room already
  private WindowTable.Pending promise(ReserveRequest.Item item, int before) {
    int promised = windows.pending() + before;
    if (index.entries() + promised >= index.blobsMax()) {
      throw indexFull();
    }
    log.ensureRoom(promised + 1L);
    Extent extent = regions.lend(item.length());
    return new WindowTable.Pending(
        item.hash(), new BlobLocation(extent.region(), extent.offset(), item.length()));
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

  /// Lends a window that stands.
  ///
  /// @return null when as many stand as may, or no slot is free now
  public @Nullable Lent stand(SessionId session) {
    if (!mayStand()) {
      return null;
    }
    WindowSlot slot =
        slots.acquire(WindowSlots.SMALL_BYTES, session, Deadline.after(Duration.ZERO));
    if (slot == null) {
      return null;
    }
    synchronized (lock) {
      if (mayStand()) {
        return new Lent(standing.open(session, slot, nanoTime.getAsLong()), slot);
      }
    }
    slots.giveBack(slot, session);
    return null;
  }

  private boolean mayStand() {
    synchronized (lock) {
      checkOpen();
      return standing.hasRoom();
    }
  }

  /// Stores blobs that lie one behind the other in a standing window: all that [#reserve] and
  /// [#seal] do, but that nothing waits.
  ///
  /// @param offset where the first one begins
  /// @throws io.kogluktualuk.fabric.fault.NotFound when there is no such window, any more
  /// @throws io.kogluktualuk.fabric.fault.Refused when another session has it
  /// @throws InvalidArgument when the blobs end behind the window
  /// @throws OutOfSpace when there is no room for all of them; then none is stored
  public SealResponse put(SessionId session, long id, int offset, List<ReserveRequest.Item> items) {
    long bytes = items.stream().mapToLong(ReserveRequest.Item::length).sum();
    WindowSlot slot;
    List<WindowTable.Pending> blobs;
    synchronized (lock) {
      checkOpen();
      slot = standing.use(id, session, nanoTime.getAsLong());
      if (bytes > slot.length() - (long) offset) {
        throw new InvalidArgument(
            bytes + " bytes from offset " + offset + " end behind a window of " + slot.length());
      }
      blobs = promiseAll(items);
    }
    BitSet intact;
    try {
      intact = verifiers.copy(slots.bytes(slot).asSlice(offset, bytes), blobs);
    } catch (RuntimeException e) {
      synchronized (lock) {
        releaseAll(blobs);
      }
      throw e;
    }
    SealBatch batch = new SealBatch(blobs);
    synchronized (lock) {
      checkOpen();
      commit(batch, intact);
    }
    return batch.response();
  }

  private List<WindowTable.Pending> promiseAll(List<ReserveRequest.Item> items) {
    List<WindowTable.Pending> promised = new ArrayList<>(items.size());
    try {
      for (ReserveRequest.Item item : items) {
        promised.add(promise(item, promised.size()));
      }
      return promised;
    } catch (OutOfSpace e) {
      releaseAll(promised);
      throw e;
    }
  }

  private void releaseAll(List<WindowTable.Pending> promised) {
    promised.forEach(blob -> regions.release(Extent.of(blob.location())));
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
        releaseAll(window.blobs());
      }
    }
  }

  /// Takes windows back whose time is over.
  public void sweep() {
    List<WindowTable.Window> expired;
    List<StandingWindows.Standing> stood;
    synchronized (lock) {
      checkOpen();
      expired = windows.sweep(nanoTime.getAsLong());
      stood = standing.sweep(nanoTime.getAsLong());
      release(expired);
    }
    stood.forEach(window -> slots.retire(window.slot(), window.owner()));
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
    log.close();
    indexFile.close();
    slots.close();
    regions.close();
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

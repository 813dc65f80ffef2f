package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.measure.Distribution;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.MemoryStatus;
import io.kogluktualuk.memnode.api.Reservation;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.SessionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The blobs of one tenant on one memory node.
///
/// A blob comes in three steps: [#reserve] lends a window, somebody writes the bytes into it,
/// [#seal] copies them to the blob's own place, verifies the copy, logs it and shows it in the
/// index. Before that nobody sees them; after it they survive `kill -9`, because region files and
/// log are the kernel's. The stop of a machine may lose what its kernel had not written;
/// [Recovery] then finds out what. Readers never come here: they read the index file and the
/// region files, which the server publishes.
///
/// Peers write to windows only, never to regions. What a writer does to its window while it is
/// sealed, or whoever else has got hold of its key, can make a seal fail; no byte that has been
/// verified can be changed by a peer.
///
/// With a memory tier ([StoreSettings#memory]) the region files are the file tier: they have
/// every blob, and what is said above holds for them. Readers read copies in the memory tier
/// instead; a blob without one is *spilled*, and [#promote] brings it back. What was acknowledged
/// survives `kill -9` because its bytes are in the kernel's pages of a region file by then; the
/// kernel writes them behind. At most [WriteBehind] of them wait for the device: then seals wait.
///
/// **Threading:** any thread; [StoreLock] orders the short steps. **Ownership:** owns
/// mappings, log and threads; the folder is lent. Whoever gives keys to the windows' slots takes
/// retired ones by [#awaitRetired], changes their keys, and says so by [#renewed]; and calls
/// [#sweep] now and then. **Invariant:** every blob in the index is in the log; every extent is
/// free, of a blob, or of a window; every slot is free, of a window, or retired. **Bound:**
/// capacity, number of blobs and of windows; beyond the first two each [OutOfSpace] says which,
/// for the third one waits.
public final class MemoryStore implements AutoCloseable {

  /// The longest region: what the transport registers at once.
  public static final long REGION_BYTES_MAX = 1L << 30;

  private static final String LOG_NAME = "sealed.log";

  private final StateFolder folder;
  private final StoreSettings settings;
  private final StoreParts parts;
  private final Verifiers verifiers;
  private final GroupSync groupSync;
  private final StoreLock lock;
  // Guarded by the lock: parts' regions, log and index, tally and residency.
  private final StoreTally tally = new StoreTally();
  private final Residency residency;
  private final LostBlobs lost = new LostBlobs();
  private final Upkeep upkeep;
  private final Reservations reservations;
  private final StandingPuts standing;
  private final @Nullable WriteBehind behind;
  private final @Nullable Promotions promotions;

  private MemoryStore(
      StateFolder folder,
      StoreSettings settings,
      LongSupplier nanoTime,
      InstantSource wallClock,
      long firstWindow,
      StoreParts parts) {
    this.folder = folder;
    this.settings = settings;
    this.parts = parts;
    this.lock = new StoreLock(folder.path());
    this.verifiers = new Verifiers(parts.regions(), Runtime.getRuntime().availableProcessors());
    this.groupSync = new GroupSync(this::forceWritten);
    MemoryTier tier = parts.tier();
    this.residency =
        new Residency(parts.regions(), parts.log(), parts.index(), tally, settings, tier);
    this.upkeep = new Upkeep(lock, parts, residency, verifiers, groupSync, lost);
    this.behind = tier == null ? null : new WriteBehind(tier.capacityBytes());
    this.promotions = tier == null ? null : new Promotions(lock, tier, parts, upkeep::dropDamaged);
    Sealing sealing =
        new Sealing(lock, parts, residency, verifiers, groupSync, wallClock, behind, promotions);
    long lifetime = settings.windowLifetime().toNanos();
    this.reservations =
        new Reservations(
            lock, parts, residency, sealing, nanoTime, new WindowTable(lifetime, firstWindow));
    this.standing =
        new StandingPuts(
            lock,
            parts,
            sealing,
            nanoTime,
            new StandingWindows(lifetime, parts.slots().standingMax(), firstWindow));
  }

  /// Opens the store of a folder, with every blob that it had.
  ///
  /// @param nanoTime a clock that never goes back
  /// @param wallClock says when a blob was sealed
  /// @param firstWindow the id of the first window; different in every run
  /// @throws OutOfSpace when the index has no room for the blobs that are there, or the disk none
  ///     for the index
  public static MemoryStore open(
      StateFolder folder,
      StoreSettings settings,
      LongSupplier nanoTime,
      InstantSource wallClock,
      long firstWindow) {
    return open(folder, new FolderDisk(folder.path()), settings, nanoTime, wallClock, firstWindow);
  }

  static MemoryStore open(
      StateFolder folder,
      Disk disk,
      StoreSettings settings,
      LongSupplier nanoTime,
      InstantSource wallClock,
      long firstWindow) {
    StoreParts parts = StoreParts.open(disk, LOG_NAME, settings);
    MemoryStore store = new MemoryStore(folder, settings, nanoTime, wallClock, firstWindow, parts);
    try {
      store.recover();
      return store;
    } catch (RuntimeException e) {
      store.closeThreads();
      parts.closeBecause(e);
      throw e;
    }
  }

  /// At least as many blobs as the store in a folder has; it need not be open.
  public static long blobsAtMost(Path folder) {
    try {
      Path log = folder.resolve(LOG_NAME);
      return Files.exists(log) ? Files.size(log) / RecordLayout.BYTES : 0;
    } catch (IOException e) {
      throw ZeroedFile.unusable(folder, e);
    }
  }

  private void recover() {
    boolean machineStopped = folder.lastStop() == StateFolder.LastStop.MACHINE;
    Recovery recovery =
        new Recovery(parts.regions(), parts.index(), verifiers, parts.tier() != null, lost::add);
    long dropped = recovery.run(parts.log(), machineStopped);
    if (parts.index().entries() > settings.indexBlobs()) {
      throw new OutOfSpace(
          "folder "
              + folder.path()
              + ": an index for "
              + settings.indexBlobs()
              + " blobs has no room for the "
              + parts.index().entries()
              + " that are there; make it larger");
    }
    residency.recovered(dropped);
    groupSync.wrote(); // what a process has written that was killed
    if (dropped > 0) {
      parts.log().keepAsEvidence();
      rewriteLog();
    }
    if (machineStopped) {
      tally.gapFailure(parts.regions().reviveGaps());
      folder.markRecovered();
    }
  }

  private void forceWritten() {
    long bytes = behind == null ? 0 : behind.bytes();
    parts.disk().both(parts.log()::force, parts.regions()::forceWritten);
    if (behind != null) {
      behind.synced(bytes);
    }
  }

  /// Writes the log anew, without any of what is dead.
  void rewriteLog() {
    LogRewrite.all(parts.disk(), parts.log(), parts.index());
  }

  /// Moves some blobs closer together when what is free is in small parts. Holds others up for
  /// moments only.
  ///
  /// @return how many could be moved; 0 when there is nothing to do
  public int relocate() {
    return upkeep.relocate();
  }

  /// Looks at some blobs whether they still have the bytes that their hashes name, one after the
  /// other, and begins again behind the last. One that has not is dropped, and told
  /// ([Room#damaged], [#lost]).
  ///
  /// @param bytes about how many to hash
  /// @return how many were damaged
  public int scrub(long bytes) {
    return upkeep.scrub(bytes);
  }

  /// Brings spilled blobs back to memory; as many as have room, and are not too many for one call.
  /// One whose bytes in the file tier are not what its hash names is dropped, and told
  /// ([Room#damaged], [#lost]). With one tier there are none.
  ///
  /// When all memory is being filled with others, waits until some of it is not.
  ///
  /// @return where the blobs are now, those that there are; what is still spilled had no room, or
  ///     has been spilled again
  /// @throws io.kogluktualuk.fabric.fault.Unavailable when others' took too long
  /// @throws OutOfSpace when there was no room for any of them for so long
  public Map<Hash, BlobLocation> promote(List<Hash> hashes) {
    if (promotions != null) {
      promotions.promote(hashes);
    }
    return lock.open(
        () -> {
          Map<Hash, BlobLocation> places = new HashMap<>();
          for (Hash hash : hashes) {
            BlobLocation place = parts.index().find(hash);
            if (place != null) {
              places.put(hash, place);
            }
          }
          return places;
        });
  }

  /// Writes the log anew when more than half of it says nothing any more. Takes a while, and
  /// holds others up for moments only.
  ///
  /// @return false when there was nothing to do, or too much was going on
  public boolean compactLog() {
    return upkeep.compactLog(settings.indexBlobs());
  }

  /// Lends a window for those of the blobs that are not there, to be kept on the standard terms.
  public Reserved reserve(SessionId session, List<ReserveRequest.Item> items, Deadline deadline) {
    return reserveOn(session, Wanted.all(items), deadline);
  }

  /// Lends a window for those of the blobs that are not there.
  ///
  /// When one item gets no room, the later ones that are not there already get none either.
  ///
  /// @param session who will write and seal
  /// @param deadline how long to wait for a window
  /// @throws InvalidArgument when no window is that large
  public Reserved reserveOn(SessionId session, List<Wanted> items, Deadline deadline) {
    return reservations.reserve(session, items, deadline);
  }

  /// Copies, verifies, logs and shows the blobs of a window, and retires its slot.
  ///
  /// @throws io.kogluktualuk.fabric.fault.NotFound when there is no such window, any more
  /// @throws io.kogluktualuk.fabric.fault.Refused when another session has reserved it
  public SealResponse seal(SessionId session, long id) {
    return seal(session, id, false);
  }

  /// [#seal], and if it is to be durable, everything on the device before the return: bytes and
  /// log, also of the blobs that were there already.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Unavailable when the device failed: the blobs are there,
  ///     but may not survive the machine
  public SealResponse seal(SessionId session, long id, boolean isDurable) {
    SealResponse response = reservations.seal(session, id);
    if (isDurable) {
      sync();
    }
    return response;
  }

  /// Has everything on the device that was sealed or dropped until now. One sync serves all who
  /// wait.
  public void sync() {
    lock.checkOpen();
    groupSync.sync();
  }

  /// How many syncs there have been since the start.
  public long syncs() {
    return groupSync.syncs();
  }

  /// How long they took.
  public Distribution syncTimes() {
    return groupSync.times();
  }

  /// Lends a window that stands.
  ///
  /// @return null when as many stand as may, or no slot is free now
  public @Nullable Lent stand(SessionId session) {
    return standing.stand(session);
  }

  /// [#putOn] on the standard terms.
  public SealResponse put(SessionId session, long id, int offset, List<ReserveRequest.Item> items) {
    return putOn(session, id, offset, Wanted.all(items));
  }

  /// Stores blobs that lie one behind the other in a standing window: all that [#reserveOn] and
  /// [#seal] do, but that nothing waits.
  ///
  /// @param offset where the first one begins
  /// @throws io.kogluktualuk.fabric.fault.NotFound when there is no such window, any more
  /// @throws io.kogluktualuk.fabric.fault.Refused when another session has it
  /// @throws InvalidArgument when the blobs end behind the window
  /// @throws OutOfSpace when there is no room for all of them, or too much waits for the device;
  ///     then none is stored
  public SealResponse putOn(SessionId session, long id, int offset, List<Wanted> items) {
    return standing.put(session, id, offset, items);
  }

  /// Takes windows back whose time is over.
  public void sweep() {
    standing.sweep();
    reservations.sweep();
  }

  /// The slots of the windows: all are to have a key before the first is reserved.
  public List<WindowSlot> windowSlots() {
    return parts.slots().all();
  }

  /// The file that the slots are parts of.
  public FilePart windowFile() {
    return parts.slots().file();
  }

  /// The next slot that needs a new key; null when there is none in time.
  public @Nullable WindowSlot awaitRetired(Duration atMost) throws InterruptedException {
    return parts.slots().awaitRetired(atMost);
  }

  /// Gives one more slot room on the disk, before anybody waits for it.
  ///
  /// @return false when there is nothing left to do
  public boolean backOneSlot() {
    return parts.slots().backOne();
  }

  /// Gives room on the disk to blobs that are still to come, before anybody waits for it.
  ///
  /// @return false when there is nothing left to do
  public boolean backAhead() {
    return parts.regions().backAhead();
  }

  /// A retired slot has got its new key.
  public void renewed(WindowSlot slot) {
    parts.slots().renewed(slot);
  }

  /// Where a blob lies, or null.
  public @Nullable BlobLocation locate(Hash hash) {
    return lock.open(() -> parts.index().find(hash));
  }

  /// The first hashes found that begin with these hex digits. The index is looked through without
  /// the lock, so what is sealed meanwhile may be missed; what is answered is there.
  public List<Hash> withPrefix(String digits, int max) {
    return parts
        .index()
        .candidates(digits)
        .filter(hash -> locate(hash) != null)
        .limit(max)
        .toList();
  }

  /// Does something with the blobs, under the lock: it must be short.
  public <R> R withResidents(Function<Residents, R> use) {
    return lock.open(
        () -> {
          try {
            return use.apply(residency);
          } finally {
            groupSync.wrote();
          }
        });
  }

  /// From now on somebody decides what goes when there is no room. Hears of all blobs first.
  public void consult(Room room) {
    lock.whileOpen(() -> residency.consult(room));
  }

  /// Blobs that were logged and that the start did not find intact; a thousand of them at most.
  public List<LostBlob> lost() {
    return lost.list();
  }

  /// What peers read: the regions so far, by number.
  public List<FilePart> regions() {
    MemoryTier tier = parts.tier();
    List<RegionFile> files = tier == null ? parts.regions().list() : tier.regions();
    return files.stream().map(file -> new FilePart(file.path(), 0, file.length())).toList();
  }

  /// The segments of the index.
  public List<FilePart> index() {
    IndexShape shape = parts.index().shape();
    return IntStream.range(0, shape.segments())
        .mapToObj(
            segment ->
                new FilePart(
                    parts.indexFile().path(), segment * shape.strideBytes(), shape.strideBytes()))
        .toList();
  }

  /// How many home slots each segment of the index has.
  public long indexHomes() {
    return parts.index().shape().homes();
  }

  public Duration windowLifetime() {
    return settings.windowLifetime();
  }

  /// What the memory tier has.
  public MemoryStatus.TierUse memory() {
    MemoryTier tier = parts.tier();
    return lock.open(() -> tier == null ? MemoryStatus.TierUse.NONE : tier.use());
  }

  /// How full it is, and what has happened.
  public StoreStatus status() {
    sweep();
    return lock.open(
        () -> tally.status(settings, parts.regions().lentBytes(), reservations.open()));
  }

  /// Writes everything to the device and lets go of it. The folder is closed by who opened it.
  @Override
  public void close() {
    if (!lock.close()) {
      return;
    }
    parts.slots().stop();
    closeThreads();
    parts.regions().force();
    parts.log().force();
    folder.markClosed();
    parts.close();
  }

  private void closeThreads() {
    verifiers.close();
    if (promotions != null) {
      promotions.close();
    }
  }

  /// A blob that somebody wants to put.
  ///
  /// @param length in bytes, at most [io.kogluktualuk.fabric.blob.Blob#LENGTH_MAX]
  public record Wanted(Hash hash, int length, Keep keep) {

    /// As the items say, for the first account.
    static List<Wanted> all(List<ReserveRequest.Item> items) {
      return items.stream().map(item -> of(item, 0)).toList();
    }

    /// As an item says.
    ///
    /// @param account who pays, by number
    public static Wanted of(ReserveRequest.Item item, int account) {
      return new Wanted(item.hash(), item.length(), Keep.of(item.retention(), account));
    }
  }

  /// A file, or a part of one, to publish.
  ///
  /// @param offset in bytes
  /// @param length in bytes
  public record FilePart(Path path, long offset, long length) {}

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

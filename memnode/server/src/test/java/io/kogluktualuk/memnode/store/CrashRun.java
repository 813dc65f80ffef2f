package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.SessionId;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One store, and what a client does with it and believes of it, on a machine that stops, or whose
/// process does, before any change that it makes to its disk, or in the middle of one.
///
/// **Threading:** one thread. **Ownership:** owns the store; the disk is lent until [#close].
final class CrashRun implements AutoCloseable {

  private static final SessionId SESSION = new SessionId(1, 2);
  private static final int SMALL_MAX = 5000;

  /// How long blobs are, and how many bytes of them there may be.
  ///
  /// @param longMax of a quarter of them
  /// @param putMax of those of one put together
  /// @param bytesMax of all
  record Lengths(int longMax, int putMax, long bytesMax) {}

  private final Path path;
  private final CrashingDisk disk;
  private final StoreSettings settings;
  private final Lengths lengths;
  private final RandomGenerator random;
  private final Map<Hash, Blob> known = new LinkedHashMap<>();
  private final Beliefs beliefs = new Beliefs();
  private int boot;
  private StateFolder folder;
  private MemoryStore store;
  private MemoryStore.@Nullable Lent standing;
  private long spilled;
  private long promoted;
  private long moved;

  CrashRun(
      Path path,
      CrashingDisk disk,
      StoreSettings settings,
      Lengths lengths,
      RandomGenerator random) {
    this.path = path;
    this.disk = disk;
    this.settings = settings;
    this.lengths = lengths;
    this.random = random;
    this.folder = StateFolder.open(path, "boot-0", "node");
    this.store = open();
  }

  private MemoryStore open() {
    return MemoryStore.open(
        folder, disk, settings, System::nanoTime, InstantSource.system(), random.nextInt(1000));
  }

  CrashingDisk disk() {
    return disk;
  }

  MemoryStore store() {
    return store;
  }

  /// Blobs that have left memory.
  long spilled() {
    return spilled;
  }

  /// Blobs that have come back to memory.
  long promoted() {
    return promoted;
  }

  /// Blobs that were moved closer together.
  long moved() {
    return moved;
  }

  /// A few lives, each of which ends somewhere in its work.
  ///
  /// @param changesMax each has fewer
  /// @param stepsMax each has fewer
  void live(int changesMax, int stepsMax) throws InterruptedException {
    for (int lives = random.nextInt(1, 5); lives > 0; lives--) {
      live(random.nextInt(changesMax), random.nextInt(stepsMax), random.nextInt(3) > 0);
    }
  }

  /// One life, and what is found after it.
  ///
  /// @param changes it stops after so many, or when all steps have been done
  /// @param isMachine whether the machine stops; otherwise the process does
  /// @return whether it stopped before all steps had been done
  boolean live(int changes, int steps, boolean isMachine) throws InterruptedException {
    disk.stopAfter(changes, random.nextDouble());
    boolean hasStopped = isStoppedDuring(() -> work(steps));
    spilled += store.memory().spilled();
    promoted += store.memory().promoted();
    disk.stopAfter(0, 0);
    abandon();
    end(isMachine);
    start();
    check();
    return hasStopped;
  }

  private interface Doing {
    void run() throws InterruptedException;
  }

  private boolean isStoppedDuring(Doing doing) throws InterruptedException {
    try {
      doing.run();
      return false;
    } catch (RuntimeException e) {
      if (!disk.hasStopped()) {
        throw e;
      }
      return true;
    }
  }

  /// Lets go of the threads of a store that has stopped; it changes nothing any more.
  private void abandon() {
    try {
      store.close();
      throw new AssertionError("closed in order, after it had stopped");
    } catch (CrashingDisk.Stopped e) {
      standing = null;
    }
  }

  private void end(boolean isMachine) {
    folder.close();
    if (isMachine) {
      disk.crash(random);
      beliefs.machineStopped();
      boot++;
    } else {
      disk.revive();
    }
    folder = StateFolder.open(path, "boot-" + boot, "node");
  }

  private void start() {
    while (random.nextInt(4) == 0 && isStoppedInStart()) {
      end(random.nextBoolean());
    }
    disk.revive();
    store = open();
  }

  private boolean isStoppedInStart() {
    disk.stopAfter(random.nextInt(60), random.nextDouble());
    try {
      store = open();
    } catch (CrashingDisk.Stopped e) {
      return true;
    }
    disk.stopAfter(0, 0);
    abandon();
    return true;
  }

  private void work(int steps) throws InterruptedException {
    for (int step = 0; step < steps; step++) {
      lookAtOne();
      if (store.status().usedBytes() > lengths.bytesMax() * 3 / 4) {
        thinOut();
      }
      switch (random.nextInt(12)) {
        case 0 -> sync();
        case 1, 2 -> evictOne();
        case 3 -> compact();
        case 4 -> keepOne();
        case 5 -> pinOne();
        case 6, 7 -> put(some(), true);
        case 8 -> putAtOnce(some());
        default -> put(some(), false);
      }
    }
  }

  void sync() {
    store.sync();
    beliefs.synced();
  }

  private void compact() {
    if (random.nextBoolean()) {
      store.rewriteLog();
    } else {
      moved += store.relocate();
    }
  }

  private @Nullable Hash anyPresent() {
    List<Hash> present = beliefs.present();
    return present.isEmpty() ? null : present.get(random.nextInt(present.size()));
  }

  /// As a reader would: of any blob that is there the bytes are.
  private void lookAtOne() {
    Hash one = anyPresent();
    if (one != null) {
      checkBytes(one);
    }
  }

  private void checkBytes(Hash hash) {
    BlobLocation place = store.promote(List.of(hash)).get(hash);
    assertNotNull(place, () -> "gone: " + hash);
    assertFalse(place.isSpilled(), () -> "no room: " + hash);
    CrashingDisk peers = settings.memory() == null ? disk : disk.tier();
    MemorySegment region = peers.bytes(Regions.name(place.region()));
    assertEquals(hash, Hash.of(region.asSlice(place.offset(), place.length())));
  }

  private void evictOne() {
    Hash one = anyPresent();
    if (one != null) {
      evict(one);
    }
  }

  /// Leaves gaps.
  private void thinOut() {
    for (Hash each : beliefs.present()) {
      if (random.nextBoolean()) {
        evict(each);
      }
    }
  }

  private void evict(Hash hash) {
    change(hash, Beliefs.State.ABSENT, Residents::evict);
  }

  private void keepOne() {
    Hash one = anyPresent();
    if (one != null) {
      Keep keep = anyKeep();
      Beliefs.State after = new Beliefs.State(keep, beliefs.now(one).pin());
      change(one, after, (residents, ordinal) -> residents.keep(ordinal, keep));
    }
  }

  private void pinOne() {
    Hash one = anyPresent();
    if (one != null) {
      int pin = random.nextInt(5);
      Beliefs.State after = new Beliefs.State(beliefs.now(one).keep(), pin);
      change(one, after, (residents, ordinal) -> residents.pin(ordinal, pin));
    }
  }

  private void change(Hash hash, Beliefs.State after, BiConsumer<Residents, Integer> how) {
    beliefs.begin(hash, after);
    store.withResidents(
        residents -> {
          how.accept(residents, residents.ordinal(hash));
          return hash;
        });
    beliefs.done(hash);
  }

  private Keep anyKeep() {
    return random.nextBoolean()
        ? Keep.STANDARD
        : new Keep(Keep.DERIVED, random.nextInt(100), random.nextInt(3));
  }

  /// Some blobs, new ones or some that were there before, for one put.
  private Map<Hash, Blob> some() {
    Map<Hash, Blob> some = new LinkedHashMap<>();
    int bytes = 0;
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      Blob one = random.nextInt(5) == 0 ? anyKnown() : fresh();
      bytes += one.length();
      if (bytes <= lengths.putMax() && !beliefs.now(one.hash()).isPresent()) {
        some.put(one.hash(), one);
      }
    }
    known.putAll(some);
    return store.status().usedBytes() + bytes > lengths.bytesMax() ? Map.of() : some;
  }

  private Blob anyKnown() {
    return known.isEmpty()
        ? fresh()
        : List.copyOf(known.values()).get(random.nextInt(known.size()));
  }

  private Blob fresh() {
    int length = random.nextInt(random.nextInt(4) == 0 ? lengths.longMax() : SMALL_MAX);
    return Blob.of(Mutations.randomBytes(length, random));
  }

  void put(Map<Hash, Blob> blobs, boolean isDurable) throws InterruptedException {
    renewSlots();
    List<MemoryStore.Wanted> items = wanted(blobs);
    Deadline deadline = Deadline.after(Duration.ofSeconds(20));
    MemoryStore.Reserved reserved = store.reserveOn(SESSION, items, deadline);
    MemoryStore.Lent window = reserved.window();
    if (!reserved.failure().isEmpty() || window == null) {
      return; // full: the window expires
    }
    write(window, 0, blobs);
    begin(items);
    assertEquals("", store.seal(SESSION, window.id(), isDurable).failure());
    blobs.keySet().forEach(beliefs::done);
    if (isDurable) {
      beliefs.synced(); // one sync serves all that came before
    }
  }

  /// In a window that stands, with one call.
  private void putAtOnce(Map<Hash, Blob> blobs) throws InterruptedException {
    renewSlots();
    standing = standing == null ? store.stand(SESSION) : standing;
    if (standing == null || bytes(blobs) > standing.slot().length()) {
      return;
    }
    List<MemoryStore.Wanted> items = wanted(blobs);
    int offset = random.nextInt(standing.slot().length() - bytes(blobs) + 1);
    write(standing, offset, blobs);
    begin(items);
    assertEquals("", store.putOn(SESSION, standing.id(), offset, items).failure());
    blobs.keySet().forEach(beliefs::done);
  }

  private void renewSlots() throws InterruptedException {
    for (WindowSlot slot = store.awaitRetired(Duration.ZERO);
        slot != null;
        slot = store.awaitRetired(Duration.ZERO)) {
      store.renewed(slot);
    }
  }

  private List<MemoryStore.Wanted> wanted(Map<Hash, Blob> blobs) {
    List<MemoryStore.Wanted> items = new ArrayList<>();
    blobs.forEach(
        (hash, blob) -> items.add(new MemoryStore.Wanted(hash, blob.length(), anyKeep())));
    return items;
  }

  private void begin(List<MemoryStore.Wanted> items) {
    items.forEach(item -> beliefs.begin(item.hash(), new Beliefs.State(item.keep(), 0)));
  }

  private static int bytes(Map<Hash, Blob> blobs) {
    return blobs.values().stream().mapToInt(Blob::length).sum();
  }

  private void write(MemoryStore.Lent window, int offset, Map<Hash, Blob> blobs) {
    long at = window.slot().offset() + offset;
    for (Blob blob : blobs.values()) {
      MemorySegment.copy(blob.bytes(), 0, disk.bytes("windows"), at, blob.length());
      at += blob.length();
    }
  }

  private void check() {
    for (Hash hash : known.keySet()) {
      beliefs.found(hash, store.withResidents(residents -> state(residents, hash)));
    }
    beliefs.started();
    assertEquals(beliefs.present().size(), store.status().blobs());
    beliefs.present().forEach(this::checkBytes);
  }

  private static Beliefs.State state(Residents residents, Hash hash) {
    int ordinal = residents.ordinal(hash);
    return ordinal == BlobTable.NONE
        ? Beliefs.State.ABSENT
        : new Beliefs.State(
            residents.table().keep(ordinal), residents.table().pinGeneration(ordinal));
  }

  @Override
  public void close() {
    disk.stopAfter(0, 0);
    abandon();
    folder.close();
    disk.discard();
  }
}

package io.kogluktualuk.memnode.credit;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The books of a node: what each account may keep from being evicted, what it does, and who
/// waits.
///
/// An account has an *allotment* here, its part of the limit that the control plane keeps, and
/// what is *charged* to it. A tenant's store is a *room* with a limit of its own: its capacity
/// less what fragmentation may cost. Bytes are charged when both have them. So what may not be
/// evicted always fits into the store together, and whoever has been charged gets its room by
/// evicting others.
///
/// Who gets none waits: first come, first served within an account, and account by account in
/// turn. When it is the room that is short, the account whose turn it is keeps it, so that a
/// large claim is not passed for ever by small ones of others; when it is the allotment, the
/// others go on.
///
/// Allotments come in steps of [#STEP_BYTES] and ahead of need, so that the control plane's log
/// sees one entry for thousands of blobs. What is not needed goes back: at once when it is
/// [#SURPLUS_STEPS] steps, down to [#SPARE_STEPS], so that an account that breathes does not make
/// the log breathe with it; less than that once it has not been needed for a while, from one
/// [#lookBack] to the next, and all of it when the account has charged nothing new meanwhile. So
/// what an account may keep is not laid up where nobody uses it, while another node is refused.
/// Where all of the limit is allotted nothing is kept ahead. A node that has something to spare
/// asks how that is, if it has heard nothing for [#LOOKS_MAX] looks back.
///
/// **Threading:** one thread at a time, see [SpaceDoor]. **Invariant:** the charges of all
/// accounts add up to those of all rooms; a granted claim never takes an account beyond its
/// allotment or a room beyond its limit. Only [#chargeAnyway] does. **Bound:** accounts, rooms,
/// and [#WAITING_MAX] claims.
public final class SpaceLedger {

  /// What is asked for at a time, at least.
  public static final long STEP_BYTES = 8L << 20;

  /// The default account has some at hand also while nobody uses it, so that the first put need
  /// not wait for the control plane.
  private static final int STANDING = 0;

  /// How much more than what is charged an account has at hand once it has asked.
  static final int SPARE_STEPS = 1;

  /// From how much more on it gives back.
  static final int SURPLUS_STEPS = 4;

  /// After so many looks back without an answer of the control plane its last one is old.
  static final int LOOKS_MAX = 3;

  /// Limits from here on bound nothing.
  private static final long UNLIMITED = 1L << 61;

  /// The most claims that wait.
  public static final int WAITING_MAX = 4096;

  private static final class Books {
    private long allotted;
    private long charged;
    private long waitingBytes;
    private long limit = -1;
    private long allottedEverywhere;

    /// The least that was spare in the time before the last look back, and since.
    private long spareBefore;
    private long spareSince;

    /// Whether it has charged anything since the last look back.
    private boolean isUsed;

    /// Whether it had charged nothing for a while then, and has not since: it takes nothing ahead.
    private boolean isResting;

    /// Looks back since the control plane has last said how the account stands.
    private int looks;

    private long unneeded() {
      return Math.min(spare(), Math.min(spareBefore, spareSince));
    }

    private long spare() {
      return allotted - charged - waitingBytes;
    }

    private void noteSpare() {
      spareSince = Math.min(spareSince, spare());
    }

    private final ArrayDeque<Claim> waiting = new ArrayDeque<>();
  }

  /// How an account stands here.
  ///
  /// @param waiting claims
  public record Standing(long allotted, long charged, int waiting, long waitingBytes) {}

  private final Books[] accounts;
  private final long[] roomLimits;
  private final long[] roomCharged;
  private final long step;

  /// One more than the greatest number of an account that was ever asked for.
  private int known;

  private int turn;
  private int waiting;

  /// @param accountsMax accounts have numbers below
  /// @param roomLimits the most bytes that may be charged in each room
  /// @param step see [#STEP_BYTES]
  public SpaceLedger(int accountsMax, long[] roomLimits, long step) {
    this.accounts = new Books[accountsMax];
    for (int i = 0; i < accountsMax; i++) {
      accounts[i] = new Books();
    }
    this.roomLimits = roomLimits.clone();
    this.roomCharged = new long[roomLimits.length];
    this.step = step;
  }

  private Books books(int account) {
    known = Math.max(known, account + 1);
    return accounts[account];
  }

  /// Charges bytes, now or as soon as it is the claim's turn.
  ///
  /// @param onGrant run once they are charged, if that is not at once
  /// @throws OutOfSpace when the room could not have them even if it were empty
  /// @throws OutOfCredits when too many wait
  public Claim claim(int account, int room, long bytes, Runnable onGrant) {
    if (bytes > roomLimits[room]) {
      throw new OutOfSpace(
          bytes + " bytes that may not be evicted, of at most " + roomLimits[room] + " here");
    }
    Books books = books(account);
    Claim claim = new Claim(account, room, bytes, onGrant);
    if (waiting == WAITING_MAX) {
      throw new OutOfCredits(WAITING_MAX + " claims wait for credits already");
    }
    books.waiting.add(claim);
    books.waitingBytes += bytes;
    books.isUsed = true;
    books.isResting = false;
    books.noteSpare();
    waiting++;
    serve();
    return claim;
  }

  /// Takes a claim back that still waits.
  ///
  /// @return false when it has been granted
  public boolean withdraw(Claim claim) {
    if (claim.isGranted()) {
      return false;
    }
    Books books = books(claim.account);
    books.waiting.remove(claim);
    books.waitingBytes -= claim.bytes;
    waiting--;
    serve();
    return true;
  }

  /// Charges what is there whatever the books say: blobs that a start has found.
  public void chargeAnyway(int account, int room, long bytes) {
    books(account).charged += bytes;
    books(account).noteSpare();
    roomCharged[room] += bytes;
  }

  /// What was charged may be evicted from now on, or is gone.
  public void uncharge(int account, int room, long bytes) {
    Books books = books(account);
    if (bytes < 0 || bytes > books.charged || bytes > roomCharged[room]) {
      throw new IllegalStateException(
          "uncharged " + bytes + " of " + books.charged + ", in the room " + roomCharged[room]);
    }
    books.charged -= bytes;
    roomCharged[room] -= bytes;
    serve();
  }

  /// The control plane has said what an account has here.
  ///
  /// @param allotted to this node
  /// @param limit of the account
  /// @param everywhere allotted to all nodes
  public void allotted(int account, long allotted, long limit, long everywhere) {
    Books books = books(account);
    books.allotted = allotted;
    books.limit = limit;
    books.allottedEverywhere = everywhere;
    books.looks = 0;
    serve();
  }

  /// An account gives bytes back; nobody gets them any more. None can be given back at any time:
  /// so the balance is asked for.
  public void givingBack(int account, long bytes) {
    Books books = books(account);
    if (bytes > 0 && bytes > books.allotted - books.charged) {
      throw new Conflict(
          "giving back " + bytes + " of " + books.allotted + ", " + books.charged + " charged");
    }
    books.allotted -= bytes;
    books.noteSpare();
  }

  /// From time to time: what an account has not needed since the last time is not kept for it.
  public void lookBack() {
    for (Books books : accounts) {
      books.spareBefore = books.spareSince;
      books.spareSince = books.spare();
      books.isResting = !books.isUsed;
      books.isUsed = false;
      books.looks = Math.min(LOOKS_MAX, books.looks + 1);
    }
  }

  private void serve() {
    int idle = 0;
    boolean[] isShort = new boolean[roomLimits.length];
    int at = turn;
    int next = -1;
    while (waiting > 0 && idle < accounts.length) {
      Books books = accounts[at];
      Claim claim = books.waiting.peek();
      boolean hasCredits = claim != null && claim.bytes <= books.allotted - books.charged;
      if (claim != null && hasCredits && !isShort[claim.room] && hasRoom(claim)) {
        grant(books);
        idle = 0;
      } else {
        if (claim != null && hasCredits && !isShort[claim.room]) {
          isShort[claim.room] = true;
          next = next < 0 ? at : next;
        }
        idle++;
      }
      at = (at + 1) % accounts.length;
    }
    turn = next < 0 ? at : next;
  }

  private boolean hasRoom(Claim claim) {
    return claim.bytes <= roomLimits[claim.room] - roomCharged[claim.room];
  }

  private void grant(Books books) {
    Claim claim = books.waiting.remove();
    books.waitingBytes -= claim.bytes;
    books.charged += claim.bytes;
    roomCharged[claim.room] += claim.bytes;
    waiting--;
    claim.grant();
  }

  /// How many more bytes to ask the control plane for; 0 when there are enough.
  public long wanted(int account) {
    Books books = books(account);
    long need = books.charged + books.waitingBytes - books.allotted;
    boolean isBusy = account == STANDING || books.charged > 0 || books.waitingBytes > 0;
    long ahead = keepsNone(account) ? 0 : SPARE_STEPS * step;
    if (!isBusy || need + Math.min(ahead, step / 2) <= 0) {
      return 0;
    }
    long unit = isScarce(books) ? 1 : step;
    return (Math.max(0, need) + ahead + unit - 1) / unit * unit;
  }

  private boolean keepsNone(int account) {
    Books books = books(account);
    return isScarce(books) || (account != STANDING && books.isResting);
  }

  /// Whether nearly all of the limit was allotted when the control plane last said so.
  private boolean isScarce(Books books) {
    return books.limit >= 0 && books.limit - books.allottedEverywhere < step;
  }

  /// Whether to ask how an account stands: it has something to spare here, and somebody elsewhere
  /// may need it.
  public boolean isOutdated(int account) {
    Books books = books(account);
    boolean isLimited = books.limit >= 0 && books.limit < UNLIMITED;
    return isLimited && books.looks == LOOKS_MAX && books.unneeded() > 0;
  }

  /// The fewest bytes that are of use when some are wanted.
  public long least(int account) {
    Books books = books(account);
    Claim claim = books.waiting.peek();
    return claim == null ? 1 : Math.max(1, books.charged + claim.bytes - books.allotted);
  }

  /// How many bytes to give back to the control plane; 0 when none.
  public long surplus(int account) {
    Books books = books(account);
    boolean isIdle = account != STANDING && books.charged == 0 && books.waiting.isEmpty();
    if (isIdle) {
      return Math.max(0, books.spare());
    }
    long keep = keepsNone(account) ? 0 : SPARE_STEPS * step;
    long most = books.spare() > SURPLUS_STEPS * step ? books.spare() : books.unneeded();
    return Math.max(0, most - keep);
  }

  public Standing standing(int account) {
    Books books = books(account);
    return new Standing(books.allotted, books.charged, books.waiting.size(), books.waitingBytes);
  }

  /// What is charged in a room.
  public long chargedIn(int room) {
    return roomCharged[room];
  }

  public int waiting() {
    return waiting;
  }

  /// Why a claim was not granted in time, with the numbers.
  RuntimeException refusal(Claim claim, String account) {
    Books books = books(claim.account);
    String numbers =
        claim.bytes
            + " bytes for account "
            + account
            + " were not to be had in time: limit "
            + (books.limit < 0 ? "unknown" : books.limit)
            + ", allotted "
            + books.allottedEverywhere
            + ", of that here "
            + books.allotted
            + ", charged here "
            + books.charged
            + ", waiting "
            + books.waitingBytes
            + " in "
            + books.waiting.size()
            + " claims; the node keeps "
            + roomCharged[claim.room]
            + " of at most "
            + roomLimits[claim.room];
    boolean hasCredits = claim.bytes <= books.allotted - books.charged;
    return hasCredits ? new OutOfSpace(numbers) : new OutOfCredits(numbers);
  }

  /// The accounts that have anything to do with this node.
  public List<Integer> active() {
    List<Integer> active = new ArrayList<>();
    for (int i = 0; i < known; i++) {
      Books books = accounts[i];
      if (books.allotted > 0 || books.charged > 0 || !books.waiting.isEmpty()) {
        active.add(i);
      }
    }
    return active;
  }
}

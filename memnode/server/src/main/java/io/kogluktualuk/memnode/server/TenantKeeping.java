package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.AbsentResponse;
import io.kogluktualuk.memnode.api.CollectPage;
import io.kogluktualuk.memnode.api.CollectRequest;
import io.kogluktualuk.memnode.api.CopyAge;
import io.kogluktualuk.memnode.api.HoldRequest;
import io.kogluktualuk.memnode.api.LeaseTerms;
import io.kogluktualuk.memnode.api.PinRequest;
import io.kogluktualuk.memnode.api.PutRequest;
import io.kogluktualuk.memnode.api.ReleaseRequest;
import io.kogluktualuk.memnode.api.Reservation;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.Retention;
import io.kogluktualuk.memnode.api.SealRequest;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.TouchRequest;
import io.kogluktualuk.memnode.credit.AccountNumbers;
import io.kogluktualuk.memnode.credit.SpaceDoor;
import io.kogluktualuk.memnode.lease.FenceKeeper;
import io.kogluktualuk.memnode.repair.BlobTerms;
import io.kogluktualuk.memnode.retention.Collection;
import io.kogluktualuk.memnode.retention.Tally;
import io.kogluktualuk.memnode.retention.TenantRetention;
import io.kogluktualuk.memnode.store.MemoryStore;
import io.kogluktualuk.memnode.store.Residents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The calls of one tenant that ask for blobs to stay: they show a lease, they pay, they wait.
///
/// Each goes the same way: the lease is checked against the fences; what has to be paid is
/// counted under the store's lock; it is paid at the door, without the lock, where it may take a
/// while; then the call does its work under the lock, and what was paid and not used goes back.
///
/// **Threading:** any thread; waits in [#reserve], [#hold] and [#pin] only.
final class TenantKeeping implements BlobTerms {

  /// How long a reservation waits for a window before the caller is told to ask again: shorter
  /// than any sensible deadline, long enough not to be asked in a circle.
  static final Duration WINDOW_WAIT = Duration.ofMillis(500);

  /// The patience of who names none: a few turns of the control plane.
  static final Duration PATIENCE = Duration.ofSeconds(1);

  /// How much is done at a time while others wait for the store.
  private static final int PORTION = 512;

  private final MemoryStore store;
  private final TenantRetention retention;
  private final Payments payments;
  private final Arrivals arrivals;
  private final AccountNumbers names;
  private final FenceKeeper fences;
  private final LongSupplier nanoTime;
  private final Duration patience;
  private final Duration windowWait;
  private final boolean isAlwaysDurable;

  /// @param nanoTime the node's monotonic clock, as the retention's
  /// @param patience of who names none
  /// @param windowWait how long a reservation waits for a window
  /// @param isAlwaysDurable whether each seal waits for the device
  TenantKeeping(
      MemoryStore store,
      TenantRetention retention,
      SpaceDoor door,
      int room,
      AccountNumbers names,
      FenceKeeper fences,
      LongSupplier nanoTime,
      Duration patience,
      Duration windowWait,
      boolean isAlwaysDurable) {
    this.store = store;
    this.retention = retention;
    this.payments = new Payments(store, retention, door, room);
    this.arrivals = new Arrivals(store, retention, fences);
    this.names = names;
    this.fences = fences;
    this.nanoTime = nanoTime;
    this.patience = patience;
    this.windowWait = windowWait;
    this.isAlwaysDurable = isAlwaysDurable;
  }

  private <R> R locked(Function<Residents, R> use) {
    return store.withResidents(use);
  }

  /// A lease shows itself.
  private void hear(LeaseTerms lease) {
    fences.check(lease.proof());
    fences.promise(lease.ttl());
    // After it was heard: the holder counts from before it asked.
    long deadline = nanoTime.getAsLong() + lease.ttl().toNanos();
    locked(
        residents -> {
          retention.hear(residents, lease.proof(), deadline);
          return lease;
        });
  }

  private Deadline patience(Duration asked) {
    return Deadline.after(asked.isZero() ? patience : asked);
  }

  private boolean needsBinding(ReserveRequest request, ReserveRequest.Item item) {
    return request.lease() != null || item.retention() instanceof Retention.Source;
  }

  MemoryStore.Reserved reserve(ReserveRequest request) {
    LeaseTerms lease = request.lease();
    if (lease != null) {
      hear(lease);
    }
    int account = names.of(request.space().account());
    List<ReserveRequest.Item> absent = new ArrayList<>();
    List<Hash> here = new ArrayList<>();
    request
        .items()
        .forEach(
            item -> {
              if (store.locate(item.hash()) == null) {
                absent.add(item);
              } else if (needsBinding(request, item)) {
                here.add(item.hash());
              }
            });
    Deadline deadline = patience(request.space().patience());
    try {
      return reservePaid(request, account, payments.pay(account, absent, here, deadline));
    } catch (OutOfCredits | OutOfSpace e) {
      if (request.items().size() < 2) {
        throw e;
      }
      return reserveSome(request, account, e);
    }
  }

  private MemoryStore.Reserved reservePaid(
      ReserveRequest request, int account, Map<Integer, Long> paid) {
    try {
      MemoryStore.Reserved reserved =
          store.reserveOn(request.session(), wanted(request, account), Deadline.after(windowWait));
      return bind(request, reserved, spare(request, account, reserved, paid));
    } finally {
      payments.finish(paid);
    }
  }

  /// There is not enough for all, so the first ones get what there is, and the others the reason.
  private MemoryStore.Reserved reserveSome(
      ReserveRequest request, int account, FabricException reason) {
    Map<Integer, Long> paid = new HashMap<>();
    List<ReserveRequest.Item> some = new ArrayList<>();
    try {
      for (ReserveRequest.Item item : request.items()) {
        boolean isHere = store.locate(item.hash()) != null;
        payments
            .pay(
                account,
                isHere ? List.of() : List.of(item),
                isHere && needsBinding(request, item) ? List.of(item.hash()) : List.of(),
                Deadline.after(Duration.ZERO))
            .forEach((each, bytes) -> paid.merge(each, bytes, Long::sum));
        some.add(item);
      }
    } catch (OutOfCredits | OutOfSpace _) {
      // What could be paid is paid.
    }
    ReserveRequest first =
        new ReserveRequest(
            request.tenant(),
            request.session(),
            request.space(),
            request.lease(),
            request.age(),
            some);
    MemoryStore.Reserved reserved = reservePaid(first, account, paid);
    List<Reservation> answers = new ArrayList<>(reserved.items());
    while (answers.size() < request.items().size()) {
      answers.add(new Reservation.Refusal(reason.tag()));
    }
    return new MemoryStore.Reserved(
        reserved.window(), answers, String.valueOf(reason.getMessage()));
  }

  private static List<MemoryStore.Wanted> wanted(ReserveRequest request, int account) {
    return request.items().stream().map(item -> MemoryStore.Wanted.of(item, account)).toList();
  }

  /// What is left of a payment for what is here already.
  private static Map<Integer, Long> spare(
      ReserveRequest request, int account, MemoryStore.Reserved reserved, Map<Integer, Long> paid) {
    Map<Integer, Long> purse = new HashMap<>(paid);
    for (int i = 0; i < reserved.items().size(); i++) {
      if (reserved.items().get(i) instanceof Reservation.Granted) {
        int length = request.items().get(i).length();
        purse.merge(account, -TenantRetention.size(length), Long::sum);
      }
    }
    return purse;
  }

  /// Holds what is here already, and remembers to hold what is to come.
  private MemoryStore.Reserved bind(
      ReserveRequest request, MemoryStore.Reserved reserved, Map<Integer, Long> purse) {
    List<Reservation> answers = new ArrayList<>(reserved.items());
    List<Hash> granted = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      ReserveRequest.Item item = request.items().get(i);
      if (answers.get(i) instanceof Reservation.Granted) {
        granted.add(item.hash());
      } else if (answers.get(i) instanceof Reservation.Present
          && needsBinding(request, item)
          && !bindPresent(request, item, purse)) {
        answers.set(i, new Reservation.Later());
      }
    }
    MemoryStore.Lent window = reserved.window();
    Arrivals.Intent intent = arrivals.intent(request, granted);
    if (window != null && intent != null) {
      arrivals.expect(window.id(), intent);
    }
    return new MemoryStore.Reserved(window, answers, reserved.failure());
  }

  /// @return false when the blob has gone meanwhile, or others have let go of it
  private boolean bindPresent(
      ReserveRequest request, ReserveRequest.Item item, Map<Integer, Long> purse) {
    return locked(
        residents -> {
          if (!retention.isPaid(residents, item.hash(), purse)) {
            return false;
          }
          long bytes = 0;
          if (item.retention() instanceof Retention.Source) {
            long since = retention.pins(residents).quietSince(request.age());
            bytes = retention.keepAsSource(residents, item.hash(), since);
          }
          LeaseTerms lease = request.lease();
          if (lease != null && bytes >= 0) {
            bytes = retention.hold(residents, lease, item.hash());
          }
          return bytes >= 0;
        });
  }

  SealResponse seal(SealRequest request) {
    Arrivals.Intent intent = arrivals.take(request.window());
    boolean isDurable = isAlwaysDurable || request.durable();
    return arrivals.sealed(
        intent, () -> store.seal(request.session(), request.window(), isDurable));
  }

  /// As [#reserve] and [#seal] at once, but that nothing waits: not for credits, nor for a file
  /// that has to be written first.
  ///
  /// @throws OutOfCredits when it would have to wait; whoever reserves can
  SealResponse put(PutRequest request) {
    ReserveRequest blobs = request.blobs();
    LeaseTerms lease = blobs.lease();
    checkAtHand(blobs.space().account(), lease);
    if (lease != null) {
      hear(lease);
    }
    int account = names.of(blobs.space().account());
    List<Hash> hashes = blobs.items().stream().map(ReserveRequest.Item::hash).toList();
    List<Hash> bound =
        blobs.items().stream()
            .filter(item -> needsBinding(blobs, item))
            .map(ReserveRequest.Item::hash)
            .toList();
    Map<Integer, Long> paid =
        payments.pay(account, blobs.items(), bound, Deadline.after(Duration.ZERO));
    try {
      SealResponse response =
          arrivals.sealed(
              arrivals.intent(blobs, hashes),
              () ->
                  store.putOn(
                      blobs.session(), request.window(), request.offset(), wanted(blobs, account)));
      return response;
    } finally {
      payments.finish(paid);
    }
  }

  private void checkAtHand(Account account, @Nullable LeaseTerms lease) {
    if (isAlwaysDurable) {
      throw new OutOfCredits("each put waits for the device here: reserve first");
    }
    if (!names.isKnown(account)) {
      throw new OutOfCredits("account " + account + " is new here: reserve first");
    }
    if (lease != null && !fences.isPromised(lease.ttl())) {
      throw new OutOfCredits("holds have not lasted " + lease.ttl() + " here: reserve first");
    }
  }

  AbsentResponse hold(HoldRequest request) {
    hear(request.lease());
    return payments.bindEach(
        request.hashes(),
        patience(request.space().patience()),
        (residents, hash) -> retention.hold(residents, request.lease(), hash));
  }

  AbsentResponse pin(PinRequest request) {
    locked(
        residents -> {
          if (request.hashes().isEmpty()) {
            retention.pins(residents).begin(request.generation());
          } else {
            retention.pins(residents).reach(request.generation());
          }
          return residents;
        });
    return payments.bindEach(
        request.hashes(),
        patience(request.space().patience()),
        (residents, hash) -> {
          retention.pins(residents).reach(request.generation());
          return retention.pins(residents).pin(hash);
        });
  }

  /// Also under a dead token: who lets go needs no right to.
  long release(ReleaseRequest request) {
    return locked(
        residents -> {
          long ended = 0;
          for (Hash hash : request.hashes()) {
            ended += retention.release(residents, request.proof(), request.order(), hash) ? 1 : 0;
          }
          if (request.all()) {
            ended += retention.releaseAll(residents, request.proof(), request.order());
          }
          retention.settle(residents);
          return ended;
        });
  }

  long touch(TouchRequest request) {
    return locked(
        residents ->
            request.hashes().stream().filter(hash -> retention.touch(residents, hash)).count());
  }

  CollectPage collect(CollectRequest request) {
    return locked(
        residents -> {
          CollectPage page = Collection.page(retention, residents, request);
          retention.settle(residents);
          return page;
        });
  }

  /// The pins' generation, as the control plane says it; what is older is passed over.
  void onGeneration(long generation) {
    locked(
        residents -> {
          retention.pins(residents).hear(generation);
          return residents;
        });
  }

  @Override
  public long generation() {
    return locked(residents -> retention.pins(residents).generation());
  }

  @Override
  public boolean isPinned(Residents residents, int ordinal) {
    return retention.pins(residents).isPinned(ordinal);
  }

  @Override
  public boolean isCondemned(Residents residents, int ordinal) {
    return retention.pins(residents).isCondemned(ordinal);
  }

  @Override
  public @Nullable CopyAge copyAge(Residents residents, int ordinal) {
    return retention.pins(residents).copyAge(ordinal);
  }

  @Override
  public Account account(int number) {
    return names.name(number);
  }

  @Override
  public void becameSurplus(Hash hash) {
    locked(
        residents -> {
          retention.becameSurplus(residents, hash);
          retention.settle(residents);
          return residents;
        });
  }

  /// Lets leases end whose time is over, a portion of their holds at a time, and makes room ahead
  /// of need. A dead token does not end its lease here: its holder may not have heard of it, and
  /// was promised the time.
  ///
  /// @return whether there is more to do
  boolean work(long freeBytes) {
    return locked(
        residents -> {
          var ledger = retention.ledger(residents);
          ledger.expire(nanoTime.getAsLong());
          boolean hasMore = ledger.drain(PORTION) == PORTION;
          hasMore |= retention.makeAhead(residents, freeBytes, PORTION);
          retention.settle(residents);
          return hasMore;
        });
  }

  Tally tally() {
    return locked(retention::tally);
  }

  long charged() {
    return payments.charged();
  }
}

package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.controlplane.api.Accounts;
import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.api.SetCreditLimit;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.CreditsStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Clients of all kinds at a cluster, in a key space of their own, until they are told to stop.
///
/// **Threading:** one thread; each client has its own. **Ownership:** owns its sessions.
final class MixedLoad implements AutoCloseable {

  private static final long LIMIT_BYTES = 64 << 20;

  /// Less than [HoldWork] holds before it lets go, so that it has to wait in vain.
  private static final long TIGHT_BYTES = 256 << 10;

  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final History history;
  private final Account account;
  private final Fabric fabric;
  private final List<Fabric> sessions = new ArrayList<>();
  private final List<BlobWork> blobs = new ArrayList<>();
  private final MemoWork memos;
  private final RootWork roots;
  private final HoldWork holds;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final RandomGenerator random;
  private final boolean isTight;
  private boolean isHoldsClosed;

  MixedLoad(FaultGround ground, long seed, Path folder, History history) throws IOException {
    String space = "s" + seed;
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    this.history = history;
    this.account = new Account("held-" + seed);
    this.fabric = connect(ground);
    RequestIds ids = new RequestIds(random);
    this.random = random;
    this.isTight = random.nextBoolean();
    long limit = isTight ? TIGHT_BYTES : LIMIT_BYTES;
    Operator.of(fabric).control().setCreditLimit(new SetCreditLimit(ids.next(), account, limit));
    Fabric other = connect(ground);
    blobs.add(new BlobWork(fabric, history));
    blobs.add(new BlobWork(other, history));
    this.memos = new MemoWork(Operator.of(fabric).control(), history, space);
    this.roots = new RootWork(Operator.of(fabric).control(), ids, history, space);
    this.holds = new HoldWork(ground.addresses(), fabric, ids, history, account);
    blobs.forEach(work -> begin(work, 15, random));
    begin(memos, 5, random);
    begin(new MemoWork(Operator.of(other).control(), history, space), 5, random);
    begin(roots, 20, random);
    begin(new RootWork(Operator.of(other).control(), ids, history, space), 20, random);
    begin(holds, 20, random);
    begin(new RunWork(other, history, folder.resolve("run"), space), 100, random);
    begin(_ -> checkCredits(), 200, random);
  }

  private Fabric connect(FaultGround ground) {
    ClientSettings settings =
        ClientSettings.DEFAULT.withTimeouts(Duration.ofSeconds(8), Duration.ofSeconds(15));
    Fabric session = Fabric.connect(ground.addresses(), settings);
    sessions.add(session);
    return session;
  }

  private void begin(Work work, int pauseMillis, RandomGenerator random) {
    RandomGenerator own = RandomGeneratorFactory.of("L64X128MixRandom").create(random.nextLong());
    threads.add(
        Thread.ofPlatform()
            .name(work.getClass().getSimpleName())
            .start(
                () -> {
                  try {
                    while (!stop.await(pauseMillis, TimeUnit.MILLISECONDS)) {
                      work.once(own);
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  } catch (RuntimeException | AssertionError e) {
                    history.violated("a client failed: " + Failures.text(e));
                  }
                }));
  }

  /// What nodes were given is never more than the limit, and what they charge never more than
  /// what they were given.
  private void checkCredits() {
    try {
      for (Accounts.Row row : Operator.of(fabric).control().accounts()) {
        if (row.account().equals(account) && row.allottedBytes() > row.limitBytes()) {
          history.violated(row + ": more allotted than its limit");
        }
      }
      for (CreditsStatus.Row row : Credits.atNodes(Operator.of(fabric).control(), account)) {
        if (row.chargedBytes() > row.allottedBytes()) {
          history.violated(row + ": more charged than allotted");
        }
      }
    } catch (FabricException _) {
      return; // somebody does not answer now: nothing is claimed
    }
  }

  Fabric fabric() {
    return fabric;
  }

  HoldWork holds() {
    return holds;
  }

  /// Lets the clients finish what they are at.
  void stop() throws InterruptedException {
    stop.countDown();
    for (Thread thread : threads) {
      thread.join(PATIENCE);
      if (thread.isAlive()) {
        history.violated(thread.getName() + " does not end: " + List.of(thread.getStackTrace()));
      }
    }
  }

  /// After healing: everything that was acknowledged is there, and everything lent has come back.
  ///
  /// @param copies on how many nodes each source has to be; 1 when none was destroyed
  void check(int copies, Course course) throws InterruptedException {
    course.begin("sources");
    Deadline deadline = Deadline.after(PATIENCE);
    for (BlobWork work : blobs) {
      for (Hash hash : work.stored()) {
        Await.until(
            deadline,
            () -> BlobWork.read(fabric, history, hash),
            () -> "source " + hash + " is lost");
      }
    }
    course.begin("copies");
    if (copies > 1) {
      List<Hash> all = blobs.stream().flatMap(work -> work.stored().stream()).toList();
      Await.untilNoneLeft(
          PATIENCE,
          () -> Replicas.scarce(fabric, all, copies),
          () -> "sources have fewer than " + copies + " copies: " + Replicas.counts(fabric, all));
    }
    course.begin("limit");
    if (isTight && !holds.meetsLimit(TIGHT_BYTES, random)) {
      history.violated("the limit of " + TIGHT_BYTES + " bytes was never met: " + balance());
    }
    course.begin("facts");
    memos.lookAll();
    roots.lookAll();
    course.begin("credits");
    isHoldsClosed = true;
    holds.close();
    Await.until(
        Deadline.after(PATIENCE),
        () -> isReturned(),
        () -> "credits are not returned: " + balance());
    MemoChecker.check(history.of(Step.Kind.RECORD, Step.Kind.LOOKUP)).forEach(history::violated);
    RootChecker.check(history.of(Step.Kind.SET_ROOT, Step.Kind.GET_ROOT))
        .forEach(history::violated);
  }

  private boolean isReturned() {
    return Credits.allotted(Operator.of(fabric).control(), account) == 0
        && Credits.atNodes(Operator.of(fabric).control(), account).stream()
            .allMatch(row -> row.allottedBytes() == 0 && row.chargedBytes() == 0);
  }

  private String balance() {
    return Credits.allotted(Operator.of(fabric).control(), account)
        + " bytes allotted, at nodes "
        + Credits.atNodes(Operator.of(fabric).control(), account);
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      if (!isHoldsClosed) {
        holds.close();
      }
    } finally {
      sessions.forEach(Fabric::close);
    }
  }
}

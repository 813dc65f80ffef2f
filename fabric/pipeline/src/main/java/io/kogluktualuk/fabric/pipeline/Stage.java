package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running stage: takes envelopes from its links upstream, works on them, sends what comes of
/// them downstream, and tells upstream when all of that is done.
///
/// It grants its links no more than its window and the stages downstream have room for, so memory
/// is bounded and a slow stage slows the source down. When it dies, its upstream sends again what
/// was not done to its successor; the ids are equal, and stages downstream know them.
///
/// **Threading:** any thread. **Ownership:** closing it closes its links; what is not done then is
/// sent again by its upstream, to whoever takes its place. **Bound:** the window of its
/// [StageSettings] for each link, verdicts of so many envelopes, and [Intakes#LINKS_MAX] links.
public final class Stage implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Stage.class);

  /// How often it is looked for values that nobody upstream may hold any more.
  private static final long LOOK_NANOS = 500_000_000;

  /// How many envelopes are verified together; as many as are hashed side by side (0053).
  private static final int AHEAD = 16;

  /// How long closing waits for handlers that do not hear of it.
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final StagePlan plan;
  private final Pipeline pipeline;
  private final Counts counts = new Counts();
  private final ReentrantLock lock = new ReentrantLock();
  private final Ledger<Intake> ledger;
  private final Intakes intakes;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Outlets outlets;
  private final SetAsideStore aside;
  private final Attempts attempts;
  private final Adoptions adoptions;
  private final Lanes<Ledger.Work<Intake>> lanes;
  private final Downstream downstream = new Downstream();
  private final Speakers speakers = new Speakers();
  private volatile boolean isLimited;
  private long lookedNanos; // guarded by the lock

  Stage(Pipeline pipeline, StagePlan plan, Handler handler) {
    this.pipeline = pipeline;
    this.plan = plan;
    this.intakes =
        new Intakes(
            plan, pipeline.newIncarnation(), new Upstream(), speakers, counts, pipeline.nanoTime());
    this.lookedNanos = pipeline.nanoTime().getAsLong();
    StageSettings settings = plan.settings();
    this.ledger =
        new Ledger<>(settings.windowEnvelopes(), settings.windowBytes(), settings.latelyMax());
    this.aside = pipeline.setAsideStore(plan.name(), counts);
    this.outlets = pipeline.outlets(plan.name(), plan.outlets(), speakers, counts, downstream);
    this.adoptions = pipeline.adoptions(plan.name(), counts);
    this.attempts =
        new Attempts(
            plan.name(),
            handler,
            settings,
            pipeline.blobs(),
            outlets,
            counts,
            pipeline.nanoTime(),
            closed);
    this.lanes =
        new Lanes<>(
            "kog-" + plan.name(),
            settings.parallelism(),
            plan.order() != null,
            this::work,
            speakers::wakeAll);
  }

  void start() {
    lanes.start();
    outlets.start();
    intakes.start();
  }

  public String name() {
    return plan.name();
  }

  /// What links from upstream ask of the stage.
  private final class Upstream implements Intake.Owner {

    @Override
    public void onHello(Intake intake) {
      long nowNanos = pipeline.nanoTime().getAsLong();
      lock.lock();
      try {
        ledger.restart(intake, nowNanos);
      } finally {
        lock.unlock();
      }
      intakes.endFormer(intake);
    }

    @Override
    public void onEnvelopes(Intake intake, List<Message.Parcel> parcels) {
      List<Envelope> envelopes = new ArrayList<>(parcels.size());
      for (Message.Parcel parcel : parcels) {
        Envelope envelope = open(intake, parcel);
        if (envelope != null) {
          envelopes.add(envelope);
        }
      }
      arrive(intake, envelopes);
      lanes.wake();
      speakers.wakeAll();
    }

    /// @return null when it is refused
    private @Nullable Envelope open(Intake intake, Message.Parcel parcel) {
      try {
        Envelope envelope =
            Envelope.decode(intake.label(), parcel.bytes(), parcel.offset(), parcel.length());
        if (!envelope.id().equals(parcel.id())) {
          throw new MalformedEncoding(
              "envelope from " + intake.label() + " has id " + envelope.id() + ", not as it says");
        }
        return envelope;
      } catch (MalformedEncoding e) {
        counts.malformed.increment();
        LOG.warn("stage {}: {}", name(), e.getMessage());
        intake.tell(parcel.id(), Verdict.refused(String.valueOf(e.getMessage())));
        return null;
      }
    }

    @Override
    public Ledger.Grant grant(Intake intake) {
      long room = outlets.room();
      lock.lock();
      try {
        Ledger.Grant grant = ledger.grant(intake, room);
        isLimited = room < plan.settings().windowEnvelopes();
        return grant;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void onBarred(Intake intake) {
      leaveBehind(intake);
      intakes.wakeAll();
    }

    @Override
    public void onEnded(Intake intake) {
      leaveBehind(intake);
      intakes.remove(intake);
      intakes.wakeAll();
    }

    /// What it has sent goes on; it is granted nothing any more.
    private void leaveBehind(Intake intake) {
      long nowNanos = pipeline.nanoTime().getAsLong();
      lock.lock();
      try {
        ledger.close(intake, nowNanos);
      } finally {
        lock.unlock();
      }
    }
  }

  private void arrive(Intake intake, List<Envelope> envelopes) {
    List<Ledger.Arrival<Intake>> arrivals = new ArrayList<>(envelopes.size());
    lock.lock();
    try {
      for (Envelope envelope : envelopes) {
        Ledger.Arrival<Intake> arrival = ledger.arrive(intake, envelope);
        arrivals.add(arrival);
        if (arrival instanceof Ledger.Arrival.Overdrawn) {
          break;
        }
      }
    } finally {
      lock.unlock();
    }
    for (int i = 0; i < arrivals.size(); i++) {
      arrived(intake, envelopes.get(i), arrivals.get(i));
    }
  }

  private void arrived(Intake intake, Envelope envelope, Ledger.Arrival<Intake> arrival) {
    switch (arrival) {
      case Ledger.Arrival.Fresh<Intake>(Ledger.Work<Intake> work) -> {
        counts.received.increment();
        counts.receivedBytes.add(envelope.chargeBytes());
        begin(work);
      }
      case Ledger.Arrival.Attached<Intake> _ -> counts.duplicates.increment();
      case Ledger.Arrival.Known<Intake>(Verdict verdict) -> {
        counts.duplicates.increment();
        intake.tell(envelope.id(), verdict);
      }
      case Ledger.Arrival.Overdrawn<Intake>(String reason) -> {
        counts.overdrawn.increment();
        LOG.warn("stage {}: the link from {} is ended: {}", name(), intake.label(), reason);
        intake.bar();
      }
    }
  }

  private void begin(Ledger.Work<Intake> work) {
    int lane;
    try {
      lane = plan.laneOf(work.envelope());
    } catch (RuntimeException e) {
      counts.failures.increment();
      pipeline.call(() -> setAside(work, "stage " + name() + " has no key for it: " + e));
      return;
    }
    lanes.add(lane, work);
  }

  private void setAside(Ledger.Work<Intake> work, String reason) {
    settle(work, aside.add(work.envelope(), "", reason));
    speakers.wakeAll();
  }

  private void work(Lanes.Lane lane, Ledger.Work<Intake> work) {
    Envelope envelope = work.envelope();
    switch (attempts.run(lane, envelope, () -> ahead(lane, envelope), () -> isOrphan(work))) {
      case Attempts.Result.Given(List<Outlets.Ready> outputs) -> emit(work, outputs);
      case Attempts.Result.Failed(String reason) -> settle(work, aside.add(envelope, "", reason));
      case Attempts.Result.Orphaned(String reason) -> {
        counts.orphaned.increment();
        counts.dropped.increment();
        settle(work, Verdict.dropped(reason));
      }
      case Attempts.Result.Abandoned _ -> {}
    }
  }

  private List<Envelope> ahead(Lanes.Lane lane, Envelope first) {
    List<Envelope> all = new ArrayList<>(AHEAD);
    all.add(first);
    lanes.next(lane, AHEAD - 1).forEach(work -> all.add(work.envelope()));
    return all;
  }

  private boolean isOrphan(Ledger.Work<Intake> work) {
    lock.lock();
    try {
      return ledger.isOrphan(work);
    } finally {
      lock.unlock();
    }
  }

  private void emit(Ledger.Work<Intake> work, List<Outlets.Ready> outputs) {
    counts.processed.increment();
    int copies = 0;
    for (Outlets.Ready ready : outputs) {
      copies += ready.branches().size();
    }
    lock.lock();
    try {
      ledger.emitting(work, copies);
    } finally {
      lock.unlock();
    }
    for (Outlets.Ready ready : outputs) {
      Deadline deadline = Deadline.after(plan.outlets().links().creditPatience());
      outlets.send(ready, verdict -> settle(work, verdict), deadline, downstream);
    }
    settle(work, Verdict.DONE);
  }

  private void settle(Ledger.Work<Intake> work, Verdict verdict) {
    if (closed.getCount() == 0) {
      return; // who is upstream keeps it for the successor
    }
    Ledger.@Nullable Settled<Intake> settled;
    lock.lock();
    try {
      settled = ledger.outputDone(work, verdict);
    } finally {
      lock.unlock();
    }
    if (settled != null) {
      counts.done.increment();
      aside.settled(settled.id());
      adoptions.ended(settled.id());
      for (Intake intake : settled.links()) {
        intake.tell(settled.id(), settled.verdict());
      }
    }
  }

  /// What links downstream tell the stage.
  private final class Downstream implements Branch.Listener {

    @Override
    public Verdict undeliverable(Branch branch, Envelope envelope, String reason) {
      return closed.getCount() == 0
          ? Verdict.dropped(reason)
          : aside.add(envelope, branch.name(), reason);
    }

    @Override
    public void onRoom() {
      if (isLimited) {
        intakes.wakeAll();
      }
      speakers.wakeAll();
    }
  }

  void tick(long nowNanos) {
    outlets.tick(nowNanos);
    aside.tick(nowNanos, this::retry);
    lanes.interruptSince(nowNanos - plan.settings().handlerPatience().toNanos());
    lanes.hurry();
    intakes.tick(nowNanos);
    adopt(nowNanos);
  }

  /// Holds what those upstream may not hold for much longer.
  private void adopt(long nowNanos) {
    lock.lock();
    try {
      if (closed.getCount() == 0 || nowNanos - lookedNanos < LOOK_NANOS) {
        return;
      }
      lookedNanos = nowNanos;
      List<Ledger.Work<Intake>> works = ledger.adopt(nowNanos, Intake::heardNanos);
      if (!works.isEmpty()) {
        List<Envelope> envelopes = works.stream().map(Ledger.Work::envelope).toList();
        Adoptions.Batch batch = adoptions.begin(envelopes);
        pipeline.call(() -> adopt(works, batch));
      }
    } finally {
      lock.unlock();
    }
  }

  private void adopt(List<Ledger.Work<Intake>> works, Adoptions.Batch batch) {
    if (!batch.hold()) {
      lock.lock();
      try {
        works.forEach(ledger::notAdopted);
      } finally {
        lock.unlock();
      }
    }
  }

  /// How it stands.
  public StageSnapshot snapshot() {
    StageSettings settings = plan.settings();
    lock.lock();
    try {
      return StageSnapshot.of(
          name(),
          pipeline.nanoTime().getAsLong(),
          ledger.links(),
          new Ledger.Grant(settings.windowEnvelopes(), settings.windowBytes()),
          new Ledger.Grant(ledger.size(), ledger.bytes()),
          aside.size(),
          counts,
          outlets);
    } finally {
      lock.unlock();
    }
  }

  /// What it has set aside, oldest first.
  public List<SetAside> setAside() {
    return aside.all();
  }

  /// Tries an envelope again that was set aside. It is forgotten when it is done, or set aside
  /// once more.
  ///
  /// @throws NotFound when there is none with that id
  public void retry(Hash id) {
    SetAside one = aside.find(id);
    if (one == null) {
      throw new NotFound("stage " + name() + " has set aside no envelope " + id);
    }
    if (!one.isInput()) {
      outlets.retry(one, aside, plan.outlets().links().creditPatience());
      speakers.wakeAll();
      return;
    }
    Envelope envelope = one.envelope().again();
    aside.retrying(id);
    Ledger.@Nullable Work<Intake> work;
    lock.lock();
    try {
      work = ledger.again(envelope);
    } finally {
      lock.unlock();
    }
    if (work != null) {
      lanes.add(plan.laneOf(envelope), work);
      lanes.wake();
    }
  }

  /// Forgets an envelope that was set aside, and gives up its value.
  ///
  /// @return whether there was one
  public boolean forget(Hash id) {
    return aside.forget(id);
  }

  /// Whether nothing is in progress.
  public boolean isIdle() {
    lock.lock();
    try {
      return ledger.size() == 0 && outlets.isIdle();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    intakes.close();
    lanes.close();
    outlets.close();
    adoptions.end();
    if (!lanes.awaitEnd(CLOSE)) {
      LOG.warn("stage {} is closed while a handler goes on", name());
    }
    aside.close();
    pipeline.closed(this);
  }
}

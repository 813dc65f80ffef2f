package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.FabricException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The links from upstream of one stage: takes who comes in, and closes who does not say who it is.
///
/// **Threading:** any thread. **Ownership:** of inlets, wires and links; all are closed with it.
/// **Bound:** [#LINKS_MAX] links.
final class Intakes implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Intakes.class);

  static final int LINKS_MAX = 256;

  /// A connection that has not said who it is by then is closed.
  private static final long GREETING_NANOS = 10_000_000_000L;

  private static final Duration ACCEPT = Duration.ofSeconds(1);

  private final StagePlan plan;
  private final long incarnation;
  private final Intake.Owner owner;
  private final Speakers speakers;
  private final Counts counts;
  private final LongSupplier nanoTime;

  /// When each came in.
  private final Map<Intake, Long> intakes = new ConcurrentHashMap<>();

  private volatile boolean isClosed;

  /// @param incarnation tells this start of the stage from the one before
  Intakes(
      StagePlan plan,
      long incarnation,
      Intake.Owner owner,
      Speakers speakers,
      Counts counts,
      LongSupplier nanoTime) {
    this.plan = plan;
    this.incarnation = incarnation;
    this.owner = owner;
    this.speakers = speakers;
    this.counts = counts;
    this.nanoTime = nanoTime;
  }

  void start() {
    plan.wires().forEach((label, wire) -> take(label, wire, false));
    for (Inlet inlet : plan.inlets()) {
      Thread.ofVirtual().name("kog-" + plan.name() + "-accept").start(() -> accept(inlet));
    }
  }

  private void accept(Inlet inlet) {
    while (!isClosed) {
      try {
        Wire wire = inlet.accept(ACCEPT);
        if (wire != null) {
          take(inlet.label(), wire, true);
        }
      } catch (AlreadyClosed e) {
        return;
      } catch (FabricException e) {
        LOG.warn("stage {}: nobody comes in at {}: {}", plan.name(), inlet.label(), e.getMessage());
      }
    }
  }

  private void take(String label, Wire wire, boolean isOwnWire) {
    Intake intake =
        new Intake(
            label, plan.name(), incarnation, wire, isOwnWire, owner, speakers, counts, nanoTime);
    if (admit(intake)) {
      intake.start();
    } else {
      wire.close();
    }
  }

  private synchronized boolean admit(Intake intake) {
    if (isClosed || intakes.size() >= LINKS_MAX) {
      return false;
    }
    intakes.put(intake, nanoTime.getAsLong());
    return true;
  }

  /// Ends the links of a sender that has come in again.
  void endFormer(Intake anew) {
    for (Intake other : intakes.keySet()) {
      if (other != anew && other.isSameSender(anew)) {
        other.end();
      }
    }
  }

  void remove(Intake intake) {
    intakes.remove(intake);
  }

  /// Ends those that have not said who they are, and has the others say what there is to say.
  void tick(long nowNanos) {
    intakes.forEach(
        (intake, since) -> {
          if (intake.isStranger() && nowNanos - since > GREETING_NANOS) {
            intake.end();
          } else {
            intake.wake();
          }
        });
  }

  /// There may be more to grant.
  void wakeAll() {
    intakes.keySet().forEach(Intake::wake);
  }

  @Override
  public void close() {
    List<Intake> all;
    synchronized (this) {
      isClosed = true;
      all = List.copyOf(intakes.keySet());
      intakes.clear();
    }
    plan.inlets().forEach(Inlet::close);
    all.forEach(Intake::close);
  }
}

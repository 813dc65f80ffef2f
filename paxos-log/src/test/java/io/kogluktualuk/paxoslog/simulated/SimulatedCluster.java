package io.kogluktualuk.paxoslog.simulated;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import io.kogluktualuk.paxoslog.api.StateMachine;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Several replicas of a state machine that agree on a log, all within the caller's calls.
///
/// Nothing happens by itself. An append, a barrier or a [#step] lets something happen, chosen by
/// the random generator: the same seed and the same calls give the same run. What a call would
/// have waited for is the caller's to put on its virtual clock.
///
/// It keeps what consensus promises: an acknowledged entry is on the disks of a majority, all
/// apply the same entries in the same order, a leader needs a majority and everything agreed.
/// Within that it does its worst: replies get lost while the entry is dropped, applied, or
/// applied much later; leaders fall; followers lag and answer reads from the past; a crash
/// forgets what memory held and what was not yet on that disk.
///
/// **Threading:** made for one thread; calls from several exclude each other.
/// **Bound:** entries stay in memory as long as the cluster does.
public final class SimulatedCluster<M extends StateMachine> {

  private final RandomGenerator random;
  private final Function<String, M> machines;
  private final Map<String, SimulatedReplica<M>> replicas = new TreeMap<>();
  private final List<byte[]> agreed = new ArrayList<>();
  private final List<byte[]> late = new ArrayList<>();
  private LogFaults faults;
  private @Nullable SimulatedReplica<M> leader;
  private long term;

  /// Starts all replicas.
  ///
  /// @param machines makes a fresh machine for a replica, each time it starts
  public SimulatedCluster(
      RandomGenerator random, LogFaults faults, Function<String, M> machines, List<String> ids) {
    this.random = random;
    this.faults = faults;
    this.machines = machines;
    ids.forEach(id -> replicas.put(id, new SimulatedReplica<>(id)));
    ids.forEach(this::restart);
  }

  /// The log as a replica has it; also after a crash and a restart.
  public ReplicatedLog log(String id) {
    return new SimulatedLog(this, id);
  }

  /// The machine that a replica runs now.
  public synchronized M machine(String id) {
    M running = replica(id).machine();
    if (running == null) {
      throw new AlreadyClosed("replica " + id + " is not running");
    }
    return running;
  }

  public synchronized void setFaults(LogFaults changed) {
    faults = changed;
  }

  /// Takes a replica away with all that is in its memory.
  public synchronized void crash(String id) {
    replica(id).stop();
    depose(id);
  }

  public synchronized void restart(String id) {
    SimulatedReplica<M> replica = replica(id);
    if (!replica.isUp()) {
      replica.start(machines.apply(id));
      replica.apply(agreed, replica.stored());
    }
  }

  /// Cuts the lines of a replica. It goes on answering reads.
  public synchronized void cut(String id) {
    replica(id).setCut(true);
    depose(id);
  }

  public synchronized void mend(String id) {
    replica(id).setCut(false);
  }

  /// Lets something happen: a leader falls, a late entry arrives, a follower catches up, a
  /// snapshot is written.
  public synchronized void step() {
    maybeLoseLeader();
    if (!late.isEmpty() && electIfNeeded()) {
      agree(late.removeFirst());
    }
    SimulatedReplica<M> chosen = any(new ArrayList<>(replicas.values()));
    switch (random.nextInt(3)) {
      case 0 -> chosen.snapshot();
      case 1 -> catchUp(chosen, Math.min(agreed.size(), chosen.applied() + 1));
      default -> catchUp(chosen, agreed.size());
    }
  }

  /// Ends all faults and cuts, starts all replicas and lets them come to an end.
  public synchronized void settle() {
    faults = LogFaults.NONE;
    replicas.keySet().forEach(this::mend);
    replicas.keySet().forEach(this::restart);
    while (!late.isEmpty() && electIfNeeded()) {
      agree(late.removeFirst());
    }
    replicas.values().forEach(replica -> catchUp(replica, agreed.size()));
  }

  /// The entries agreed on so far, whoever knows of them.
  public synchronized List<byte[]> agreed() {
    return List.copyOf(agreed);
  }

  /// Those agreed on after so many.
  public synchronized List<byte[]> agreedSince(int count) {
    return List.copyOf(agreed.subList(count, agreed.size()));
  }

  public synchronized @Nullable String leader() {
    return leader == null ? null : leader.id();
  }

  synchronized byte[] append(String id, byte[] entry) {
    SimulatedReplica<M> asked = running(id);
    maybeLoseLeader();
    if (!asked.isReachable() || !electIfNeeded()) {
      throw new DeadlineExceeded(
          "the log of replica " + id + " had no leader in time; the entry was not proposed");
    }
    if (!late.isEmpty() && random.nextBoolean()) {
      agree(late.removeFirst());
    }
    if (happens(faults.replyLost())) {
      switch (random.nextInt(3)) {
        case 0 -> late.add(entry.clone());
        case 1 -> agree(entry.clone());
        default -> {} // it never arrived anywhere
      }
      throw new DeadlineExceeded(
          "the log of replica " + id + " did not answer in time; the outcome is open");
    }
    SimulatedReplica<M> leading = agree(entry.clone());
    Corruption broken = leading.failure();
    if (broken != null) {
      throw new Corruption(String.valueOf(broken.getMessage()), broken);
    }
    return leading.lastReply();
  }

  synchronized void barrier(String id) {
    SimulatedReplica<M> asked = running(id);
    maybeLoseLeader();
    if (!asked.isReachable() || !electIfNeeded() || happens(faults.replyLost())) {
      throw new DeadlineExceeded("the log of replica " + id + " found no leader to ask in time");
    }
    catchUp(asked, agreed.size());
    checkHealthy(asked);
  }

  synchronized void snapshot(String id) {
    running(id).snapshot();
  }

  synchronized <T> T read(String id, Supplier<T> query) {
    running(id);
    return query.get();
  }

  synchronized SimulatedReplica<M> replica(String id) {
    SimulatedReplica<M> found = replicas.get(id);
    if (found == null) {
      throw new IllegalArgumentException("there is no replica " + id + " in " + replicas.keySet());
    }
    return found;
  }

  synchronized long term() {
    return term;
  }

  synchronized List<String> ids() {
    return List.copyOf(replicas.keySet());
  }

  private SimulatedReplica<M> running(String id) {
    SimulatedReplica<M> found = replica(id);
    if (!found.isUp()) {
      throw new AlreadyClosed("the log of replica " + id + " is closed");
    }
    checkHealthy(found);
    return found;
  }

  private void checkHealthy(SimulatedReplica<M> replica) {
    Corruption broken = replica.failure();
    if (broken != null) {
      throw new Corruption(String.valueOf(broken.getMessage()), broken);
    }
  }

  /// Has a majority store an entry, the leader apply it, and the others as it happens.
  private SimulatedReplica<M> agree(byte[] entry) {
    SimulatedReplica<M> leading = Objects.requireNonNull(leader);
    agreed.add(entry);
    leading.sync(agreed.size());
    leading.apply(agreed, agreed.size());
    List<SimulatedReplica<M>> others = reachable();
    others.remove(leading);
    shuffle(others);
    int needed = replicas.size() / 2; // besides the leader
    for (SimulatedReplica<M> other : others) {
      if (needed-- > 0) {
        other.sync(agreed.size()); // it hears of the agreement when it catches up
      } else if (!happens(faults.followerLags())) {
        other.store(agreed.size());
      }
      if (!happens(faults.followerLags())) {
        other.apply(agreed, agreed.size());
      }
    }
    return leading;
  }

  private void catchUp(SimulatedReplica<M> replica, int upTo) {
    if (replica.isReachable() && electIfNeeded()) {
      replica.store(upTo);
      replica.apply(agreed, upTo);
    }
  }

  private void maybeLoseLeader() {
    if (happens(faults.leaderLost())) {
      leader = null;
    }
  }

  private void depose(String id) {
    if (leader != null && leader.id().equals(id)) {
      leader = null;
    }
  }

  /// @return false when there is no majority to elect one
  private boolean electIfNeeded() {
    if (reachable().size() <= replicas.size() / 2) {
      leader = null;
      return false;
    }
    if (leader != null && leader.isReachable()) {
      return true;
    }
    List<SimulatedReplica<M>> complete = reachable();
    complete.removeIf(replica -> replica.stored() < agreed.size());
    SimulatedReplica<M> elected = any(complete); // a majority stored each entry: one is here
    leader = elected;
    term++;
    elected.apply(agreed, agreed.size());
    return elected.isReachable();
  }

  private List<SimulatedReplica<M>> reachable() {
    List<SimulatedReplica<M>> found = new ArrayList<>(replicas.values());
    found.removeIf(replica -> !replica.isReachable());
    return found;
  }

  private SimulatedReplica<M> any(List<SimulatedReplica<M>> some) {
    return some.get(random.nextInt(some.size()));
  }

  private void shuffle(List<SimulatedReplica<M>> some) {
    for (int i = some.size() - 1; i > 0; i--) {
      Collections.swap(some, i, random.nextInt(i + 1));
    }
  }

  private boolean happens(int perMille) {
    return perMille > 0 && random.nextInt(1000) < perMille;
  }
}

package io.kogluktualuk.memnode.lease;

import io.kogluktualuk.controlplane.api.Fences;
import io.kogluktualuk.fabric.fault.StaleLease;
import io.kogluktualuk.fabric.lease.LeaseProof;
import java.time.Duration;

/// Remembers which tokens of leases are dead, for ever, and how long holds may have been promised.
///
/// What it refuses it has written down before, so that it refuses it after a restart, too; and
/// since fences only join, no reply of a control node that has been deposed can bring a token
/// back to life.
///
/// Holds themselves are not written down. A node that starts again has none, and their holders do
/// not know that; but each of them shows itself again within the time it was promised. So for the
/// longest time that was ever promised, which is written down before it is promised, the node
/// evicts and collects nothing of what was there when it started ([#grace]).
///
/// **Threading:** any thread. **Ownership:** the folder is lent.
public final class FenceKeeper {

  private final FenceFile file;

  // Replaced under this; whoever reads sees a state that is on the disk.
  private volatile FenceFile.State state;
  private final Duration grace;

  private FenceKeeper(FenceFile file, FenceFile.State state) {
    this.file = file;
    this.state = state;
    this.grace = Duration.ofMillis(state.ttlMillisMax());
  }

  /// @throws io.kogluktualuk.fabric.fault.Corruption when the file is damaged: then nobody knows
  ///     which tokens are dead
  public static FenceKeeper open(FenceFile file) {
    return new FenceKeeper(file, file.read());
  }

  /// How long after the start blobs may be held without the node's knowing it.
  public Duration grace() {
    return grace;
  }

  public Fences fences() {
    return state.fences();
  }

  /// Takes in what the control plane says.
  ///
  /// @return whether any token has died by it
  /// @throws io.kogluktualuk.fabric.fault.Unavailable when it cannot be written down; then it
  ///     is as if it had not been heard
  public synchronized boolean learn(Fences heard) {
    Fences before = state.fences();
    Fences joined = before.joinedWith(heard);
    boolean isNews = joined.floor() != before.floor() || !joined.revoked().equals(before.revoked());
    FenceFile.State next = new FenceFile.State(joined, state.ttlMillisMax());
    if (isNews) {
      file.write(next);
    }
    state = next;
    return isNews;
  }

  /// Notes that holds may last so long from now on.
  public void promise(Duration ttl) {
    if (ttl.toMillis() > state.ttlMillisMax()) {
      promiseLonger(ttl.toMillis());
    }
  }

  /// Whether [#promise] needs no file.
  public boolean isPromised(Duration ttl) {
    return ttl.toMillis() <= state.ttlMillisMax();
  }

  private synchronized void promiseLonger(long ttlMillis) {
    if (ttlMillis > state.ttlMillisMax()) {
      FenceFile.State next = new FenceFile.State(state.fences(), ttlMillis);
      file.write(next);
      state = next;
    }
  }

  /// @throws StaleLease when the token is dead
  public void check(LeaseProof proof) {
    Fences fences = state.fences();
    if (fences.isDead(proof.token())) {
      throw new StaleLease(
          "lease "
              + proof.id()
              + ": token "
              + proof.token()
              + " is dead; the least that lives is "
              + fences.floor());
    }
  }
}

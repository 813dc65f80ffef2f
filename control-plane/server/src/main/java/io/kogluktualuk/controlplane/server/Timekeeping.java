package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.controlplane.model.leases.LeasesCommand;
import io.kogluktualuk.controlplane.model.members.MembersCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Decides what time itself asks for: that lapsed leases end, that silent members are lost, and
/// that those heard again are back.
///
/// Whoever was asleep has heard nobody, so after a gap in its own ticks it gives everyone the
/// whole time again before it believes that they are silent.
///
/// **Threading:** one thread. **Bound:** [#PROPOSALS_MAX] proposals at a time; others come next.
public final class Timekeeping {

  static final int PROPOSALS_MAX = 100;

  /// The log's time is lost where nothing is proposed for 10 s; see `LogClock`.
  static final long STILL_MILLIS_MAX = 3000;

  private static final long GAP_MILLIS_MAX = 3000;

  private final long lostAfterMillis;
  private long elapsedMillis = -1;
  private long elapsedSeenNanos;
  private long tickNanos;
  private long awakeSinceNanos;

  /// @param lostAfter a member not heard for so long is lost
  public Timekeeping(Duration lostAfter, long nowNanos) {
    this.lostAfterMillis = lostAfter.toMillis();
    this.elapsedSeenNanos = nowNanos;
    this.tickNanos = nowNanos;
    this.awakeSinceNanos = nowNanos;
  }

  /// What to propose now.
  ///
  /// @param elapsed the log's time, as of its last entry
  /// @param nextExpiry when the next lease lapses, in the log's time; `Long.MAX_VALUE` for never
  public List<Proposal> due(long nowNanos, long elapsed, long nextExpiry, List<Member> members) {
    if (millis(nowNanos - tickNanos) > GAP_MILLIS_MAX) {
      awakeSinceNanos = nowNanos;
    }
    tickNanos = nowNanos;
    if (elapsed != elapsedMillis) {
      elapsedMillis = elapsed;
      elapsedSeenNanos = nowNanos;
    }
    List<Proposal> due = new ArrayList<>();
    long still = millis(nowNanos - elapsedSeenNanos);
    if (nextExpiry != Long.MAX_VALUE
        && (elapsed + still >= nextExpiry || still >= STILL_MILLIS_MAX)) {
      due.add(new LeasesCommand.Expire().toProposal());
    }
    for (Member member : members) {
      if (due.size() < PROPOSALS_MAX) {
        judge(member, nowNanos, due);
      }
    }
    return due;
  }

  /// Control nodes are judged by their own log.
  private void judge(Member member, long nowNanos, List<Proposal> due) {
    if (member.info().role() == Role.CONTROL) {
      return;
    }
    boolean isLost = member.state() == MemberState.LOST;
    if (isLost && !member.isSilent()) {
      due.add(new MembersCommand.Returned(member.info().id()).toProposal());
    } else if (!isLost
        && member.unheardMillis() > lostAfterMillis
        && millis(nowNanos - awakeSinceNanos) > lostAfterMillis) {
      due.add(new MembersCommand.MarkLost(member.info().id()).toProposal());
    }
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}

package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.memnode.credit.SpaceDoor;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the books of a node and those of the control plane together, turn by turn.
///
/// **Threading:** one thread at a time. **Bound:** three balances to ask for each account.
final class Settlement {

  private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);

  private final Treasury treasury;
  private final SpaceDoor door;

  /// Balances that have been asked for and not been answered.
  private final List<SpaceDoor.Need> open = new ArrayList<>();

  Settlement(Treasury treasury, SpaceDoor door) {
    this.treasury = treasury;
    this.door = door;
  }

  /// The node has become a member, perhaps again, and perhaps with nothing allotted to it: asks
  /// how all its accounts stand. Twice, because the answer to a call that was under way may be as
  /// old as the call.
  void onRegistered() {
    open.clear();
    open.addAll(door.former());
    open.addAll(door.former());
  }

  /// Asks for what is needed, and again for what was not answered, also when nobody needs it any
  /// more: it may have been done.
  void turn(long nowNanos) {
    open.removeIf(this::isSettled);
    for (SpaceDoor.Need need : door.needs(nowNanos)) {
      if (!isSettled(need) && !open.contains(need.forBalance())) {
        open.add(need.forBalance());
      }
    }
  }

  /// @return whether there is nothing to repeat
  private boolean isSettled(SpaceDoor.Need need) {
    try {
      treasury.settle(need, door);
      return true;
    } catch (FabricException e) {
      LOG.debug("account {}: {}", need.account(), e.getMessage());
      return e.category() != FabricException.Category.RETRY;
    }
  }
}

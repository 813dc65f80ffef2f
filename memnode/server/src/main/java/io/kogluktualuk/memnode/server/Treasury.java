package io.kogluktualuk.memnode.server;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.CreditBalance;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.api.ReturnCredits;
import io.kogluktualuk.controlplane.api.TakeCredits;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.memnode.credit.SpaceDoor;

/// Where a memory node gets its allotments of space credits from.
///
/// **Threading:** one thread at a time.
interface Treasury {

  /// Takes what an account needs, or gives back what it does not, and tells the door.
  void settle(SpaceDoor.Need need, SpaceDoor door);

  /// A node that belongs to no control plane: its accounts may have what its stores can keep.
  record Own() implements Treasury {

    private static final long UNLIMITED = CreditBalance.BYTES_MAX / 2;

    @Override
    public void settle(SpaceDoor.Need need, SpaceDoor door) {
      if (need.wanted() > 0) {
        door.allotted(need.number(), UNLIMITED, UNLIMITED, UNLIMITED);
      }
    }
  }

  /// The control plane. While it is away the node goes on with what it has.
  ///
  /// A control plane that does not know of credits yet, in the middle of an upgrade, refuses the
  /// call: then the node's own capacity is the limit, as before.
  record ControlPlane(ControlClient client, NodeId self, RequestIds requests) implements Treasury {

    @Override
    public void settle(SpaceDoor.Need need, SpaceDoor door) {
      try {
        CreditBalance balance = need.wanted() > 0 ? take(need) : giveBack(need, door);
        door.allotted(
            need.number(), balance.nodeBytes(), balance.limitBytes(), balance.allottedBytes());
      } catch (Refused _) {
        new Own().settle(need, door);
      }
    }

    private CreditBalance take(SpaceDoor.Need need) {
      return client
          .takeCredits(
              new TakeCredits(requests.next(), need.account(), self, need.wanted(), need.least()))
          .balance();
    }

    /// The door must not lend what is on its way back.
    private CreditBalance giveBack(SpaceDoor.Need need, SpaceDoor door) {
      door.givingBack(need.number(), need.surplus());
      return client.returnCredits(
          new ReturnCredits(requests.next(), need.account(), self, need.surplus()));
    }
  }
}

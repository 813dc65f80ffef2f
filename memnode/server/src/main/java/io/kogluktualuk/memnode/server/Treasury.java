package io.kogluktualuk.memnode.server;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.CreditBalance;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.api.ReturnCredits;
import io.kogluktualuk.controlplane.api.TakeCredits;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.memnode.credit.SpaceDoor;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

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
  /// call: then the node's own capacity is the limit, as before. A call whose answer was lost may
  /// still be carried out later. So it is asked again, by the same name, before anything else is
  /// asked for the account: the balance that is believed is always that after the last call.
  final class ControlPlane implements Treasury {

    private final ControlClient client;
    private final NodeId self;
    private final RequestIds requests;

    /// By account: what has been asked and not been answered.
    private final Map<Integer, Supplier<CreditBalance>> open = new HashMap<>();

    ControlPlane(ControlClient client, NodeId self, RequestIds requests) {
      this.client = client;
      this.self = self;
      this.requests = requests;
    }

    @Override
    public void settle(SpaceDoor.Need need, SpaceDoor door) {
      Supplier<CreditBalance> call =
          open.computeIfAbsent(
              need.number(), _ -> need.wanted() > 0 ? take(need) : giveBack(need, door));
      try {
        CreditBalance balance = call.get();
        open.remove(need.number());
        door.allotted(
            need.number(), balance.nodeBytes(), balance.limitBytes(), balance.allottedBytes());
      } catch (Refused _) {
        open.remove(need.number());
        new Own().settle(need, door);
      } catch (OutOfCredits | Conflict | NotFound | InvalidArgument e) {
        open.remove(need.number());
        throw e;
      }
    }

    private Supplier<CreditBalance> take(SpaceDoor.Need need) {
      TakeCredits ask =
          new TakeCredits(requests.next(), need.account(), self, need.wanted(), need.least());
      return () -> client.takeCredits(ask).balance();
    }

    /// The door must not lend what is on its way back.
    private Supplier<CreditBalance> giveBack(SpaceDoor.Need need, SpaceDoor door) {
      door.givingBack(need.number(), need.surplus());
      ReturnCredits ask = new ReturnCredits(requests.next(), need.account(), self, need.surplus());
      return () -> client.returnCredits(ask);
    }
  }
}

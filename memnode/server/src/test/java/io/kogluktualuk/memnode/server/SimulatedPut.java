package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.memnode.api.CopyAge;
import io.kogluktualuk.memnode.api.LeaseTerms;
import io.kogluktualuk.memnode.api.Reservation;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.Retention;
import io.kogluktualuk.memnode.api.SealRequest;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.SessionId;
import io.kogluktualuk.memnode.api.SpaceTerms;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.store.MemoryStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The way of one blob to one node: reserve, write, seal.
///
/// **Threading:** one thread.
///
/// @param from who puts it
/// @param to the node's id
/// @param age of what it is a copy of; null when it is none
record SimulatedPut(
    SimulatedFabric fabric,
    String from,
    String to,
    SpaceTerms space,
    Blob blob,
    Retention retention,
    boolean isDurable,
    @Nullable LeaseTerms lease,
    @Nullable CopyAge age) {

  private SessionId session() {
    return new SessionId(1, from.hashCode());
  }

  /// @return when it is there; otherwise it throws
  void run() {
    MemoryStore.Reserved reserved = fabric.call(from, to, this::reserve);
    switch (reserved.items().getFirst()) {
      case Reservation.Granted() -> fabric.call(from, to, node -> seal(node, reserved));
      case Reservation.Present _ -> fabric.call(from, to, this::present);
      case Reservation.Later() -> throw new Unavailable("later");
      case Reservation.Refusal _ -> throw new OutOfSpace(reserved.failure());
    }
  }

  private MemoryStore.Reserved reserve(SimulatedMemoryNode node) {
    node.disk().renewSlots();
    MemoryStore.Reserved reserved =
        node.process()
            .keeping
            .reserve(
                new ReserveRequest(
                    Tenant.DEFAULT,
                    session(),
                    space,
                    lease,
                    age,
                    List.of(new ReserveRequest.Item(blob.hash(), blob.length(), retention))));
    if (lease != null) {
      fabric.truth().accepted(node, lease.proof());
    }
    if (reserved.items().getFirst() instanceof Reservation.Present) {
      kept(node);
    }
    MemoryStore.Lent window = reserved.window();
    if (window != null) {
      node.disk().write(window.slot(), blob);
    }
    return reserved;
  }

  private SealResponse seal(SimulatedMemoryNode node, MemoryStore.Reserved reserved) {
    MemoryStore.Lent window = reserved.window();
    if (window == null) {
      throw new IllegalStateException("granted without a window");
    }
    SealResponse response =
        node.process()
            .keeping
            .seal(new SealRequest(Tenant.DEFAULT, session(), window.id(), isDurable));
    if (!response.failure().isEmpty()) {
      throw new Unavailable(response.failure());
    }
    kept(node);
    stored(node);
    return response;
  }

  private Reservation present(SimulatedMemoryNode node) {
    if (node.disk().read(blob.hash()) == null) {
      throw new Unavailable("it has gone");
    }
    if (isDurable) {
      node.process().store.sync();
    }
    stored(node);
    return new Reservation.Granted();
  }

  private void kept(SimulatedMemoryNode node) {
    if (retention instanceof Retention.Source && age == null) {
      fabric.truth().kept(node, blob.hash());
    }
  }

  private void stored(SimulatedMemoryNode node) {
    if (retention instanceof Retention.Source) {
      fabric.truth().stored(node, blob, isDurable);
    }
  }

  /// @return whether it went through
  boolean tryRun() {
    try {
      run();
      return true;
    } catch (FabricException e) {
      return false;
    }
  }
}

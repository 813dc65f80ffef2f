package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.Maybe;
import io.kogluktualuk.controlplane.api.RequestId;
import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.api.Roots;
import io.kogluktualuk.controlplane.api.SetRoot;
import io.kogluktualuk.controlplane.model.ControlMachine;
import io.kogluktualuk.controlplane.model.pins.PinsTable;
import io.kogluktualuk.controlplane.model.roots.RootsCommand;
import io.kogluktualuk.controlplane.model.roots.RootsTable;
import io.kogluktualuk.fabric.rpc.Caller;
import io.kogluktualuk.fabric.rpc.MethodTable;
import java.util.List;

/// The calls about roots and the generation of what they pin.
///
/// **Threading:** any thread.
final class RootCalls {

  private final MainLog main;
  private final ControlMachine machine;

  RootCalls(MainLog main, ControlMachine machine) {
    this.main = main;
    this.machine = machine;
  }

  void addTo(MethodTable methods) {
    methods
        .onFrom(ControlMethods.SET_ROOT, this::set)
        .on(ControlMethods.ROOT, this::root)
        .on(ControlMethods.ROOTS, this::roots)
        .onFrom(ControlMethods.ADVANCE_PINS, this::advance)
        .on(ControlMethods.PIN_GENERATION, _ -> main.read(() -> machine.pins().generation()));
  }

  private Long set(Caller caller, SetRoot ask) {
    RootsCommand command = new RootsCommand(ask.name(), ask.expectedRevision(), ask.ref());
    return RootsTable.readReply(main.propose(caller, ask.request(), command.toProposal()));
  }

  private Maybe<Root> root(RootName name) {
    return main.read(() -> new Maybe<>(machine.roots().find(name)));
  }

  private Roots roots(Maybe<RootName> after) {
    return main.read(
        () -> {
          List<Root> page = machine.roots().page(after.value(), Roots.PAGE_MAX + 1);
          return new Roots(
              page.stream().limit(Roots.PAGE_MAX).toList(), page.size() > Roots.PAGE_MAX);
        });
  }

  private Long advance(Caller caller, RequestId request) {
    byte[] reply = main.propose(caller, request, new PinsTable.Advance().toProposal());
    return PinsTable.readReply(reply);
  }
}

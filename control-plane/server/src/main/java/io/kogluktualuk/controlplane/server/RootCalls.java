package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.AwaitRoot;
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
import java.time.Duration;
import java.util.List;

/// The calls about roots and the generation of what they pin.
///
/// **Threading:** any thread.
final class RootCalls implements AutoCloseable {

  private final MainLog main;
  private final ControlMachine machine;
  private final RootWaiters waiters = new RootWaiters();

  RootCalls(MainLog main, ControlMachine machine) {
    this.main = main;
    this.machine = machine;
    machine.roots().tell(waiters::changed);
  }

  void addTo(MethodTable methods) {
    methods
        .onFrom(ControlMethods.SET_ROOT, this::set)
        .on(ControlMethods.ROOT, this::root)
        .on(ControlMethods.ROOTS, this::roots)
        .on(ControlMethods.AWAIT_ROOT, this::await)
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

  /// Answers at once when too many wait: the asker then takes its time before it asks again.
  private Maybe<Root> await(AwaitRoot ask) {
    try (RootWaiters.Waiter waiter = waiters.wait(ask.name())) {
      Maybe<Root> before = root(ask.name());
      if (waiter == null || revision(before) != ask.seenRevision()) {
        return before;
      }
      waiter.await(Duration.ofMillis(ask.patienceMillis()));
    }
    return root(ask.name());
  }

  private static long revision(Maybe<Root> found) {
    Root root = found.value();
    return root == null ? 0 : root.revision();
  }

  /// Has everybody who waits answered.
  @Override
  public void close() {
    waiters.close();
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

package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.LinearMemory;
import io.kogluktualuk.computenode.vm.module.ModuleShape;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Instances that may import from each other whatever they export: functions, memories, tables,
/// globals. A write in one is seen in all; a function may be called through any table.
///
/// They have one fuel and one call depth: a call across instances costs what any call costs. All
/// run in one [Engine].
///
/// Programs of the fabric are no members of groups: see [CompiledModule#link].
///
/// **Threading:** one thread at a time. **Bound:** each memory has the limit's size at most; a
/// group holds all its members.
///
/// @param <C> what the host functions receive
public final class InstanceGroup<C> {

  private final HostImports<C> host;
  private final C context;
  private final Limits limits;
  private final Meter meter;
  private final ReferenceCells cells;
  private final ReferenceFunctions functions = new ReferenceFunctions();
  private final Map<String, Member> registered = new HashMap<>();
  private final Map<HostImports.Name, Extern.Shared> hostShared = new HashMap<>();
  private @Nullable Class<?> engine;

  private InstanceGroup(HostImports<C> host, C context, Limits limits) {
    this.host = host;
    this.context = context;
    this.limits = limits;
    this.meter = new Meter(limits.fuel());
    this.cells = new ReferenceCells(meter);
  }

  public static <C> InstanceGroup<C> of(HostImports<C> host, C context, Limits limits) {
    return new InstanceGroup<>(host, context, limits);
  }

  ReferenceCells cells() {
    return cells;
  }

  ReferenceFunctions functions() {
    return functions;
  }

  Meter meter() {
    return meter;
  }

  Limits limits() {
    return limits;
  }

  /// Offers what a member exports, under a name, to the members to come.
  public void register(String name, Member member) {
    registered.put(name, member);
  }

  /// Makes an instance: finds its imports, fills its tables and memory, runs its start function.
  ///
  /// @throws InvalidArgument naming the first import that is not offered, or is not as wanted
  /// @throws GuestTrap when it traps; what it has written to parts of others stays
  public Member instantiate(CompiledModule module) {
    requireEngine(module);
    List<Extern.Function> wanted = new ArrayList<>();
    for (ModuleShape.Import each : module.shape().imports()) {
      wanted.add(Matching.function(each, find(each.module(), each.name())));
    }
    List<Extern.Shared> shared = new ArrayList<>();
    for (ModuleShape.SharedImport each : module.shape().shared()) {
      shared.add(Matching.shared(each, find(each.module(), each.name())));
    }
    int pages = pages(module.shape().memory(), shared);
    EngineGuest guest = module.code().join(Imported.of(wanted, shared), context, pages, this);
    Member member = new Member(this, module.code().module(), guest);
    member.begin();
    return member;
  }

  private void requireEngine(CompiledModule module) {
    if (engine == null) {
      engine = module.code().getClass();
    } else if (engine != module.code().getClass()) {
      throw new InvalidArgument("instances of one group run in one engine");
    }
  }

  /// How far its memory may grow, when it is its own.
  private int pages(ModuleShape.MemoryBounds bounds, List<Extern.Shared> shared) {
    int most = Math.min(pagesMax(), bounds.maximumPages());
    boolean own = shared.stream().noneMatch(each -> each instanceof Extern.OfMemory);
    if (own && bounds.initialPages() > most) {
      throw new GuestTrap(
          TrapKind.OUT_OF_MEMORY,
          "initial memory of " + bounds.initialPages() + " pages exceeds " + most + " pages");
    }
    return most;
  }

  private int pagesMax() {
    return (int) (limits.memoryBytes() / LinearMemory.PAGE);
  }

  private @Nullable Extern find(String module, String name) {
    Member member = registered.get(module);
    if (member != null) {
      return member.exported(name);
    }
    HostImports.Entry<C> function = host.find(module, name).orElse(null);
    if (function != null) {
      return new Extern.OfHost(function.signature(), function.function());
    }
    HostImports.Name key = new HostImports.Name(module, name);
    HostImports.SharedEntry declared = host.findShared(key);
    return declared == null
        ? null
        : hostShared.computeIfAbsent(key, _ -> declared.create(pagesMax()));
  }

  /// Fuel used by all members.
  public long fuelUsed() {
    return meter.used(cells);
  }
}

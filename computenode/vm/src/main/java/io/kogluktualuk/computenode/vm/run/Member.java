package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.Export;
import org.jspecify.annotations.Nullable;

/// An instance in an [InstanceGroup].
///
/// **Threading:** as its group.
public final class Member {

  private final InstanceGroup<?> group;
  private final DecodedModule module;
  private final EngineGuest guest;

  Member(InstanceGroup<?> group, DecodedModule module, EngineGuest guest) {
    this.group = group;
    this.module = module;
    this.guest = guest;
  }

  InstanceGroup<?> group() {
    return group;
  }

  DecodedModule module() {
    return module;
  }

  EngineGuest guest() {
    return guest;
  }

  void begin() {
    try {
      guest.instantiate(group.limits().callDepth());
    } finally {
      group.meter().giveBack(guest.cell());
    }
  }

  /// What is exported by a name, or null.
  @Nullable Extern exported(String name) {
    for (Export each : module.exports()) {
      if (each.name().equals(name)) {
        return guest.exported(each);
      }
    }
    return null;
  }

  /// Calls an exported function that takes and returns nothing.
  ///
  /// @throws GuestTrap when it traps
  public void call(String export) {
    try {
      guest.call(export, group.limits().callDepth());
      long _ = group.meter().settle(guest.cell());
    } finally {
      group.meter().giveBack(guest.cell());
    }
  }

  /// Its memory, or one of no size.
  public GuestMemory memory() {
    return guest.memory();
  }
}

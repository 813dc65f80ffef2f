package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.LinearMemory;
import io.kogluktualuk.computenode.vm.machine.SharedGlobal;
import io.kogluktualuk.computenode.vm.machine.Table;
import io.kogluktualuk.computenode.vm.module.SharedType;
import io.kogluktualuk.computenode.vm.module.Signature;

/// What an instance may be given for one of its imports: something of the host, or of another
/// instance of its [InstanceGroup].
///
/// **Threading:** the guest's thread.
sealed interface Extern {

  /// A function.
  sealed interface Function extends Extern {
    Signature signature();
  }

  /// A function of the host.
  ///
  /// @param function a [HostFunction] of the group's context
  record OfHost(Signature signature, HostFunction<?> function) implements Function {}

  /// A function of another instance.
  ///
  /// @param reference as the engine knows it
  record OfInstance(Signature signature, Object reference) implements Function {}

  /// What is not a function.
  sealed interface Shared extends Extern {
    SharedType type();

    /// Elements of a table or pages of a memory now.
    long size();
  }

  record OfMemory(SharedType type, LinearMemory memory) implements Shared {
    @Override
    public long size() {
      return memory.pages();
    }
  }

  record OfTable(SharedType type, Table table) implements Shared {
    @Override
    public long size() {
      return table.size();
    }
  }

  record OfGlobal(SharedType type, SharedGlobal global) implements Shared {
    @Override
    public long size() {
      return 0;
    }
  }
}

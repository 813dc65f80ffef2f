package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Where machines find the code that others have compiled, and leave theirs.
///
/// What is found is looked at before it is loaded, but not proven to be right: see
/// [io.kogluktualuk.computenode.vm.gate.CodeGate].
///
/// **Threading:** any thread. **Errors:** none are thrown: without an answer a module is compiled.
public interface SharedCode {

  /// Nothing is shared.
  SharedCode NONE =
      new SharedCode() {
        @Override
        public byte @Nullable [] find(Hash module, long bytesMax) {
          return null;
        }

        @Override
        public void offer(Hash module, long nanos, Supplier<byte[]> code) {}

        @Override
        public void refused(Hash module, FabricException reason) {}
      };

  /// What others have compiled a module to, or null. May block while it is fetched.
  ///
  /// @param bytesMax longer code is not wanted
  byte @Nullable [] find(Hash module, long bytesMax);

  /// Code that this machine has compiled. Returns at once.
  ///
  /// @param nanos how long that took
  /// @param code its bytes; called later, or never
  void offer(Hash module, long nanos, Supplier<byte[]> code);

  /// What was found is not used.
  void refused(Hash module, FabricException reason);
}

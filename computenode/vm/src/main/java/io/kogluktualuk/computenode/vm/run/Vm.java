package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.meter.Metering;
import io.kogluktualuk.fabric.hash.Hash;

/// A virtual machine for WebAssembly: compiles modules once, runs them many times, all at once.
///
/// Accepted is WebAssembly 2.0, with imports of functions only. What a
/// guest computes, the fuel it uses and the trap it ends with are functions of the module, the
/// results of host functions and the [Limits]: equal on every host, in every run and in every
/// [Engine]. For that the machine counts instructions and call depth in the guest's own code and
/// makes the bits of every computed NaN canonical; see `Metering`.
///
/// **Threading:** all methods may be called from any thread.
/// **Bound:** the cache of compiled modules holds [VmSettings#cachedBytesMax]; a module that is
/// evicted goes on working for whoever holds it.
public final class Vm implements AutoCloseable {

  /// What guests may observe of this machine, as a number that changes with it.
  public static final int SEMANTICS_VERSION = Metering.SEMANTICS_VERSION;

  private final VmSettings settings;
  private final ModuleCache cache;

  private Vm(VmSettings settings) {
    this.settings = settings;
    this.cache = new ModuleCache(settings.cachedBytesMax().bytes());
  }

  public static Vm open(VmSettings settings) {
    return new Vm(settings);
  }

  /// The compiled form of a binary module, from the cache when it is there.
  ///
  /// Threads that ask for the same module at once wait for one compilation.
  ///
  /// @throws io.kogluktualuk.fabric.fault.MalformedEncoding when the bytes are not a valid module;
  ///     names the offset where that is known
  /// @throws io.kogluktualuk.fabric.fault.InvalidArgument when the module is valid but larger than
  ///     allowed or uses a feature that is not offered; names it
  public CompiledModule compile(byte[] wasm) {
    return compile(Hash.of(wasm), wasm);
  }

  /// The same, for a caller who has verified the hash already.
  public CompiledModule compile(Hash hash, byte[] wasm) {
    return cache.get(hash, wasm.length, () -> Modules.compile(hash, wasm, settings));
  }

  @Override
  public void close() {
    cache.close();
  }
}

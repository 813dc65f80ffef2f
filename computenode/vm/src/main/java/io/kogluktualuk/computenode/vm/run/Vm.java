package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.compile.ModuleCompiler;
import io.kogluktualuk.computenode.vm.meter.Metering;
import io.kogluktualuk.fabric.hash.Hash;

/// A virtual machine for WebAssembly: compiles modules once, runs them many times, all at once.
///
/// Accepted is WebAssembly 2.0; programs import functions only, [InstanceGroup]s may share more.
/// What a guest computes, the fuel it uses and the trap it ends with are functions of the module,
/// the results of host functions and the [Limits]: equal on every host, in every run and in every
/// [Engine]. For that the machine counts instructions and call depth in the guest's own code and
/// makes the bits of every computed NaN canonical; see `Metering`.
///
/// **Threading:** all methods may be called from any thread.
/// **Bound:** the cache of compiled modules holds [VmSettings#cachedBytesMax]; a module that is
/// evicted goes on working for whoever holds it. Memories that wait for their next guest take
/// [VmSettings#pooledBytesMax] and are [VmSettings#pooledInstancesMax].
public final class Vm implements AutoCloseable {

  /// What guests may observe of this machine, as a number that changes with it.
  public static final int SEMANTICS_VERSION = Metering.SEMANTICS_VERSION;

  private final CodeSupply supply;
  private final ModuleCache cache;
  private final InstancePool pool;

  private Vm(VmSettings settings) {
    this.supply = new CodeSupply(settings);
    this.cache = new ModuleCache(settings.cachedBytesMax().bytes());
    this.pool = new InstancePool(settings.pooledBytesMax(), settings.pooledInstancesMax());
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

  /// Names what turns modules into classes: who has the same compiler writes the same bytes. The
  /// JDK's version is in it, since class files are written by its library.
  public static String compiler() {
    return SEMANTICS_VERSION + "-" + ModuleCompiler.VERSION + "-" + Runtime.version();
  }

  /// The same, for a caller who has verified the hash already.
  public CompiledModule compile(Hash hash, byte[] wasm) {
    return compile(hash, wasm, SharedCode.NONE);
  }

  /// The same, from others when they have compiled it before.
  ///
  /// @param others asked by the first thread that needs the module, and told what it made
  public CompiledModule compile(Hash hash, byte[] wasm, SharedCode others) {
    return cache.get(hash, wasm.length, () -> supply.get(hash, wasm, others).pooled(pool));
  }

  /// Where its modules came from.
  public CodeOrigins origins() {
    return supply.origins();
  }

  /// What the pool of instances has done and holds.
  public PoolFigures pool() {
    return pool.figures();
  }

  @Override
  public void close() {
    cache.close();
    pool.close();
  }
}

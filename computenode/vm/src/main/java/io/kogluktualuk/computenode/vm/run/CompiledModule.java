package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.module.ModuleShape;
import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A module ready to run, not yet bound to host functions.
///
/// **Threading:** any thread.
public final class CompiledModule {

  private final Hash hash;
  private final ModuleShape shape;
  private final EngineCode code;
  private final InstancePool pool;
  // The last link: nearly always one set of imports serves a whole process. A race links twice.
  private volatile @Nullable Program<?> lastLinked;

  CompiledModule(Hash hash, ModuleShape shape, EngineCode code) {
    this(hash, shape, code, InstancePool.none());
  }

  private CompiledModule(Hash hash, ModuleShape shape, EngineCode code, InstancePool pool) {
    this.hash = hash;
    this.shape = shape;
    this.code = code;
    this.pool = pool;
  }

  public Hash hash() {
    return hash;
  }

  /// What the module imports, exports and declares.
  public ModuleShape shape() {
    return shape;
  }

  EngineCode code() {
    return code;
  }

  /// The same, with instances from a pool.
  CompiledModule pooled(InstancePool from) {
    return new CompiledModule(hash, shape, code, from);
  }

  /// Where its instances come from.
  InstancePool pool() {
    return pool;
  }

  /// Binds every import to a function of the host.
  ///
  /// This is where programs are refused that want to share more: what a memory, table or global
  /// of somebody else holds would be an input of the run that nobody names, and a way out of it.
  ///
  /// @throws InvalidArgument naming the first import that is not offered, is no function, or has
  ///     another signature
  @SuppressWarnings("unchecked") // A program was linked with these very imports, so C is the same.
  public <C> Program<C> link(HostImports<C> imports) {
    Program<?> last = lastLinked;
    if (last != null && last.imports() == imports) {
      return (Program<C>) last;
    }
    requireFunctionsOnly();
    List<HostFunction<C>> functions = new ArrayList<>();
    for (ModuleShape.Import wanted : shape.imports()) {
      functions.add(find(imports, wanted));
    }
    Program<C> program = new Program<>(this, imports, functions);
    lastLinked = program;
    return program;
  }

  private void requireFunctionsOnly() {
    for (ModuleShape.SharedImport wanted : shape.shared()) {
      throw new InvalidArgument(
          "the module imports the "
              + wanted.type().kind()
              + " "
              + wanted
              + "; a program may import nothing but functions of its host, since whatever else it"
              + " shared would be no input of its run");
    }
  }

  private static <C> HostFunction<C> find(HostImports<C> imports, ModuleShape.Import wanted) {
    HostImports.Entry<C> found =
        imports
            .find(wanted.module(), wanted.name())
            .orElseThrow(
                () ->
                    new InvalidArgument(
                        "the module imports the function "
                            + wanted
                            + ", which is not offered here"));
    Signature offered = found.signature();
    if (!offered.equals(wanted.signature())) {
      throw new InvalidArgument(
          "the module imports the function "
              + wanted
              + "; expected the signature "
              + offered
              + ", found "
              + wanted.signature());
    }
    return found.function();
  }
}

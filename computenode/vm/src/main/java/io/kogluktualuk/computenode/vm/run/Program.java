package io.kogluktualuk.computenode.vm.run;

import java.util.List;

/// A module bound to the functions of a host.
///
/// **Threading:** any thread.
///
/// @param <C> what the host functions receive of each execution
public final class Program<C> {

  private final CompiledModule module;
  private final HostImports<C> imports;
  private final List<HostFunction<C>> functions;

  Program(CompiledModule module, HostImports<C> imports, List<HostFunction<C>> functions) {
    this.module = module;
    this.imports = imports;
    this.functions = List.copyOf(functions);
  }

  public CompiledModule module() {
    return module;
  }

  HostImports<C> imports() {
    return imports;
  }

  List<HostFunction<C>> functions() {
    return functions;
  }

  /// An execution that has not begun; cheap, and allocates no guest memory yet.
  public Execution<C> prepare(C context, Limits limits) {
    return new Execution<>(this, context, limits);
  }
}

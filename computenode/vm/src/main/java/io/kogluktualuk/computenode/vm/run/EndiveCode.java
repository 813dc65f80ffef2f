package io.kogluktualuk.computenode.vm.run;

import java.util.function.Function;
import run.endive.runtime.Instance;
import run.endive.runtime.Machine;
import run.endive.wasm.WasmModule;

/// A metered module and the classes compiled from it.
///
/// @param module the metered module as the engine has parsed it
/// @param machines makes the compiled code of one instance
/// @param globals how many globals the module had before metering added its own
record EndiveCode(WasmModule module, Function<Instance, Machine> machines, int globals) {}

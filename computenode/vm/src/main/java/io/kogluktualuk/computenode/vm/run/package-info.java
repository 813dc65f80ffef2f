/// The virtual machine as the compute node sees it: compile a module, link it to host functions,
/// run it within limits, cancel it.
///
/// No type of the engine underneath appears here. Touches the other rooms of `vm` and
/// `fabric.fault`; never the host's clock, files or network.
@NullMarked
package io.kogluktualuk.computenode.vm.run;

import org.jspecify.annotations.NullMarked;

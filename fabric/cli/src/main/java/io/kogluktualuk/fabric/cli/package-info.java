/// The command line: arguments, exit codes and the shape of the output.
///
/// Decides nothing: what a command does is in `fabric.client` and `fabric.node`. One class for each
/// command.
@NullMarked
package io.kogluktualuk.fabric.cli;

import org.jspecify.annotations.NullMarked;

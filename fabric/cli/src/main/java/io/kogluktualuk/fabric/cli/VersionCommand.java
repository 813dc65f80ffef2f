package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kog version`.
///
/// **Threading:** one thread.
@Command(
    name = "version",
    description = "Print the version of kog, of the VM's semantics and of the JVM.",
    footer = {"", "Example:", "  kog version --json"})
final class VersionCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  VersionCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    String version = versionOf(VersionCommand.class.getPackage());
    String java = Runtime.version().toString();
    options.print(
        "kog %s (VM semantics %d, Java %s)".formatted(version, Transaction.VM_VERSION, java),
        new Json().with("version", version).with("vm", Transaction.VM_VERSION).with("java", java));
    return ExitCode.OK.code();
  }

  private static String versionOf(Package ours) {
    String version = ours.getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }
}

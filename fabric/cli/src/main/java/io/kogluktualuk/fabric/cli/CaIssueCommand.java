package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.fabric.trust.Authority;
import io.kogluktualuk.fabric.trust.Issued;
import io.kogluktualuk.fabric.trust.Subject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kog ca issue`.
///
/// **Threading:** one thread.
@Command(
    name = "issue",
    description = {
      "Certify a node or a client. Writes key.pem (mode 0600), certificate.pem and trust.pem; files"
          + " that are there are replaced, and a running process that uses them follows.",
      "A server is certified for the hosts under which it is called, a client for the tenants it"
          + " may touch and the accounts that pay for what it puts."
    },
    footer = {
      "",
      "Example:",
      "  kog ca issue --ca north-ca --role memory --name memory-1 \\",
      "      --host 10.0.0.5 --to memory-1",
      "  kog ca issue --ca north-ca --role client --name trader \\",
      "      --tenant trades --to trader",
      "  kog ca issue --ca north-ca --role client --name ops --admin --to ops"
    })
final class CaIssueCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Option(
      names = "--ca",
      paramLabel = "DIR",
      required = true,
      description = "The authority's folder.")
  private Path authority = Path.of("");

  @Option(
      names = "--role",
      required = true,
      paramLabel = "ROLE",
      description = "What it is: control, memory, compute or client.")
  private String role = "";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      required = true,
      description = "What it is called: 1 to 64 of a-z, 0-9, '.', '_', '-'.")
  private String name = "";

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "A DNS name or IP address of a server; repeat it for more.")
  private List<String> hosts = List.of();

  @Option(names = "--admin", description = "The client may administer the cluster.")
  private boolean isAdmin;

  @Option(names = "--days", paramLabel = "N", description = "How long it is valid. Default: 90.")
  private long days = Authority.PEER_VALIDITY.toDays();

  @Option(
      names = "--request",
      paramLabel = "FILE",
      description = "A PKCS#10 request, PEM, when the holder made its own key.")
  private @Nullable Path request;

  @Option(names = "--to", paramLabel = "DIR", required = true, description = "Where to write.")
  private Path to = Path.of("");

  CaIssueCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    Path folder = options.terminal().folder().resolve(to);
    Authority issuer = Authority.open(options.terminal().folder().resolve(authority));
    Subject subject =
        new Subject(
            new PeerName(
                issuer.cluster(),
                PeerName.Role.parse(role),
                name,
                Set.copyOf(options.tenants()),
                Set.copyOf(options.accounts()),
                isAdmin),
            hosts);
    Issued issued = issue(issuer, subject);
    issued.writeTo(folder);
    options.print(
        "%s certified until %s in %s"
            .formatted(subject.peer(), issued.certificate().getNotAfter().toInstant(), folder),
        CaView.of(subject, issued.certificate()).with("folder", folder.toString()));
    return ExitCode.OK.code();
  }

  private Issued issue(Authority issuer, Subject subject) {
    if (days < 1 || days > Authority.PEER_VALIDITY_MAX.toDays()) {
      throw new InvalidArgument(
          "--days must be 1 to " + Authority.PEER_VALIDITY_MAX.toDays() + ", is " + days);
    }
    Duration validity = Duration.ofDays(days);
    return request == null
        ? issuer.issue(subject, validity)
        : issuer.issue(subject, validity, options.terminal().folder().resolve(request));
  }
}

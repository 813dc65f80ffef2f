package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.ClusterFile;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.memnode.api.Tenant;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// What every command understands.
///
/// **Threading:** filled by picocli, then read by one thread.
final class CommonOptions {

  private final Terminal terminal;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      description =
          "The state folder of the cluster. Default: KOG_HOME, or kogluktualuk under XDG_DATA_HOME,"
              + " or ~/.local/share/kogluktualuk.")
  private @Nullable Path home;

  @Option(
      names = "--control",
      paramLabel = "HOST:PORT",
      description =
          "Where control nodes answer, with commas between several; default: what the state folder"
              + " says.")
  private @Nullable String control;

  @Option(
      names = "--verbs",
      paramLabel = "PROVIDER",
      description =
          "How bytes move: native (an RDMA device), shared (memory, one host only), tcp, or auto:"
              + " the first of these that can be had. Default: KOG_VERBS, or auto.")
  private @Nullable String verbs;

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      description =
          "Whose content is meant. Default: KOG_TENANT, or 'default'. A certificate may be for"
              + " several; repeat it.")
  private List<String> tenants = List.of();

  @Option(
      names = "--account",
      paramLabel = "NAME",
      description =
          "Who pays for what is put and kept from being evicted. Default: KOG_ACCOUNT, or"
              + " 'default'. A certificate may be for several; repeat it.")
  private List<String> accounts = List.of();

  @Option(
      names = "--identity",
      paramLabel = "DIR",
      description =
          "With what to prove who is asking: a folder as 'kog ca issue' writes it. Default:"
              + " KOG_IDENTITY, or what the state folder says. Needed where the cluster has TLS.")
  private @Nullable String identity;

  @Option(names = "--json", description = "Print one JSON object instead of text; errors too.")
  private boolean json;

  @Option(names = "--verbose", description = "Show stack traces and the log on standard error.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  CommonOptions(Terminal terminal) {
    this.terminal = terminal;
  }

  /// Those of a command; null when it has none.
  static @Nullable CommonOptions of(CommandSpec command) {
    CommandSpec mixin = command.mixins().get("options");
    return mixin != null && mixin.userObject() instanceof CommonOptions options ? options : null;
  }

  /// What was said before this command's name holds, unless it is said again after it.
  void inherit(CommonOptions outer) {
    home = home == null ? outer.home : home;
    control = control == null ? outer.control : control;
    verbs = verbs == null ? outer.verbs : verbs;
    tenants = tenants.isEmpty() ? outer.tenants : tenants;
    accounts = accounts.isEmpty() ? outer.accounts : accounts;
    identity = identity == null ? outer.identity : identity;
    json |= outer.json;
    verbose |= outer.verbose;
  }

  Terminal terminal() {
    return terminal;
  }

  boolean isJson() {
    return json;
  }

  boolean isVerbose() {
    return verbose;
  }

  Path home() {
    return home == null
        ? StateFolder.standard(terminal.environment())
        : terminal.folder().resolve(home);
  }

  /// What `--control` says; null when it is not there.
  @Nullable String control() {
    return control;
  }

  /// Which provider of verbs is asked for: `auto`, `native`, `shared` or `tcp`.
  ///
  /// @throws InvalidArgument when it is none of them
  String verbs() {
    return VerbsChoice.of(verbs, terminal.environment());
  }

  /// Tells this process which provider to use; has to come before the first connection.
  void chooseVerbs() {
    VerbsChoice.install(verbs());
  }

  /// The tenants as they were given; most commands take one at most.
  List<String> tenants() {
    return tenants;
  }

  /// The accounts as they were given; most commands take one at most.
  List<String> accounts() {
    return accounts;
  }

  /// @throws InvalidArgument when it cannot be a tenant's name, or there are several
  private Tenant tenant() {
    return new Tenant(one("--tenant", tenants, "KOG_TENANT", Tenant.DEFAULT.name()));
  }

  /// @throws InvalidArgument when it cannot be an account's name, or there are several
  private Account account() {
    return new Account(one("--account", accounts, "KOG_ACCOUNT", Account.DEFAULT.name()));
  }

  private String one(String option, List<String> given, String variable, String otherwise) {
    if (given.size() > 1) {
      throw new InvalidArgument(option + " was given " + given.size() + " times, expected once");
    }
    return given.isEmpty()
        ? terminal.environment().getOrDefault(variable, otherwise)
        : given.getFirst();
  }

  /// Connects to the running cluster.
  Fabric connect() {
    Logs.ofClient(verbose);
    chooseVerbs();
    ClientSettings settings = ClientSettings.DEFAULT.withTenant(tenant()).withAccount(account());
    if (control != null) {
      return Fabric.connect(ClusterFile.parseAddresses(control), secured(settings, null));
    }
    return Fabric.connect(home(), secured(settings, ClusterFile.read(home()).identity()));
  }

  private ClientSettings secured(ClientSettings settings, @Nullable Path found) {
    String own = terminal.environment().getOrDefault("KOG_IDENTITY", "");
    String asked = identity == null ? own : identity;
    Path folder = asked.isEmpty() ? found : terminal.folder().resolve(asked);
    return settings.withIdentity(folder);
  }

  /// Tells people how far a command is; the result alone is for machines.
  void tell(String line) {
    if (!json) {
      terminal.err().println(line);
    }
  }

  /// Prints the result of a command: text for people, or the same as JSON.
  void print(String text, Json asJson) {
    String shown = json ? asJson.toString() : text;
    if (!shown.isEmpty()) {
      terminal.line(shown);
    }
  }
}

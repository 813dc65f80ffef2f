package io.kogluktualuk.fabric.systemtests;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A network namespace for each node, joined to a bridge in the test's own: addresses 10.231.X.N,
/// the test itself at 10.231.X.254, where X follows from its process id, and is the next when
/// another has it. Cutting a node's cable is one command.
///
/// What a process has left behind that was killed is taken away by the next.
///
/// Needs root and iproute2; [#isAvailable] tells, so that tests can skip with that reason.
///
/// **Threading:** one thread. **Ownership:** [#close] takes all away.
final class Namespaces implements AutoCloseable {

  /// Clusters of several test processes may be there at once.
  private static final long SELF = ProcessHandle.current().pid();

  private static final String NAME = "kog" + SELF + "x";
  private static final String BRIDGE = NAME + "b";
  private static final int NETWORKS = 250;
  private static final Pattern LEFT = Pattern.compile("\\bkog(\\d+)x(b|\\d+)\\b");

  private final String prefix;
  private final Map<String, Integer> numbers = new LinkedHashMap<>();

  private Namespaces(String prefix) {
    this.prefix = prefix;
  }

  /// Whether this process may make them.
  static boolean isAvailable() {
    try {
      SystemCommand.run(List.of("ip", "netns", "add", NAME + "probe"));
      SystemCommand.run(List.of("ip", "netns", "del", NAME + "probe"));
      return true;
    } catch (AssertionError e) {
      return false; // not root, or no iproute2: that is the answer
    }
  }

  static Namespaces open() {
    takeAwayLeftovers();
    String prefix = freePrefix(ip("-br", "-4", "addr", "show"));
    ip("link", "add", BRIDGE, "type", "bridge");
    ip("addr", "add", prefix + "254/24", "dev", BRIDGE);
    ip("link", "set", BRIDGE, "up");
    return new Namespaces(prefix);
  }

  private static String freePrefix(String taken) {
    for (long i = 0; i < NETWORKS; i++) {
      String prefix = "10.231." + (SELF + i) % NETWORKS + ".";
      if (!taken.contains(" " + prefix)) {
        return prefix;
      }
    }
    throw new AssertionError("all networks 10.231.0.0 to 10.231.249.0 are taken: " + taken);
  }

  private static void takeAwayLeftovers() {
    for (String kind : List.of("netns", "link")) {
      LEFT.matcher(ip(kind, "show"))
          .results()
          .filter(left -> ProcessHandle.of(Long.parseLong(left.group(1))).isEmpty())
          .filter(left -> kind.equals("netns") || left.group(2).equals("b"))
          .map(MatchResult::group)
          .distinct()
          .forEach(name -> ip(kind, "del", name));
    }
  }

  /// The address of a node, whose namespace is made when it is first asked for.
  String addressOf(String node) {
    Integer known = numbers.get(node);
    if (known == null) {
      known = numbers.size() + 1;
      numbers.put(node, known);
      make(known);
    }
    return prefix + known;
  }

  private void make(int number) {
    String space = NAME + number;
    String cable = NAME + number;
    ip("netns", "add", space);
    ip("link", "add", cable + "h", "type", "veth", "peer", "name", cable + "n");
    ip("link", "set", cable + "n", "netns", space);
    ip("link", "set", cable + "h", "master", BRIDGE, "up");
    ip("-n", space, "addr", "add", prefix + number + "/24", "dev", cable + "n");
    ip("-n", space, "link", "set", cable + "n", "up");
    ip("-n", space, "link", "set", "lo", "up");
  }

  /// The address of the test itself.
  String own() {
    return prefix + "254";
  }

  /// What a command is to begin with to run in a node's namespace.
  List<String> inNamespaceOf(String node) {
    addressOf(node);
    return List.of("ip", "netns", "exec", NAME + numbers.get(node));
  }

  void cut(String node) {
    ip("link", "set", NAME + numbers.get(node) + "h", "down");
  }

  void heal(String node) {
    ip("link", "set", NAME + numbers.get(node) + "h", "up");
  }

  /// Drops what one node sends to another: a route into nothing, on the sender's side.
  ///
  /// @param from null for what this process sends
  /// @param to null for this process
  void drop(@Nullable String from, @Nullable String to) {
    route("add", from, to);
  }

  void undrop(@Nullable String from, @Nullable String to) {
    route("del", from, to);
  }

  private void route(String verb, @Nullable String from, @Nullable String to) {
    List<String> all = new ArrayList<>();
    if (from != null) {
      all.addAll(List.of("-n", NAME + numbers.get(from)));
    }
    all.addAll(List.of("route", verb, "blackhole", (to == null ? own() : addressOf(to)) + "/32"));
    ip(all.toArray(String[]::new));
  }

  @Override
  public void close() {
    try {
      for (int number : numbers.values()) {
        ip("netns", "del", NAME + number);
      }
    } finally {
      ip("link", "del", BRIDGE);
    }
  }

  private static String ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    return SystemCommand.run(command);
  }
}

package io.kogluktualuk.fabric.node.config;

import io.kogluktualuk.fabric.fault.FabricException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Holds what a file has against the keys that its role may have.
///
/// **Threading:** one thread.
final class Checker {

  private static final int SHOWN_MAX = 80;

  private final String file;
  private final List<Problem> problems;

  Checker(String file, List<Problem> problems) {
    this.file = file;
    this.problems = problems;
  }

  /// The role that the file's section names; null, with a problem, when it is not exactly one.
  @Nullable NodeRole role(Found found) {
    List<NodeRole> roles =
        Arrays.stream(NodeRole.values())
            .filter(role -> found.values().keySet().stream().anyMatch(key -> isOf(role, key)))
            .toList();
    if (roles.size() == 1) {
      return roles.getFirst();
    }
    String all =
        Arrays.stream(NodeRole.values())
            .map(role -> role.word() + " { … }")
            .collect(Collectors.joining(", "));
    String has = roles.stream().map(NodeRole::word).collect(Collectors.joining(" and "));
    problems.add(
        new Problem(file, "", "exactly one of " + all, roles.isEmpty() ? "none of them" : has));
    return null;
  }

  /// Reads each value with the type of its key.
  Values check(Found found, NodeRole role) {
    Map<String, Key<?>> keys = new TreeMap<>();
    role.keys().forEach(key -> keys.put(key.path(), key));
    Map<String, Object> values = new HashMap<>();
    Map<String, String> origins = new HashMap<>();
    new TreeMap<>(found.values())
        .forEach(
            (path, value) -> {
              Key<?> key = keys.get(path);
              if (key != null) {
                origins.put(path, value.where());
                put(key, value, values);
              } else if (!isEmptySection(path, value, keys)) {
                problems.add(unknown(path, value, keys));
              }
            });
    role.keys().stream()
        .filter(key -> key.isRequired() && !found.values().containsKey(key.path()))
        .forEach(
            key ->
                problems.add(new Problem(file, key.path(), key.type().expected(), "no such key")));
    return new Values(file, values, origins, problems);
  }

  private void put(Key<?> key, Found.Value value, Map<String, Object> values) {
    try {
      Object read = key.type().read(value.raw());
      if (read != null) {
        values.put(key.path(), read);
      }
    } catch (IllegalArgumentException | FabricException e) {
      problems.add(
          new Problem(value.where(), key.path(), key.type().expected(), shown(value.raw())));
    }
  }

  private static Problem unknown(String path, Found.Value value, Map<String, Key<?>> keys) {
    String successor = Retired.successor(path);
    if (successor != null) {
      return new Problem(
          value.where(), path, "'" + successor + "' instead", "a key that is not used any more");
    }
    String near = Nearest.to(path, keys.keySet());
    String expected = near == null ? "a known key" : "a known key, perhaps '" + near + "'";
    boolean isOfOtherRole = NodeRole.everything().stream().anyMatch(key -> key.path().equals(path));
    return new Problem(
        value.where(), path, expected, isOfOtherRole ? "a key of another role" : "an unknown one");
  }

  private static boolean isOf(NodeRole role, String key) {
    return key.equals(role.word()) || key.startsWith(role.word() + ".");
  }

  /// `memory {}` says which role it is, and nothing else.
  private static boolean isEmptySection(String path, Found.Value value, Map<String, Key<?>> keys) {
    return value.raw() instanceof Map<?, ?> map
        && map.isEmpty()
        && keys.keySet().stream().anyMatch(key -> key.startsWith(path + "."));
  }

  private static String shown(Object raw) {
    String text = "'" + String.valueOf(raw).replaceAll("\\p{Cntrl}", "?") + "'";
    return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…'";
  }
}

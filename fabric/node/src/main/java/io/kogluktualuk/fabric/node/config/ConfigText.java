package io.kogluktualuk.fabric.node.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Configurations as files show them: the reference of a role, and what one node has in effect.
/// Both can be read as configuration files again.
///
/// **Threading:** stateless.
public final class ConfigText {

  private ConfigText() {}

  /// Every key of a role with its comment and its default.
  public static String reference(NodeRole role) {
    StringBuilder text = new StringBuilder();
    text.append(
        "# A %s node: every key, its default, and what it decides.%n".formatted(role.word()));
    text.append("# A line that begins with '#' and a key shows what holds without it.\n");
    for (Key<?> key : role.keys()) {
      text.append('\n');
      key.comment().lines().forEach(line -> text.append("# ").append(line).append('\n'));
      text.append("# Expected: ").append(key.type().expected()).append(".\n");
      text.append(reference(key)).append('\n');
    }
    return text.toString();
  }

  private static String reference(Key<?> key) {
    String standard = key.standardText();
    if (standard != null) {
      return key.path() + " = " + standard;
    }
    return key.isRequired()
        ? "# " + key.path() + " = has to be given"
        : "# " + key.path() + " = without it: " + key.absent();
  }

  /// Every key with its value, and where that comes from.
  static String effective(NodeRole role, Values values) {
    List<String> lines = new ArrayList<>();
    for (Key<?> key : role.keys()) {
      String value = text(key, values);
      lines.add(
          value == null
              ? "# " + key.path() + " # default: " + key.absent()
              : key.path() + " = " + value + " # " + values.origin(key));
    }
    lines.add(role.word() + " {}");
    return lines.stream().collect(Collectors.joining("\n", "", "\n"));
  }

  private static <T> @Nullable String text(Key<T> key, Values values) {
    T value = values.find(key);
    return value == null ? null : key.type().render().apply(value);
  }
}

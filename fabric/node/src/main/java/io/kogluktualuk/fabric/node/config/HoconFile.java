package io.kogluktualuk.fabric.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads the syntax of a file: HOCON, with substitutions from the file and the environment.
///
/// **Threading:** one thread. **Bound:** [#CHARS_MAX] characters, sections [#NESTING_MAX] deep, and
/// no includes: a file says everything itself.
/// **Errors:** whatever is wrong becomes one [Problem]; nothing is thrown.
final class HoconFile {

  static final int CHARS_MAX = 1 << 16;

  /// The library's parser is recursive.
  static final int NESTING_MAX = 32;

  private final String name;
  private final List<Problem> problems;

  /// @param name for messages
  HoconFile(String name, List<Problem> problems) {
    this.name = name;
    this.problems = problems;
  }

  /// The values of all leaves; empty when there is a problem.
  Found read(String text, Map<String, String> environment) {
    if (text.length() > CHARS_MAX || nesting(text) > NESTING_MAX) {
      problems.add(
          new Problem(
              name,
              "",
              "at most " + CHARS_MAX + " characters and " + NESTING_MAX + " open brackets",
              text.length() + " characters, " + nesting(text) + " open brackets"));
      return new Found(Map.of());
    }
    try {
      return leaves(parse(text, environment));
    } catch (ConfigException e) {
      problems.add(new Problem(where(e.origin()), "", "HOCON", "'" + reason(e) + "'"));
    } catch (StackOverflowError e) {
      problems.add(new Problem(name, "", "HOCON", "values that refer to each other endlessly"));
    }
    return new Found(Map.of());
  }

  private Config parse(String text, Map<String, String> environment) {
    ConfigParseOptions options =
        ConfigParseOptions.defaults()
            .setSyntax(ConfigSyntax.CONF)
            .setOriginDescription(name)
            .setIncluder(new NoIncludes());
    return ConfigFactory.parseString(text, options)
        .resolve(ConfigResolveOptions.noSystem().appendResolver(new Variables(environment)));
  }

  private Found leaves(Config config) {
    Map<String, Found.Value> found = new TreeMap<>();
    collect("", config.root(), found);
    return new Found(found);
  }

  private void collect(String path, ConfigObject object, Map<String, Found.Value> found) {
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      String key = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
      ConfigValue value = entry.getValue();
      if (value instanceof ConfigObject inner && !inner.isEmpty()) {
        collect(key, inner, found);
      } else if (value.valueType() != ConfigValueType.NULL) {
        found.put(key, new Found.Value(value.unwrapped(), where(value.origin())));
      }
    }
  }

  private String where(@Nullable ConfigOrigin origin) {
    if (origin == null) {
      return name;
    }
    String description = origin.description();
    if (description.startsWith(Variables.ORIGIN)) {
      return description;
    }
    return origin.lineNumber() > 0 ? name + ":" + origin.lineNumber() : name;
  }

  private static String reason(ConfigException e) {
    String message = String.valueOf(e.getMessage()).replaceAll("[\\p{Cntrl}\\s]+", " ");
    return message.length() <= 300 ? message : message.substring(0, 300) + "…";
  }

  /// How deep brackets stand in each other, at most; those in strings and comments count too.
  private static int nesting(String text) {
    int depth = 0;
    int deepest = 0;
    for (int i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '{', '[' -> deepest = Math.max(deepest, ++depth);
        case '}', ']' -> depth--;
        default -> {}
      }
    }
    return deepest;
  }
}

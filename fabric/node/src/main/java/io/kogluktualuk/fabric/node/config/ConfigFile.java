package io.kogluktualuk.fabric.node.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reads the configuration file of a node.
///
/// **Threading:** stateless. **Errors:** everything that is wrong is told in one [Loaded.Invalid];
/// no content makes it throw.
public final class ConfigFile {

  private static final long BYTES_MAX = 1 << 18;

  private ConfigFile() {}

  /// @param environment what `${?NAME}` may refer to
  public static Loaded load(Path file, Map<String, String> environment) {
    String name = String.valueOf(file.getFileName());
    try {
      if (Files.size(file) > BYTES_MAX) {
        return invalid(name, "at most " + BYTES_MAX + " bytes", Files.size(file) + " bytes");
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      Path folder = file.toAbsolutePath().getParent();
      return parse(name, text, folder == null ? Path.of("/") : folder, environment);
    } catch (NoSuchFileException e) {
      return invalid(file.toString(), "a file", "nothing");
    } catch (IOException e) {
      return invalid(file.toString(), "a readable file", "'" + e.getMessage() + "'");
    }
  }

  /// Reads a text.
  ///
  /// @param name for messages
  /// @param base what relative paths in it are relative to
  public static Loaded parse(String name, String text, Path base, Map<String, String> environment) {
    List<Problem> problems = new ArrayList<>();
    Found found = new HoconFile(name, problems).read(text, environment);
    if (!problems.isEmpty()) {
      return new Loaded.Invalid(problems);
    }
    Checker checker = new Checker(name, problems);
    NodeRole role = checker.role(found);
    if (role == null) {
      return new Loaded.Invalid(problems);
    }
    Values values = checker.check(found, role);
    if (!values.hasRequired(role)) {
      return new Loaded.Invalid(problems);
    }
    NodeConfig config = NodeConfig.of(role, values, base);
    return problems.isEmpty()
        ? new Loaded.Valid(config, ConfigText.effective(role, values))
        : new Loaded.Invalid(problems);
  }

  private static Loaded invalid(String name, String expected, String found) {
    return new Loaded.Invalid(List.of(new Problem(name, "", expected, found)));
  }
}

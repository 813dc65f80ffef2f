package io.kogluktualuk.computenode.programs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The files with which somebody begins a program: a C source that works, `kog.h`, a namespace to
/// run it in, and a page that says how.
///
/// @param name of the program, as [#NAME] allows
public record NewProgram(String name) {

  /// What a program may be called: a word that is a file's name everywhere.
  public static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

  public NewProgram {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("no name for a program: " + name);
    }
  }

  /// Names of files, and what is in them.
  public Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    files.put("kog.h", text("kog.h"));
    files.put(name + ".c", filled("template/program.c"));
    files.put(name + ".ns", filled("template/namespace.ns"));
    files.put("README.md", filled("template/README.md"));
    return files;
  }

  private String filled(String resource) {
    return text(resource).replace("NAME", name);
  }

  private static String text(String resource) {
    try (InputStream stream = NewProgram.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException(resource + " is not on the class path");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource, e);
    }
  }
}

package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which provider of verbs the user wants: by option, else by environment.
///
/// **Threading:** one thread, before the first connection.
final class VerbsChoice {

  /// Read by the provider when it is first needed.
  private static final String PROPERTY = "kog.rdma.provider";

  private static final String VARIABLE = "KOG_VERBS";
  private static final String AUTO = "auto";
  private static final List<String> WORDS = List.of(AUTO, "native", "shared", "tcp");

  private VerbsChoice() {}

  /// @param option what `--verbs` says; null when it is not there
  /// @throws InvalidArgument when the word is none of [#WORDS]
  static String of(@Nullable String option, Map<String, String> environment) {
    String variable = environment.getOrDefault(VARIABLE, "");
    String word = option != null ? option : variable.isEmpty() ? AUTO : variable;
    if (!WORDS.contains(word)) {
      throw new InvalidArgument(
          "%s is '%s'; expected %s"
              .formatted(option != null ? "--verbs" : VARIABLE, word, String.join(", ", WORDS)));
    }
    return word;
  }

  /// Decides for this process. What the JVM was started with stays, unless something is asked for.
  static void install(String word) {
    if (!word.equals(AUTO)) {
      System.setProperty(PROPERTY, word);
    }
  }
}

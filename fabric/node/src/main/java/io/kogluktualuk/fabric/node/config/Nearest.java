package io.kogluktualuk.fabric.node.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// Which word somebody may have meant.
///
/// **Threading:** stateless. **Bound:** words of at most [#LENGTH_MAX] characters are compared.
final class Nearest {

  private static final int LENGTH_MAX = 80;

  /// More mistakes than this in a word make it another word.
  private static final int MISTAKES_MAX = 4;

  private Nearest() {}

  /// The candidate with the least edit distance (Levenshtein 1966), or null when none is near.
  static @Nullable String to(String word, Collection<String> candidates) {
    if (word.length() > LENGTH_MAX) {
      return null;
    }
    int allowed = Math.min(MISTAKES_MAX, Math.max(1, word.length() / 3));
    return candidates.stream()
        .filter(candidate -> distance(word, candidate) <= allowed)
        .min(
            Comparator.comparingInt((String candidate) -> distance(word, candidate))
                .thenComparing(Comparator.naturalOrder()))
        .orElse(null);
  }

  static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}

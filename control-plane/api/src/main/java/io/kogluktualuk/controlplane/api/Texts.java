package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import java.nio.charset.StandardCharsets;

/// Limits of short texts, checked where a value is made so that its encoding can always be read.
final class Texts {

  private Texts() {}

  static void check(String text, int bytesMax, String meaning) {
    if (isPlain(text) && !text.isEmpty() && text.length() <= bytesMax) {
      return;
    }
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > bytesMax) {
      throw new IllegalArgumentException(
          meaning + " has " + bytes + " bytes, expected 1 to " + bytesMax + ": '" + text + "'");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(meaning + " is not valid Unicode: '" + text + "'");
    }
  }

  static String read(int bytesMax, String meaning, CanonicalReader reader) {
    String text = reader.text(bytesMax, meaning);
    if (text.isEmpty()) {
      throw reader.malformed(meaning + " is empty");
    }
    return text;
  }

  /// Nearly all names are, and an encoder costs more than the rest of a memo record.
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }
}

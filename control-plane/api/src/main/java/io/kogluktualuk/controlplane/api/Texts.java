package io.kogluktualuk.controlplane.api;

import java.nio.charset.StandardCharsets;

/// Limits of short texts, checked where a value is made so that its encoding can always be read.
final class Texts {

  private Texts() {}

  static void check(String text, int bytesMax, String meaning) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > bytesMax) {
      throw new IllegalArgumentException(
          meaning + " has " + bytes + " bytes, expected 1 to " + bytesMax + ": '" + text + "'");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(meaning + " is not valid Unicode: '" + text + "'");
    }
  }
}

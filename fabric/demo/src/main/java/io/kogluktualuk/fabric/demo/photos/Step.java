package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.util.Arrays;
import java.util.Locale;

/// The five stages of the demo, in order. Two of them look at pixels.
public enum Step {
  /// Takes photos.
  CAMERA,
  /// Looks at the pixels, makes a thumbnail.
  RESIZE,
  /// Looks at the pixels, counts what shines.
  DETECT,
  /// Names what was counted; slow on purpose.
  LABEL,
  /// Writes down what there is.
  INDEX;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// @throws InvalidArgument when there is no such stage
  public static Step parse(String word) {
    return Arrays.stream(values())
        .filter(step -> step.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new InvalidArgument("no stage of the demo is called '" + word + "'"));
  }
}

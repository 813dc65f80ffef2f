package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/// Makes up photos of a dim evening with some lamps, as binary portable pixmaps (P6). The same
/// number gives the same bytes everywhere; different numbers give different ones.
///
/// **Threading:** any thread. **Bound:** [#SIDE_MIN] to [#SIDE_MAX] pixels a side.
final class Scene {

  static final int SIDE_MIN = 64;
  static final int SIDE_MAX = 4096;

  private static final int COLUMNS = 4;
  private static final int ROWS = 2;
  private static final int DIM_MAX = 96;
  private static final int NOISE = 1 << 12;
  private static final byte LIGHT = (byte) 250;

  private final int width;
  private final int height;
  private final byte[] header;
  private final byte[] noise = new byte[NOISE];

  Scene(int width, int height) {
    if (Math.min(width, height) < SIDE_MIN || Math.max(width, height) > SIDE_MAX) {
      throw new InvalidArgument(
          "a photo has %d to %d pixels a side, not %d x %d"
              .formatted(SIDE_MIN, SIDE_MAX, width, height));
    }
    this.width = width;
    this.height = height;
    this.header = ("P6\n" + width + " " + height + "\n255\n").getBytes(StandardCharsets.US_ASCII);
    new SplittableRandom(1).nextBytes(noise);
  }

  /// How many lamps the photo of a number has.
  static int lamps(int number) {
    return 1 + number % (COLUMNS * ROWS);
  }

  byte[] photo(int number) {
    byte[] photo = new byte[header.length + width * height * 3];
    System.arraycopy(header, 0, photo, 0, header.length);
    SplittableRandom random = new SplittableRandom(number);
    paintEvening(photo, random.nextInt(NOISE));
    for (int lamp = 0; lamp < lamps(number); lamp++) {
      paintLamp(photo, lamp, random);
    }
    return photo;
  }

  /// A sky that gets darker, with noise that begins elsewhere in each photo.
  private void paintEvening(byte[] photo, int start) {
    int at = header.length;
    for (int y = 0; y < height; y++) {
      int sky = DIM_MAX / 2 - y * DIM_MAX / 2 / height;
      int grain = start + y * 97;
      for (int x = 0; x < width; x++) {
        int dark = sky + (noise[(grain + x) & (NOISE - 1)] & 31);
        photo[at++] = (byte) dark;
        photo[at++] = (byte) (dark + 4);
        photo[at++] = (byte) (dark + 12);
      }
    }
  }

  /// In a cell of its own, so that no two touch.
  private void paintLamp(byte[] photo, int lamp, SplittableRandom random) {
    int cellWidth = width / COLUMNS;
    int cellHeight = height / ROWS;
    int radius = Math.min(cellWidth, cellHeight) / 4;
    int slackX = cellWidth - 2 * radius - 8;
    int slackY = cellHeight - 2 * radius - 8;
    int centreX = lamp % COLUMNS * cellWidth + radius + 4 + random.nextInt(Math.max(1, slackX));
    int centreY = lamp / COLUMNS * cellHeight + radius + 4 + random.nextInt(Math.max(1, slackY));
    for (int y = -radius; y <= radius; y++) {
      int half = (int) Math.sqrt((double) radius * radius - (double) y * y);
      int from = header.length + ((centreY + y) * width + centreX - half) * 3;
      java.util.Arrays.fill(photo, from, from + (2 * half + 1) * 3, LIGHT);
    }
  }
}

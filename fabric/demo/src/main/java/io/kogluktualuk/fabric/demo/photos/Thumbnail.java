package io.kogluktualuk.fabric.demo.photos;

import java.nio.charset.StandardCharsets;

/// Makes pictures small: each pixel is the mean of a box of the large one. The result is a binary
/// portable pixmap (P6), the same bytes everywhere.
///
/// **Threading:** stateless.
final class Thumbnail {

  /// Pixels of the longer side, at most.
  static final int SIDE_MAX = 160;

  private Thumbnail() {}

  static byte[] of(Pixels large) {
    int longer = Math.max(large.width(), large.height());
    int side = Math.min(SIDE_MAX, longer);
    int width = Math.max(1, large.width() * side / longer);
    int height = Math.max(1, large.height() * side / longer);
    byte[] header = ("P6\n" + width + " " + height + "\n255\n").getBytes(StandardCharsets.US_ASCII);
    byte[] small = new byte[header.length + width * height * 3];
    System.arraycopy(header, 0, small, 0, header.length);
    byte[] row = new byte[large.width() * 3];
    long[] sums = new long[width * 3];
    for (int y = 0; y < height; y++) {
      int from = (int) ((long) y * large.height() / height);
      int to = (int) ((long) (y + 1) * large.height() / height);
      java.util.Arrays.fill(sums, 0);
      for (int line = from; line < to; line++) {
        large.row(line, row);
        add(row, large.width(), sums, width);
      }
      write(sums, large.width(), to - from, small, header.length + y * width * 3);
    }
    return small;
  }

  private static void add(byte[] row, int largeWidth, long[] sums, int width) {
    for (int x = 0; x < width; x++) {
      int to = (int) ((long) (x + 1) * largeWidth / width) * 3;
      int red = 0;
      int green = 0;
      int blue = 0;
      for (int at = (int) ((long) x * largeWidth / width) * 3; at < to; at += 3) {
        red += row[at] & 0xFF;
        green += row[at + 1] & 0xFF;
        blue += row[at + 2] & 0xFF;
      }
      sums[3 * x] += red;
      sums[3 * x + 1] += green;
      sums[3 * x + 2] += blue;
    }
  }

  private static void write(long[] sums, int largeWidth, int lines, byte[] small, int offset) {
    int width = sums.length / 3;
    for (int x = 0; x < width; x++) {
      long columns = (long) (x + 1) * largeWidth / width - (long) x * largeWidth / width;
      for (int colour = 0; colour < 3; colour++) {
        small[offset + 3 * x + colour] = (byte) (sums[3 * x + colour] / (columns * lines));
      }
    }
  }
}

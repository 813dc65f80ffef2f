package io.kogluktualuk.fabric.demo.photos;

import java.util.ArrayDeque;
import java.util.Deque;

/// Counts what shines in a picture: groups of bright points that touch each other, by flooding one
/// after the other. Looks at about [#GRID] points a row.
///
/// **Threading:** stateless.
final class Lamps {

  static final int GRID = 320;

  private static final int BRIGHT = 200;

  private Lamps() {}

  static int count(Pixels picture) {
    int step = Math.max(1, picture.width() / GRID);
    int width = (picture.width() + step - 1) / step;
    int height = (picture.height() + step - 1) / step;
    boolean[] bright = new boolean[width * height];
    byte[] row = new byte[picture.width() * 3];
    for (int y = 0; y < height; y++) {
      picture.row(y * step, row);
      for (int x = 0; x < width; x++) {
        bright[y * width + x] = luminance(row, x * step * 3) >= BRIGHT;
      }
    }
    int found = 0;
    for (int at = 0; at < bright.length; at++) {
      if (bright[at]) {
        flood(bright, width, at);
        found++;
      }
    }
    return found;
  }

  /// ITU-R BT.601, in thousandths.
  private static int luminance(byte[] row, int at) {
    return (299 * (row[at] & 0xFF) + 587 * (row[at + 1] & 0xFF) + 114 * (row[at + 2] & 0xFF))
        / 1000;
  }

  private static void flood(boolean[] bright, int width, int start) {
    Deque<Integer> open = new ArrayDeque<>();
    bright[start] = false;
    open.push(start);
    while (!open.isEmpty()) {
      int at = open.pop();
      int x = at % width;
      visit(bright, at - width, at >= width, open);
      visit(bright, at + width, at + width < bright.length, open);
      visit(bright, at - 1, x > 0, open);
      visit(bright, at + 1, x < width - 1, open);
    }
  }

  private static void visit(boolean[] bright, int at, boolean isInside, Deque<Integer> open) {
    if (isInside && bright[at]) {
      bright[at] = false;
      open.push(at);
    }
  }
}

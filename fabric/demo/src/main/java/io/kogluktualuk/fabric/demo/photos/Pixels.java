package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import javax.imageio.ImageIO;

/// A picture row by row, wherever its bytes lie. Portable pixmaps (P6) are read in place; others
/// are decoded by the platform.
///
/// **Threading:** one thread, while the bytes are valid. **Bound:** [#PIXELS_MAX].
/// **Errors:** [InvalidArgument] for what is no picture.
abstract sealed class Pixels {

  static final long PIXELS_MAX = 64L << 20;

  private static final int HEADER_MAX = 64;

  private final int width;
  private final int height;

  private Pixels(int width, int height) {
    if (width < 1 || height < 1 || (long) width * height > PIXELS_MAX) {
      throw new InvalidArgument("a picture of " + width + " x " + height + " pixels");
    }
    this.width = width;
    this.height = height;
  }

  /// @param bytes as a file of the picture has them
  static Pixels of(MemorySegment bytes) {
    boolean isMap =
        bytes.byteSize() > 2
            && bytes.get(ValueLayout.JAVA_BYTE, 0) == 'P'
            && bytes.get(ValueLayout.JAVA_BYTE, 1) == '6';
    return isMap ? Mapped.parse(bytes) : Decoded.decode(bytes);
  }

  final int width() {
    return width;
  }

  final int height() {
    return height;
  }

  /// Copies a row: red, green and blue of each pixel.
  abstract void row(int y, byte[] rgb);

  /// `P6`, width, height, `255`, each followed by one white space; then the rows.
  private static final class Mapped extends Pixels {

    private final MemorySegment rows;

    private Mapped(int width, int height, MemorySegment rows) {
      super(width, height);
      if (rows.byteSize() != (long) width * height * 3) {
        throw new InvalidArgument(
            "a pixmap of %d x %d pixels has %d bytes, found %d"
                .formatted(width, height, (long) width * height * 3, rows.byteSize()));
      }
      this.rows = rows;
    }

    static Mapped parse(MemorySegment bytes) {
      int[] at = {2};
      int width = number(bytes, at);
      int height = number(bytes, at);
      int depth = number(bytes, at);
      if (depth != 255) {
        throw new InvalidArgument("a pixmap with values to " + depth + ", expected 255");
      }
      return new Mapped(width, height, bytes.asSlice(Math.min(at[0] + 1, bytes.byteSize())));
    }

    private static int number(MemorySegment bytes, int[] at) {
      int value = 0;
      int digits = 0;
      at[0]++;
      while (at[0] < Math.min(HEADER_MAX, bytes.byteSize())) {
        int digit = bytes.get(ValueLayout.JAVA_BYTE, at[0]) - '0';
        if (digit < 0 || digit > 9) {
          break;
        }
        value = value * 10 + digit;
        at[0]++;
        digits++;
      }
      if (digits == 0 || digits > 6) {
        throw new InvalidArgument("a pixmap without width, height and depth at its beginning");
      }
      return value;
    }

    @Override
    void row(int y, byte[] rgb) {
      int length = width() * 3;
      MemorySegment.copy(rows, ValueLayout.JAVA_BYTE, (long) y * length, rgb, 0, length);
    }
  }

  private static final class Decoded extends Pixels {

    private final BufferedImage image;
    private final int[] argb;

    private Decoded(BufferedImage image) {
      super(image.getWidth(), image.getHeight());
      this.image = image;
      this.argb = new int[image.getWidth()];
    }

    static Decoded decode(MemorySegment bytes) {
      try {
        BufferedImage image =
            ImageIO.read(new ByteArrayInputStream(bytes.toArray(ValueLayout.JAVA_BYTE)));
        if (image == null) {
          throw new InvalidArgument("no picture of a kind that the platform can read");
        }
        return new Decoded(image);
      } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException e) {
        throw new InvalidArgument("a picture that cannot be decoded: " + e.getMessage(), e);
      }
    }

    @Override
    void row(int y, byte[] rgb) {
      image.getRGB(0, y, width(), 1, argb, 0, width());
      for (int x = 0; x < width(); x++) {
        rgb[3 * x] = (byte) (argb[x] >> 16);
        rgb[3 * x + 1] = (byte) (argb[x] >> 8);
        rgb[3 * x + 2] = (byte) argb[x];
      }
    }
  }
}

package io.kogluktualuk.fabric.demo.photos;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is done with photos: made-up ones have the lamps that they should, whatever the format.
final class DarkroomTest {

  @TempDir private Path folder = Path.of("unset");

  private static MemorySegment segment(byte[] bytes) {
    return MemorySegment.ofArray(bytes);
  }

  @Test
  void allLampsAreFoundInAllSizes() {
    int[][] sizes = {{64, 64}, {320, 240}, {641, 479}, {1280, 1024}, {100, 900}};
    for (int[] size : sizes) {
      Album album = Album.made(size[0], size[1]);
      for (int number = 0; number < 16; number++) {
        assertEquals(
            Scene.lamps(number),
            Darkroom.lamps(segment(album.photo(number))),
            size[0] + "x" + size[1] + ", photo " + number);
      }
    }
  }

  @Test
  void photosAreTheSameEachTimeAndAllDifferent() {
    Set<String> seen = new HashSet<>();
    Album album = Album.made(64, 64);
    for (int number = 0; number < 300; number++) {
      byte[] photo = album.photo(number);
      assertArrayEquals(photo, Album.made(64, 64).photo(number));
      assertTrue(seen.add(new String(photo, StandardCharsets.ISO_8859_1)), "photo " + number);
    }
  }

  @Test
  void aThumbnailIsThatOfThePixelsWhateverTheFormat() throws IOException {
    byte[] map = Album.made(320, 256).photo(5);
    byte[] thumbnail = Darkroom.thumbnail(segment(map));
    assertArrayEquals(thumbnail, Darkroom.thumbnail(segment(png(map))));
    Pixels small = Pixels.of(segment(thumbnail));
    assertEquals(160, small.width());
    assertEquals(128, small.height());
    byte[] row = new byte[160 * 3];
    small.row(0, row);
    byte[] upper = new byte[320 * 3];
    byte[] lower = new byte[320 * 3];
    Pixels.of(segment(map)).row(0, upper);
    Pixels.of(segment(map)).row(1, lower);
    assertEquals((upper[0] + upper[3] + lower[0] + lower[3]) / 4, row[0], "the mean of a box");
  }

  private static byte[] png(byte[] map) throws IOException {
    Pixels pixels = Pixels.of(segment(map));
    BufferedImage image =
        new BufferedImage(pixels.width(), pixels.height(), BufferedImage.TYPE_INT_RGB);
    byte[] row = new byte[pixels.width() * 3];
    for (int y = 0; y < pixels.height(); y++) {
      pixels.row(y, row);
      for (int x = 0; x < pixels.width(); x++) {
        int red = row[3 * x] & 0xFF;
        int green = row[3 * x + 1] & 0xFF;
        image.setRGB(x, y, red << 16 | green << 8 | row[3 * x + 2] & 0xFF);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  @Test
  void whatIsNoPictureIsRefused() throws IOException {
    byte[] map = Album.made(64, 64).photo(1);
    byte[] png = png(map);
    Seeds.run(
        DarkroomTest.class,
        1000,
        random -> {
          tryToRead(Mutations.mutate(map, random));
          tryToRead(Mutations.mutate(png, random));
        });
  }

  private static void tryToRead(byte[] junk) {
    try {
      assertTrue(Darkroom.thumbnail(segment(junk)).length > 0);
      assertTrue(Darkroom.lamps(segment(junk)) >= 0);
    } catch (InvalidArgument e) {
      assertTrue(String.valueOf(e.getMessage()).contains("p"), "it says what is wrong");
    }
  }

  @Test
  void anAlbumIsTheFilesOfAFolder() throws IOException {
    assertThrows(NotFound.class, () -> Album.of(folder));
    Files.write(folder.resolve("b.png"), png(Album.made(64, 64).photo(0)));
    Files.write(folder.resolve("a.PPM"), Album.made(64, 64).photo(6));
    Files.writeString(folder.resolve("notes.txt"), "no photo");
    Album album = Album.of(folder);
    assertEquals(2, album.files());
    assertEquals("a.PPM", album.name(2));
    assertEquals(7, Darkroom.lamps(segment(album.photo(0))));
    assertEquals(1, Darkroom.lamps(segment(album.photo(3))));
    assertThrows(FabricException.class, () -> Album.made(8, 8));
  }
}

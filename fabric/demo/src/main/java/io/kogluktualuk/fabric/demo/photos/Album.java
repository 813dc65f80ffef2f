package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The photos that the camera takes: made up, or the files of a folder over and over.
///
/// **Threading:** any thread. **Bound:** [#FILES_MAX] files, each of [#FILE_BYTES_MAX].
final class Album {

  static final int FILES_MAX = 100_000;
  static final long FILE_BYTES_MAX = 64L << 20;

  private static final List<String> ENDINGS =
      List.of(".jpg", ".jpeg", ".png", ".gif", ".bmp", ".ppm");

  private final @Nullable Scene scene;
  private final List<Path> files;

  private Album(@Nullable Scene scene, List<Path> files) {
    this.scene = scene;
    this.files = files;
  }

  /// Made-up photos.
  static Album made(int width, int height) {
    return new Album(new Scene(width, height), List.of());
  }

  /// The photos in a folder, by name.
  ///
  /// @throws NotFound when there are none
  static Album of(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> files = all.filter(Album::isPhoto).sorted().limit(FILES_MAX).toList();
      if (files.isEmpty()) {
        throw new NotFound(
            "folder " + folder + " has no photos; expected names that end in " + ENDINGS);
      }
      return new Album(null, files);
    } catch (IOException e) {
      throw new NotFound("folder " + folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean isPhoto(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith) && Files.isRegularFile(file);
  }

  /// How many different ones there are; 0 for any number.
  int files() {
    return files.size();
  }

  /// What to call a photo.
  String name(int number) {
    return scene != null
        ? "photo-%05d.ppm".formatted(number)
        : String.valueOf(files.get(number % files.size()).getFileName());
  }

  /// The bytes of a photo, as a file of it has them.
  byte[] photo(int number) {
    if (scene != null) {
      return scene.photo(number);
    }
    Path file = files.get(number % files.size());
    try {
      long length = Files.size(file);
      if (length > FILE_BYTES_MAX) {
        throw new InvalidArgument(
            "photo " + file + " has " + length + " bytes, at most " + FILE_BYTES_MAX);
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new NotFound("photo " + file + " cannot be read: " + e.getMessage(), e);
    }
  }
}

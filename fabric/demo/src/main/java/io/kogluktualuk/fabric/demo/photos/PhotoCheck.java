package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.hash.Hash;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Holds an index against what this process makes of the same photos: each is there once, with its
/// thumbnail, and nothing else is.
///
/// **Threading:** one thread. **Bound:** a hash for each photo; [#PROBLEMS_MAX] problems are told.
final class PhotoCheck {

  static final int PROBLEMS_MAX = 5;

  private static final int THUMBNAIL_MAX = 3 * Thumbnail.SIDE_MAX * Thumbnail.SIDE_MAX + 64;

  /// What is to be in the index of a photo.
  private record Expected(Hash thumbnail, int lamps) {}

  private final Album album;

  /// By number; nothing for what is no picture, which no stage can work on.
  private final List<Optional<Expected>> expected = new ArrayList<>();

  PhotoCheck(Album album) {
    this.album = album;
  }

  /// What is wrong; empty when nothing is.
  ///
  /// @param isWhole whether all that was taken has to be there
  /// @param fabric has the thumbnails that the index has refs of
  List<String> problems(List<IndexFile.Entry> index, int taken, boolean isWhole, Fabric fabric) {
    List<String> problems = new ArrayList<>();
    Map<Integer, Integer> photos = new HashMap<>();
    Map<Integer, Integer> thumbnails = new HashMap<>();
    for (IndexFile.Entry entry : index) {
      boolean isPhoto = entry.what().equals(IndexFile.PHOTO);
      (isPhoto ? photos : thumbnails).merge(entry.number(), 1, Integer::sum);
      Optional<Expected> right =
          entry.number() < taken ? expected(entry.number()) : Optional.empty();
      String wrong =
          right.isEmpty()
              ? "nobody took it"
              : isPhoto
                  ? wrongPhoto(entry, right.get())
                  : wrongThumbnail(entry, right.get(), fabric);
      if (!wrong.isEmpty()) {
        problems.add(entry.what() + " " + entry.number() + ": " + wrong);
      }
    }
    for (int number = 0; number < taken; number++) {
      int times = expected(number).isPresent() ? 1 : 0;
      int least = isWhole ? times : 0;
      count("photo", number, photos.getOrDefault(number, 0), least, times, problems);
      count("thumbnail", number, thumbnails.getOrDefault(number, 0), least, times, problems);
    }
    return problems.subList(0, Math.min(PROBLEMS_MAX, problems.size()));
  }

  private static void count(
      String what, int number, int found, int least, int times, List<String> problems) {
    if (found < least || found > times) {
      problems.add(
          "%s %d is in the index %d times, expected %d".formatted(what, number, found, times));
    }
  }

  private static String wrongPhoto(IndexFile.Entry entry, Expected right) {
    boolean isRight =
        entry.value().equals("" + right.lamps())
            && entry.label().equals(Darkroom.label(right.lamps()));
    return isRight
        ? ""
        : "%s lamps, '%s', expected %d".formatted(entry.value(), entry.label(), right.lamps());
  }

  private static String wrongThumbnail(IndexFile.Entry entry, Expected right, Fabric fabric) {
    try {
      Hash found =
          entry.value().contains(":")
              ? Hash.of(
                  MemorySegment.ofArray(fabric.bytes(Ref.parse(entry.value()), THUMBNAIL_MAX)))
              : Hash.parse(entry.value());
      return found.equals(right.thumbnail()) ? "" : "it differs from the one made here";
    } catch (FabricException e) {
      return "it cannot be had: " + e.getMessage();
    }
  }

  private Optional<Expected> expected(int number) {
    while (expected.size() <= number) {
      expected.add(compute(album.photo(expected.size())));
    }
    return expected.get(number);
  }

  private static Optional<Expected> compute(byte[] bytes) {
    try {
      MemorySegment photo = MemorySegment.ofArray(bytes);
      Hash thumbnail = Hash.of(MemorySegment.ofArray(Darkroom.thumbnail(photo)));
      return Optional.of(new Expected(thumbnail, Darkroom.lamps(photo)));
    } catch (InvalidArgument e) {
      return Optional.empty();
    }
  }
}

package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.Corruption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What the index has: a line for each photo and each thumbnail, written before it is said to be
/// done, and only once. A process that takes the place of another one goes on with its file.
///
/// ```
/// photo TAB number TAB lamps TAB label
/// thumbnail TAB number TAB ref or hash TAB -
/// ```
///
/// **Threading:** any thread. **Ownership:** of the open file. **Bound:** two lines for each
/// photo.
final class IndexFile implements AutoCloseable {

  static final String PHOTO = "photo";
  static final String THUMBNAIL = "thumbnail";

  /// One line.
  ///
  /// @param what [#PHOTO] or [#THUMBNAIL]
  /// @param value lamps, or where the thumbnail is
  record Entry(String what, int number, String value, String label) {

    private String toLine() {
      return what + "\t" + number + "\t" + value + "\t" + label + "\n";
    }

    private String key() {
      return what + number;
    }

    private static Entry parse(String line) {
      String[] parts = line.split("\t", -1);
      try {
        if (parts.length == 4 && (parts[0].equals(PHOTO) || parts[0].equals(THUMBNAIL))) {
          return new Entry(parts[0], Integer.parseInt(parts[1]), parts[2], parts[3]);
        }
      } catch (NumberFormatException e) {
        throw new Corruption("the index has a line '" + line + "'", e);
      }
      throw new Corruption("the index has a line '" + line + "'");
    }
  }

  private final FileChannel file;
  private final Set<String> known = new HashSet<>();
  private long photos;

  private IndexFile(FileChannel file) {
    this.file = file;
  }

  static IndexFile open(Path path) {
    try {
      List<Entry> entries = read(path);
      IndexFile index =
          new IndexFile(
              FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
      entries.forEach(index::know);
      return index;
    } catch (IOException e) {
      throw new UncheckedIOException("the index " + path + " cannot be opened", e);
    }
  }

  /// What a file has, in the order in which it came; nothing when there is none.
  static List<Entry> read(Path path) {
    try {
      List<Entry> entries = new ArrayList<>();
      if (Files.exists(path)) {
        for (String line : Files.readAllLines(path)) {
          entries.add(Entry.parse(line));
        }
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException("the index " + path + " cannot be read", e);
    }
  }

  /// How many photos are written down, whoever did.
  synchronized long photos() {
    return photos;
  }

  private void know(Entry entry) {
    known.add(entry.key());
    photos += entry.what().equals(PHOTO) ? 1 : 0;
  }

  /// Writes a line; nothing when it has one.
  ///
  /// @return whether it is new
  synchronized boolean add(Entry entry) {
    if (known.contains(entry.key())) {
      return false;
    }
    try {
      file.write(StandardCharsets.UTF_8.encode(entry.toLine()));
      know(entry);
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("the index cannot be written", e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the index cannot be closed", e);
    }
  }
}

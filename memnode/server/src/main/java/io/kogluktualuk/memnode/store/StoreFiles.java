package io.kogluktualuk.memnode.store;

import io.kogluktualuk.memnode.api.IndexLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The files of an open store, by what they are for; see [StateFolder] for their names.
///
/// **Ownership:** owns them; closing unmaps and closes all.
record StoreFiles(Regions regions, SealLog log, RegionFile index, WindowSlots slots)
    implements AutoCloseable {

  private static final String LOG_NAME = "sealed.log";

  /// Opens what is there and makes the rest.
  static StoreFiles open(Path folder, StoreSettings settings) {
    Opened opened = new Opened();
    try {
      return new StoreFiles(
          opened.with(Regions.open(folder, settings)),
          opened.with(SealLog.open(folder.resolve(LOG_NAME))),
          opened.with(openIndex(folder.resolve("index"), settings.indexBlobs())),
          opened.with(WindowSlots.open(folder.resolve("windows"), settings.windowBytes())));
    } catch (RuntimeException e) {
      opened.closeAfter(e);
      throw e;
    }
  }

  private static RegionFile openIndex(Path path, int indexBlobs) {
    long bytes = IndexLayout.indexBytes(BlobIndex.homesFor(indexBlobs));
    try {
      if (Files.exists(path) && Files.size(path) != bytes) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw ZeroedFile.unusable(path, e);
    }
    RegionFile file = RegionFile.open(path, bytes);
    try {
      file.back(bytes);
      return file;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /// At least as many blobs as the log in a folder has.
  static long loggedAtMost(Path folder) {
    try {
      Path log = folder.resolve(LOG_NAME);
      return Files.exists(log) ? Files.size(log) / SealRecord.BYTES : 0;
    } catch (IOException e) {
      throw ZeroedFile.unusable(folder, e);
    }
  }

  /// Closes everything because of a failure, which hears what else fails.
  void closeAfter(RuntimeException reason) {
    Opened opened = new Opened();
    opened.with(regions);
    opened.with(log);
    opened.with(index);
    opened.with(slots);
    opened.closeAfter(reason);
  }

  @Override
  public void close() {
    log.close();
    index.close();
    slots.close();
    regions.close();
  }
}

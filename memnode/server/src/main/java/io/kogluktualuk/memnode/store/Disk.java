package io.kogluktualuk.memnode.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// The file operations that a store needs, and no others: so that a test can put a disk in their
/// place that loses what was not synced.
///
/// Names are those of files in one folder.
///
/// **Threading:** as the files it opens.
/// **Ownership:** [#close] lets go of [#scratch] memory; files are closed by who opened them.
interface Disk extends AutoCloseable {

  /// Where a file is, for whoever maps it as well.
  Path path(String name);

  boolean exists(String name) throws IOException;

  /// The length of a file that exists.
  long length(String name) throws IOException;

  /// How many bytes could still be written.
  long usableBytes() throws IOException;

  /// Deletes a file, if it exists.
  void delete(String name) throws IOException;

  /// Gives a file another name, in the place of what had it. A crash leaves the one or the other;
  /// after the return it leaves the new one.
  void replace(String name, String by) throws IOException;

  /// Gives a file a second name, in the place of what had it, where the file system can.
  void keep(String name, String as) throws IOException;

  /// Opens or creates a file.
  OpenFile open(String name) throws IOException;

  /// Maps a file, shared; creates it with this length.
  ///
  /// @param length for a file that does not exist yet; an existing one keeps its own
  MappedFile map(String name, long length) throws IOException;

  /// Does two things that wait for the device; at the same time, where that is quicker. Returns,
  /// or throws what either has thrown, when both have ended.
  default void both(Runnable one, Runnable other) {
    try {
      one.run();
    } finally {
      other.run();
    }
  }

  /// Takes the memory of a memory tier: files in a folder of their own, which no crash leaves.
  ///
  /// @param regionBytesMax the longest region
  /// @throws io.kogluktualuk.fabric.fault.OutOfSpace when there is not as much
  MemoryRegions memory(TierSettings settings, long regionBytesMax);

  /// Memory of zeros, not on the heap and in no file; all of it is there at once.
  MemorySegment scratch(long bytes);

  @Override
  void close();

  /// An open file. Plain reads and writes at a position.
  ///
  /// **Threading:** [#read], [#write] and [#force] any thread; the rest one at a time.
  interface OpenFile extends AutoCloseable {

    long length() throws IOException;

    /// Reads as much as there is, up to the target's length.
    ///
    /// @return how many bytes
    int read(byte[] target, long from) throws IOException;

    void write(byte[] source, int length, long to) throws IOException;

    void setLength(long length) throws IOException;

    /// Has everything on the device that was written, through mappings as well.
    void force() throws IOException;

    @Override
    void close() throws IOException;
  }

  /// A mapped file.
  interface MappedFile extends OpenFile {

    MemorySegment segment();

    /// Whether the file is memory and nothing else: to store to the mapping costs what a store
    /// costs, and no device ever hears of it.
    boolean isMemory();
  }
}

package io.kogluktualuk.computenode.runtime.guest;

import io.kogluktualuk.computenode.runtime.namespace.WrittenFile;
import io.kogluktualuk.fabric.blob.Content;
import java.lang.foreign.MemorySegment;

/// Bytes that a program can read anywhere.
///
/// **Threading:** the guest's thread.
sealed interface Readable {

  long length();

  /// The bytes from `offset`, which is inside, to the end of the part that holds it: in place.
  MemorySegment at(long offset);

  /// Where the stored chunk that holds `offset`, which is inside, ends.
  long chunkEnd(long offset);

  /// Copies bytes from `offset` on into `target`; returns how many there were.
  default int read(long offset, MemorySegment target) {
    if (offset < 0 || offset >= length()) {
      return 0;
    }
    long wanted = Math.min(target.byteSize(), length() - offset);
    long copied = 0;
    while (copied < wanted) {
      MemorySegment part = at(offset + copied);
      long length = Math.min(part.byteSize(), wanted - copied);
      MemorySegment.copy(part, 0, target, copied, length);
      copied += length;
    }
    return (int) copied;
  }

  /// Content of the fabric.
  record Stored(Content content) implements Readable {
    @Override
    public long length() {
      return content.length();
    }

    @Override
    public MemorySegment at(long offset) {
      int index = content.chunkAt(offset);
      return content.chunk(index).bytes().asSlice(offset - content.startOf(index));
    }

    @Override
    public long chunkEnd(long offset) {
      int next = content.chunkAt(offset) + 1;
      return next == content.chunkCount() ? content.length() : content.startOf(next);
    }
  }

  /// A file that the program writes.
  record Written(WrittenFile file) implements Readable {
    @Override
    public long length() {
      return file.length();
    }

    @Override
    public MemorySegment at(long offset) {
      return file.at(offset);
    }

    @Override
    public long chunkEnd(long offset) {
      return file.chunkEnd(offset);
    }
  }
}

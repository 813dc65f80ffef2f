package io.kogluktualuk.computenode.runtime.guest;

import io.kogluktualuk.computenode.runtime.namespace.WrittenFile;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.LentBlob;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Bytes that a program can read anywhere.
///
/// **Threading:** the guest's thread. **Ownership:** [#close] gives back what is lent to it; it can
/// be read on after that, and closed again.
sealed interface Readable extends AutoCloseable {

  long length();

  /// The bytes from `offset`, which is inside, to the end of the part that holds it: in place, and
  /// valid until the next call.
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

  @Override
  void close();

  /// Content of the fabric. The chunk that was read last is lent to it.
  final class Stored implements Readable {
    private final Content content;
    private @Nullable LentBlob lent;
    private int index;

    Stored(Content content) {
      this.content = content;
    }

    @Override
    public long length() {
      return content.length();
    }

    @Override
    public MemorySegment at(long offset) {
      int wanted = content.chunkAt(offset);
      LentBlob chunk = lent;
      if (chunk == null || wanted != index) {
        close();
        chunk = content.lendChunk(wanted);
        lent = chunk;
        index = wanted;
      }
      return chunk.bytes().asSlice(offset - content.startOf(wanted));
    }

    @Override
    public void close() {
      LentBlob chunk = lent;
      lent = null;
      if (chunk != null) {
        chunk.close();
      }
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

    @Override
    public void close() {}
  }
}

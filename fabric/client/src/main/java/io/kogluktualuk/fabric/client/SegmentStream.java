package io.kogluktualuk.fabric.client;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;

/// Segments, one behind the other, as a stream.
///
/// **Threading:** one thread. **Ownership:** the segments are lent.
final class SegmentStream extends InputStream {

  private final List<MemorySegment> segments;
  private int index;
  private long position;

  SegmentStream(List<MemorySegment> segments) {
    this.segments = segments;
  }

  /// The segment with the next byte.
  private boolean isMore() {
    while (index < segments.size() && position == segments.get(index).byteSize()) {
      index++;
      position = 0;
    }
    return index < segments.size();
  }

  @Override
  public int read() {
    return isMore() ? segments.get(index).get(ValueLayout.JAVA_BYTE, position++) & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (!isMore()) {
      return -1;
    }
    MemorySegment segment = segments.get(index);
    int part = (int) Math.min(length, segment.byteSize() - position);
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, position, target, offset, part);
    position += part;
    return part;
  }

  @Override
  public int available() {
    return isMore()
        ? (int) Math.min(Integer.MAX_VALUE, segments.get(index).byteSize() - position)
        : 0;
  }
}

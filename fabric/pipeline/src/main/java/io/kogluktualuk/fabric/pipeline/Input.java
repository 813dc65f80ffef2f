package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Voucher;
import io.kogluktualuk.fabric.fault.Corruption;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// What a handler gets: an envelope, and the way to its bytes. Nothing is fetched until it asks.
///
/// **Threading:** the handler's thread, until it returns.
public final class Input {

  private final Envelope envelope;
  private final BlobPort blobs;
  private boolean isBelieved;
  private final Counts counts;
  private final Supplier<List<Envelope>> ahead;

  /// @param ahead what will be looked at next, perhaps
  Input(Envelope envelope, BlobPort blobs, Counts counts, Supplier<List<Envelope>> ahead) {
    this.envelope = envelope;
    this.blobs = blobs;
    this.counts = counts;
    this.ahead = ahead;
  }

  public Envelope envelope() {
    return envelope;
  }

  public Ref ref() {
    return envelope.ref();
  }

  public Metadata metadata() {
    return envelope.metadata();
  }

  /// Lends the bytes in one piece, verified: where a one-sided read has put them, or from the
  /// envelope. What is longer than a blob is put together on the heap; see [#readParts].
  ///
  /// @param use gets bytes that are valid until it returns
  /// @throws io.kogluktualuk.fabric.fault.NotFound when the ref leads to nothing
  /// @throws Corruption when what the envelope carries is not what it says
  public <R> R read(Function<MemorySegment, R> use) {
    counts.viewedBytes.add(envelope.ref().length());
    if (envelope.isCarried()) {
      return use.apply(carried());
    }
    believe();
    return blobs.read(envelope.ref(), use);
  }

  /// Lends the bytes part by part, in order: what is longer than a blob is not put together, so
  /// nothing is copied.
  ///
  /// @param each gets bytes that are valid until it returns
  public void readParts(Consumer<MemorySegment> each) {
    counts.viewedBytes.add(envelope.ref().length());
    if (envelope.isCarried()) {
      each.accept(carried());
    } else {
      believe();
      blobs.readParts(envelope.ref(), each);
    }
  }

  /// Stages that look at one envelope look at the next ones, too: they are verified together.
  private MemorySegment carried() {
    if (envelope.isToVerify()) {
      Envelope.verifyEach(ahead.get());
    }
    return envelope.verifiedCarried();
  }

  /// Whoever has stored the bytes vouches for them: then they are verified without a SHA-256,
  /// unless the stage doubts.
  private void believe() {
    Voucher voucher = envelope.voucher();
    if (voucher != null && !isBelieved) {
      isBelieved = true;
      blobs.believe(envelope.ref(), voucher);
    }
  }

  /// A copy of the bytes.
  public byte[] bytes() {
    return read(bytes -> bytes.toArray(ValueLayout.JAVA_BYTE));
  }

  /// The bytes as a stream, for content that is too long to look at in one piece.
  public InputStream open() {
    counts.viewedBytes.add(envelope.ref().length());
    return envelope.isCarried()
        ? new ByteArrayInputStream(carried().toArray(ValueLayout.JAVA_BYTE))
        : blobs.stream(envelope.ref());
  }

  /// The same value and metadata, to be sent on: nothing is fetched or stored.
  public Output pass() {
    return pass(envelope.metadata());
  }

  /// The same value, with other metadata.
  public Output pass(Metadata metadata) {
    return Output.of(envelope.ref(), metadata);
  }
}

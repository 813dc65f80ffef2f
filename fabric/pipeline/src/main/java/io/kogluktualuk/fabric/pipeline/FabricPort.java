package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.blob.ContentList;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Voucher;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Hold;
import io.kogluktualuk.fabric.client.PutOptions;
import io.kogluktualuk.fabric.client.Vouched;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// What stages need, by a session with a fabric.
///
/// **Threading:** any thread.
final class FabricPort implements BlobPort {

  /// What is put together on the heap for who wants it in one piece.
  private static final long JOINED_MAX = 1L << 30;

  private static final Duration RECOMPUTE = Duration.ofMinutes(5);

  private final Fabric fabric;
  private final PutOptions storing;
  private volatile boolean isDoubting;

  FabricPort(Fabric fabric, PutOptions storing) {
    this.fabric = fabric;
    this.storing = storing;
  }

  private record HoldScope(Hold hold) implements Scope {

    @Override
    public void close() {
      hold.close();
    }
  }

  @Override
  public Scope open() {
    return new HoldScope(fabric.hold());
  }

  private static Hold hold(Scope scope) {
    return ((HoldScope) scope).hold;
  }

  @Override
  public Stored put(Scope scope, MemorySegment bytes) {
    Vouched stored = fabric.putVouched(bytes, storing.heldBy(hold(scope)));
    return new Stored(stored.ref(), stored.voucher());
  }

  @Override
  public Set<Ref> hold(Scope scope, Collection<Ref> refs) {
    return hold(scope).add(refs);
  }

  @Override
  public <R> R read(Ref ref, Function<MemorySegment, R> use) {
    if (ref.kind() == Kind.BLOB) {
      return fabric.read(ref.hash(), use);
    }
    if (ref.length() > JOINED_MAX) {
      throw new InvalidArgument(ref + " is longer than " + JOINED_MAX + "; read it in parts");
    }
    byte[] joined = new byte[(int) ref.length()];
    int[] filled = {0};
    readParts(
        ref,
        part -> {
          int length = (int) part.byteSize();
          MemorySegment.copy(part, ValueLayout.JAVA_BYTE, 0, joined, filled[0], length);
          filled[0] += length;
        });
    return use.apply(MemorySegment.ofArray(joined));
  }

  @Override
  public void readParts(Ref ref, Consumer<MemorySegment> each) {
    if (ref.kind() == Kind.BLOB) {
      fabric.read(ref.hash(), part -> hand(part, each));
      return;
    }
    if (ref.kind() != Kind.LIST) {
      throw new InvalidArgument(ref + " is no content");
    }
    byte[] encoding = fabric.read(ref.hash(), bytes -> bytes.toArray(ValueLayout.JAVA_BYTE));
    ContentList list = ContentList.decode(ref.hash().toHex(), encoding);
    if (list.length() != ref.length()) {
      throw new Corruption(ref + ": its list holds " + list.length() + " bytes");
    }
    for (ContentList.Chunk chunk : list.chunks()) {
      fabric.read(chunk.hash(), part -> hand(part, each));
    }
  }

  private static boolean hand(MemorySegment part, Consumer<MemorySegment> each) {
    each.accept(part);
    return true;
  }

  @Override
  public InputStream stream(Ref ref) {
    return fabric.open(ref);
  }

  @Override
  public void doubt() {
    isDoubting = true;
  }

  @Override
  public void believe(Ref ref, Voucher voucher) {
    if (!isDoubting) {
      fabric.believe(ref, voucher);
    }
  }

  @Override
  public boolean recompute(Envelope envelope) {
    boolean isKnown = envelope.metadata().value(TransactionStage.KEY) != null;
    if (isKnown) {
      TransactionStage.recompute(fabric, envelope, RECOMPUTE);
    }
    return isKnown;
  }

  @Override
  public void pin(String name, Ref ref) {
    fabric.roots().set(name, ref);
  }

  @Override
  public void unpin(String name) {
    fabric.roots().remove(name);
  }

  @Override
  public Claim claim() {
    return new Claim(fabric.settings().lease());
  }
}

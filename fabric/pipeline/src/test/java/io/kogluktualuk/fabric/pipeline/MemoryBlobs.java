package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Voucher;
import io.kogluktualuk.fabric.fault.NotFound;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// A fabric in memory that evicts at once what nobody holds and no name keeps.
final class MemoryBlobs implements BlobPort {

  /// So that others hold after [Claim#PATIENCE_MIN] what is held here.
  private static final Duration LEASE = Duration.ofSeconds(8);

  private final Map<Ref, byte[]> values = new HashMap<>();
  private final Map<Ref, Integer> holds = new HashMap<>();
  private final Map<String, Ref> names = new HashMap<>();
  private int puts;
  private int reads;
  private int holdCalls;
  private int closedScopes;

  private final class Held implements Scope {

    private final List<Ref> refs = new ArrayList<>();
    private boolean isClosed;

    @Override
    public void close() {
      synchronized (MemoryBlobs.this) {
        if (!isClosed) {
          isClosed = true;
          closedScopes++;
          refs.forEach(ref -> holds.merge(ref, -1, Integer::sum));
          evict();
        }
      }
    }
  }

  private void evict() {
    values.keySet().removeIf(ref -> holds.getOrDefault(ref, 0) <= 0 && !names.containsValue(ref));
  }

  @Override
  public Scope open() {
    return new Held();
  }

  private void add(Scope scope, Ref ref) {
    ((Held) scope).refs.add(ref);
    holds.merge(ref, 1, Integer::sum);
  }

  @Override
  public synchronized Stored put(Scope scope, MemorySegment bytes) {
    puts++;
    byte[] copy = bytes.toArray(ValueLayout.JAVA_BYTE);
    Ref ref = Ref.ofBlob(Blob.of(copy));
    values.put(ref, copy);
    add(scope, ref);
    return new Stored(ref, null);
  }

  @Override
  public synchronized Set<Ref> hold(Scope scope, Collection<Ref> refs) {
    holdCalls++;
    Set<Ref> absent = new HashSet<>();
    for (Ref ref : refs) {
      if (values.containsKey(ref)) {
        add(scope, ref);
      } else {
        absent.add(ref);
      }
    }
    return absent;
  }

  @Override
  public <R> R read(Ref ref, Function<MemorySegment, R> use) {
    return use.apply(MemorySegment.ofArray(bytes(ref)));
  }

  private synchronized byte[] bytes(Ref ref) {
    reads++;
    byte[] found = values.get(ref);
    if (found == null) {
      throw new NotFound("nobody has " + ref);
    }
    return found;
  }

  @Override
  public void readParts(Ref ref, Consumer<MemorySegment> each) {
    each.accept(MemorySegment.ofArray(bytes(ref)));
  }

  @Override
  public InputStream stream(Ref ref) {
    return new ByteArrayInputStream(bytes(ref));
  }

  @Override
  public void doubt() {
    throw new IllegalStateException("nobody here vouches for anything");
  }

  @Override
  public void believe(Ref ref, Voucher voucher) {
    throw new IllegalStateException("nobody here vouches for anything");
  }

  @Override
  public boolean recompute(Envelope envelope) {
    return false;
  }

  @Override
  public synchronized void pin(String name, Ref ref) {
    if (!values.containsKey(ref)) {
      throw new NotFound("nobody has " + ref);
    }
    names.put(name, ref);
  }

  @Override
  public synchronized void unpin(String name) {
    names.remove(name);
    evict();
  }

  @Override
  public Claim claim() {
    return new Claim(LEASE);
  }

  /// What a holder that has died leaves behind.
  synchronized void loseHolds() {
    holds.clear();
    evict();
  }

  synchronized int size() {
    return values.size();
  }

  synchronized Map<String, Ref> names() {
    return Map.copyOf(names);
  }

  synchronized int puts() {
    return puts;
  }

  synchronized int reads() {
    return reads;
  }

  synchronized int holdCalls() {
    return holdCalls;
  }

  synchronized int closedScopes() {
    return closedScopes;
  }
}

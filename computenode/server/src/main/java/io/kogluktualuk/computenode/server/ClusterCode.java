package io.kogluktualuk.computenode.server;

import io.kogluktualuk.computenode.runtime.store.Memo;
import io.kogluktualuk.computenode.runtime.store.MemoIndex;
import io.kogluktualuk.computenode.runtime.store.Shelf;
import io.kogluktualuk.computenode.runtime.store.Valued;
import io.kogluktualuk.computenode.runtime.store.Worth;
import io.kogluktualuk.computenode.vm.run.SharedCode;
import io.kogluktualuk.computenode.vm.run.Vm;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.ContentWriter;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compiled code that the nodes of a cluster share: a derived blob, which the memo index names.
///
/// The memo is one like those of transactions, under a key that no transaction has. Its output is
/// the code, its duration what compiling took. Code that was evicted is compiled and stored
/// again: the compiler writes the same bytes, so the memo holds for ever.
///
/// **Threading:** any thread; [#find] blocks. One thread of its own stores. **Ownership:** index
/// and shelf are lent. **Bound:** [#WAITING_MAX] modules wait to be stored; further ones are not.
/// **Errors:** none; what cannot be had is compiled, what cannot be stored is not shared.
final class ClusterCode implements SharedCode, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterCode.class);

  private static final byte[] KEY_MAGIC = "kogJ\u0001".getBytes(StandardCharsets.US_ASCII);
  private static final Ref NOTHING = Ref.ofBlob(Blob.of(new byte[0]));
  private static final int WAITING_MAX = 8;
  private static final long CLOSE_SECONDS = 5;

  private final MemoIndex index;
  private final Shelf shelf;
  private final ThreadPoolExecutor storing;
  private final LongAdder stored = new LongAdder();

  ClusterCode(String name, MemoIndex index, Shelf shelf) {
    this.index = index;
    this.shelf = shelf;
    this.storing =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_MAX),
            Thread.ofPlatform().name("code-" + name).daemon().factory(),
            new ThreadPoolExecutor.DiscardPolicy());
  }

  /// What names the code of a module.
  ///
  /// ```
  /// SHA-256 ( "kogJ" u8 version=1 │ hash module │ text compiler )
  /// ```
  static Hash key(Hash module) {
    CanonicalWriter writer = new CanonicalWriter();
    return Hash.of(writer.raw(KEY_MAGIC).hash(module).text(Vm.compiler()).toBytes());
  }

  @Override
  public byte @Nullable [] find(Hash module, long bytesMax) {
    try {
      Hash key = key(module);
      Outcome recorded = index.lookup(List.of(key)).get(key);
      return recorded == null ? null : read(module, recorded.output(), bytesMax);
    } catch (RuntimeException e) {
      LOG.debug("compiled code of module {} cannot be had: {}", module, e.toString());
      return null;
    }
  }

  private byte @Nullable [] read(Hash module, Ref ref, long bytesMax) {
    if (ref.length() > bytesMax) {
      LOG.warn(
          "compiled code of module {} is recorded as {}, expected at most {} bytes",
          module,
          ref,
          bytesMax);
      return null;
    }
    byte[] code = new byte[(int) ref.length()];
    int length = Content.open(shelf, ref).read(0, MemorySegment.ofArray(code));
    return length == code.length ? code : null;
  }

  @Override
  public void offer(Hash module, long nanos, Supplier<byte[]> code) {
    storing.execute(() -> store(module, nanos, code.get()));
  }

  private void store(Hash module, long nanos, byte[] code) {
    try {
      Valued target = new Valued(shelf, Worth.output(nanos));
      Ref ref = new ContentWriter(target).write(code, 0, code.length).finish();
      Outcome outcome = new Outcome(new Ending.Exited(0), 0, ref, NOTHING, NOTHING);
      index.record(List.of(new Memo(key(module), outcome, nanos, null)));
      stored.increment();
    } catch (Conflict e) {
      LOG.error(
          "module {} was compiled to something else here than what was recorded: {}",
          module,
          e.getMessage());
    } catch (RuntimeException e) {
      LOG.debug("compiled code of module {} is not shared: {}", module, e.toString());
    }
  }

  @Override
  public void refused(Hash module, FabricException reason) {
    LOG.warn(
        "compiled code of module {} from another node is not used: {}",
        module,
        reason.getMessage());
  }

  /// How many modules were compiled here and stored for others.
  long stored() {
    return stored.sum();
  }

  /// What waits to be stored is dropped.
  @Override
  public void close() {
    storing.shutdownNow();
    try {
      if (!storing.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("compiled code is still being stored after {} s", CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

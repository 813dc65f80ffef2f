package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvMr;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The peer's regions that one queue pair has used so far, by rkey.
///
/// The first use of a key asks the peer over the socket and maps the answer; every later one is a
/// lookup in a table without allocation.
///
/// **Threading:** lookups under the send lock; [#onAnswer] and [#onPeerGone] from the reactor.
/// **Bound:** [#KEYS_MAX] keys; when more are used those that were withdrawn are forgotten, and the
/// peer grants no more than that at a time.
final class RemoteRegions {

  private static final Logger LOG = LoggerFactory.getLogger(RemoteRegions.class);
  private static final int KEYS_MAX = Link.GRANT_SLOTS;
  private static final int TABLE = 4 * KEYS_MAX;

  /// One usable region.
  record Region(
      int rkey,
      int slot,
      MemorySegment memory,
      long address,
      int access,
      Mappings.@Nullable Mapping mapping) {

    boolean allows(int right) {
      return (access & right) != 0;
    }
  }

  /// Why a key cannot be used, as a completion status.
  static final class Denied extends Exception {
    private static final long serialVersionUID = 1L;
    final int status;

    Denied(int status, String reason) {
      super(reason);
      this.status = status;
    }
  }

  private final Peer peer;
  private final String process;
  private final Mappings mappings;
  private final long queryNanosMax;
  private final @Nullable Region[] table = new @Nullable Region[TABLE];
  private int known;
  private final AtomicInteger queries = new AtomicInteger();
  private final Map<Integer, CompletableFuture<CmMessage>> open = new ConcurrentHashMap<>();
  private volatile boolean isPeerGone;

  RemoteRegions(Peer peer, String process, Mappings mappings, long queryNanosMax) {
    this.peer = peer;
    this.process = process;
    this.mappings = mappings;
    this.queryNanosMax = queryNanosMax;
  }

  /// The region with this key; asks the peer when it is new.
  Region find(int rkey) throws Denied {
    int at = start(rkey);
    for (Region region = table[at]; region != null; region = table[at]) {
      if (region.rkey == rkey) {
        return region;
      }
      at = at + 1 & TABLE - 1;
    }
    return learn(rkey);
  }

  private static int start(int rkey) {
    return rkey * 0x9E3779B9 >>> 32 - Integer.numberOfTrailingZeros(TABLE);
  }

  private Region learn(int rkey) throws Denied {
    Region region = open(rkey, ask(rkey));
    if (known == KEYS_MAX) {
      forgetWithdrawn();
    }
    add(region);
    return region;
  }

  private void add(Region region) {
    int at = start(region.rkey);
    while (table[at] != null) {
      at = at + 1 & TABLE - 1;
    }
    table[at] = region;
    known++;
  }

  /// Forgets the keys that the peer has withdrawn. The others stay: asking for one again would cost
  /// the peer another grant.
  void forgetWithdrawn() {
    @Nullable Region[] before = table.clone();
    Arrays.fill(table, null);
    known = 0;
    for (Region region : before) {
      if (region != null && Grants.isValid(peer.link.other, region.slot, region.rkey)) {
        add(region);
      } else if (region != null && region.mapping != null) {
        region.mapping.release();
      }
    }
  }

  /// The queue pair is at its end.
  void forgetAll() {
    for (int i = 0; i < TABLE; i++) {
      Region region = table[i];
      table[i] = null;
      if (region != null && region.mapping != null) {
        region.mapping.release();
      }
    }
    known = 0;
  }

  private CmMessage ask(int rkey) throws Denied {
    int query = queries.incrementAndGet() & Integer.MAX_VALUE;
    CompletableFuture<CmMessage> answer = new CompletableFuture<>();
    open.put(query, answer);
    try {
      if (isPeerGone) {
        throw new Denied(Status.RETRY_EXC_ERR, "the peer is gone");
      }
      peer.wire.send(new CmMessage.RegionQuery(query, rkey));
      return answer.get(queryNanosMax, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Denied(Status.RETRY_EXC_ERR, "interrupted");
    } catch (ExecutionException | TimeoutException e) {
      throw new Denied(Status.RETRY_EXC_ERR, "no answer about region " + rkey + ": " + e);
    } finally {
      open.remove(query);
    }
  }

  private Region open(int rkey, CmMessage answer) throws Denied {
    return switch (answer) {
      case CmMessage.FileRegion file -> openFile(rkey, file);
      case CmMessage.PrivateRegion memory -> openPrivate(rkey, memory);
      case CmMessage.NoRegion none ->
          throw new Denied(none.status(), "the peer denies the use of region " + rkey);
      default -> throw new Denied(Status.REM_OP_ERR, "not an answer about a region");
    };
  }

  private Region openFile(int rkey, CmMessage.FileRegion file) throws Denied {
    int writing = IbvMr.IBV_ACCESS_REMOTE_WRITE | IbvMr.IBV_ACCESS_REMOTE_ATOMIC;
    Mappings.Key key = new Mappings.Key(file.path(), file.inode(), (file.access() & writing) != 0);
    try {
      Mappings.Mapping mapping = mappings.acquire(key, file.fileOffset(), file.length());
      return openPart(rkey, file, mapping);
    } catch (IOException | RuntimeException e) {
      LOG.warn("cannot map region {} of a peer: {}", rkey, e.toString());
      throw new Denied(Status.REM_OP_ERR, "cannot map it: " + e);
    }
  }

  private static Region openPart(int rkey, CmMessage.FileRegion file, Mappings.Mapping mapping)
      throws IOException {
    try {
      MemorySegment memory = mapping.part(file.fileOffset(), file.length());
      return new Region(rkey, file.slot(), memory, file.address(), file.access(), mapping);
    } catch (IOException | RuntimeException e) {
      mapping.release();
      throw e;
    }
  }

  private Region openPrivate(int rkey, CmMessage.PrivateRegion region) throws Denied {
    if (!peer.process.equals(process)) {
      throw new Denied(Status.REM_INV_REQ_ERR, "the region lies in no file that could be mapped");
    }
    MemorySegment memory = MemorySegment.ofAddress(region.address()).reinterpret(region.length());
    return new Region(rkey, region.slot(), memory, region.address(), region.access(), null);
  }

  void onAnswer(int query, CmMessage answer) {
    CompletableFuture<CmMessage> waiting = open.remove(query);
    if (waiting != null) {
      waiting.complete(answer);
    }
  }

  void onPeerGone() {
    isPeerGone = true;
    open.values()
        .forEach(waiting -> waiting.completeExceptionally(new IOException("the peer is gone")));
  }
}

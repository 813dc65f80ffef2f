package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.LocateRequest;
import io.kogluktualuk.memnode.api.LocateResponse;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.MemoryStatus;
import io.kogluktualuk.memnode.api.Reservation;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.ReserveResponse;
import io.kogluktualuk.memnode.api.ResolveRequest;
import io.kogluktualuk.memnode.api.ResolveResponse;
import io.kogluktualuk.memnode.store.MemoryStore;
import io.kogluktualuk.memnode.store.StoreStatus;
import io.kogluktualuk.rdma.transport.memory.RemoteRegion;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/// Translates control calls for a store.
///
/// **Threading:** any thread.
final class StoreCalls {

  private final String nodeId;
  private final String name;
  private final String host;
  private final MemoryStore store;
  private final PublishedStore published;
  private final LongAdder calls = new LongAdder();

  StoreCalls(String nodeId, String name, String host, MemoryStore store, PublishedStore published) {
    this.nodeId = nodeId;
    this.name = name;
    this.host = host;
    this.store = store;
    this.published = published;
  }

  MethodTable table() {
    return new MethodTable()
        .on(MemoryCalls.DESCRIBE, counted(_ -> published.describe(nodeId, host)))
        .on(MemoryCalls.RESERVE, counted(this::reserve))
        .on(MemoryCalls.SEAL, counted(request -> store.seal(request.windows())))
        .on(MemoryCalls.LOCATE, counted(this::locate))
        .on(MemoryCalls.RESOLVE, counted(this::resolve))
        .on(MemoryCalls.STATUS, _ -> status());
  }

  private <Q, R> MethodTable.Handler<Q, R> counted(MethodTable.Handler<Q, R> handler) {
    return request -> {
      calls.increment();
      return handler.handle(request);
    };
  }

  private ResolveResponse resolve(ResolveRequest request) {
    return new ResolveResponse(store.withPrefix(request.digits(), ResolveResponse.HASHES_MAX));
  }

  private ReserveResponse reserve(ReserveRequest request) {
    MemoryStore.Reserved reserved = store.reserve(request.items());
    SortedMap<Integer, RemoteRegion> writable = new TreeMap<>();
    for (Reservation item : reserved.items()) {
      if (item instanceof Reservation.Window(_, BlobLocation location)) {
        writable.computeIfAbsent(location.region(), published::writable);
      }
    }
    return new ReserveResponse(
        store.windowLifetime(), writable, reserved.items(), reserved.failure());
  }

  private LocateResponse locate(LocateRequest request) {
    SortedMap<Integer, BlobLocation> found = new TreeMap<>();
    for (int i = 0; i < request.hashes().size(); i++) {
      BlobLocation location = store.locate(request.hashes().get(i));
      if (location != null) {
        found.put(i, location);
      }
    }
    return new LocateResponse(found);
  }

  MemoryStatus status() {
    StoreStatus now = store.status();
    return new MemoryStatus(
        nodeId,
        name,
        now.capacityBytes(),
        now.usedBytes(),
        now.blobBytes(),
        now.blobs(),
        now.indexBlobsMax(),
        now.windowsOpen(),
        now.sealed(),
        now.sealedBytes(),
        now.refused(),
        now.dropped(),
        calls.sum(),
        published.completions());
  }
}

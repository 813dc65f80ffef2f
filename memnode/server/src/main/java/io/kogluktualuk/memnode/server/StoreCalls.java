package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.StaleLease;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.measure.Distribution;
import io.kogluktualuk.fabric.measure.Histogram;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.memnode.api.Affected;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.DescribeRequest;
import io.kogluktualuk.memnode.api.LocateRequest;
import io.kogluktualuk.memnode.api.LocateResponse;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.MemoryStatus;
import io.kogluktualuk.memnode.api.NodeDescription;
import io.kogluktualuk.memnode.api.PutRequest;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.ReserveResponse;
import io.kogluktualuk.memnode.api.ResolveRequest;
import io.kogluktualuk.memnode.api.ResolveResponse;
import io.kogluktualuk.memnode.api.SealRequest;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.StandRequest;
import io.kogluktualuk.memnode.api.StandResponse;
import io.kogluktualuk.memnode.api.SyncRequest;
import io.kogluktualuk.memnode.api.SyncResponse;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.api.WriteWindow;
import io.kogluktualuk.memnode.retention.Tally;
import io.kogluktualuk.memnode.store.MemoryStore;
import io.kogluktualuk.memnode.store.StoreStatus;
import io.kogluktualuk.rdma.transport.endpoint.VerbsStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Translates control calls for the stores of the tenants.
///
/// **Threading:** any thread.
final class StoreCalls {

  private final String nodeId;
  private final String name;
  private final String host;
  private final Map<Tenant, TenantStore> tenants;
  private final NodeKeeping keeping;
  private final LongAdder calls = new LongAdder();
  private final LongAdder stale = new LongAdder();
  private final Histogram putTimes = Histogram.ofTimes();

  /// @param tenants the default one first
  StoreCalls(
      String nodeId,
      String name,
      String host,
      Map<Tenant, TenantStore> tenants,
      NodeKeeping keeping) {
    this.nodeId = nodeId;
    this.name = name;
    this.host = host;
    this.tenants = Collections.unmodifiableMap(tenants);
    this.keeping = keeping;
  }

  MethodTable table() {
    return VerbsStatus.addTo(new MethodTable())
        .on(MemoryCalls.DESCRIBE, counted(this::describe))
        .on(MemoryCalls.RESERVE, counted(this::reserve))
        .on(MemoryCalls.SEAL, counted(this::seal))
        .on(MemoryCalls.STAND, counted(this::stand))
        .onInline(MemoryCalls.PUT, counted(this::put))
        .on(MemoryCalls.SYNC, counted(this::sync))
        .on(MemoryCalls.LOCATE, counted(this::locate))
        .on(MemoryCalls.PROMOTE, counted(this::promote))
        .on(MemoryCalls.RESOLVE, counted(this::resolve))
        .on(MemoryCalls.HOLD, counted(r -> keeping(r.tenant()).hold(r)))
        .on(MemoryCalls.RELEASE, counted(r -> new Affected(keeping(r.tenant()).release(r))))
        .on(MemoryCalls.TOUCH, r -> new Affected(keeping(r.tenant()).touch(r)))
        .on(MemoryCalls.PIN, counted(r -> keeping(r.tenant()).pin(r)))
        .on(MemoryCalls.COLLECT, counted(r -> keeping(r.tenant()).collect(r)))
        .on(MemoryCalls.CREDITS, counted(_ -> keeping.door().status()))
        .on(MemoryCalls.STATUS, _ -> status());
  }

  private <Q, R> MethodTable.Handler<Q, R> counted(MethodTable.Handler<Q, R> handler) {
    return request -> {
      calls.increment();
      try {
        return handler.handle(request);
      } catch (StaleLease e) {
        stale.increment();
        throw e;
      }
    };
  }

  private TenantStore of(Tenant tenant) {
    TenantStore found = tenants.get(tenant);
    if (found == null) {
      throw new InvalidArgument(
          "memory node " + name + " has no tenant '" + tenant + "'; it has " + tenants.keySet());
    }
    return found;
  }

  private TenantKeeping keeping(Tenant tenant) {
    return keeping.of(of(tenant).tenant());
  }

  private NodeDescription describe(DescribeRequest request) {
    return of(request.tenant()).published().describe(nodeId, host);
  }

  private ReserveResponse reserve(ReserveRequest request) {
    TenantStore tenant = of(request.tenant());
    MemoryStore.Reserved reserved = keeping(request.tenant()).reserve(request);
    MemoryStore.Lent lent = reserved.window();
    WriteWindow window = lent == null ? null : tenant.published().window(lent);
    return new ReserveResponse(
        tenant.store().windowLifetime(), window, reserved.items(), reserved.failure());
  }

  private SealResponse seal(SealRequest request) {
    return timed(() -> keeping(request.tenant()).seal(request));
  }

  private SealResponse timed(Supplier<SealResponse> put) {
    long begin = System.nanoTime();
    SealResponse response = put.get();
    putTimes.addSince(begin);
    return response;
  }

  private StandResponse stand(StandRequest request) {
    TenantStore tenant = of(request.tenant());
    MemoryStore.Lent lent = tenant.store().stand(request.session());
    WriteWindow window = lent == null ? null : tenant.published().window(lent);
    return new StandResponse(tenant.store().windowLifetime(), window);
  }

  private SealResponse put(PutRequest request) {
    return timed(() -> keeping(request.blobs().tenant()).put(request));
  }

  private SyncResponse sync(SyncRequest request) {
    of(request.tenant()).store().sync();
    return new SyncResponse();
  }

  private ResolveResponse resolve(ResolveRequest request) {
    MemoryStore store = of(request.tenant()).store();
    return new ResolveResponse(store.withPrefix(request.digits(), ResolveResponse.HASHES_MAX));
  }

  private LocateResponse locate(LocateRequest request) {
    return located(request, of(request.tenant()).store()::locate);
  }

  private LocateResponse promote(LocateRequest request) {
    return located(request, of(request.tenant()).store().promote(request.hashes())::get);
  }

  /// A question about one blob.
  private interface Question {
    @Nullable BlobLocation ask(Hash hash);
  }

  private static LocateResponse located(LocateRequest request, Question question) {
    SortedMap<Integer, BlobLocation> found = new TreeMap<>();
    for (int i = 0; i < request.hashes().size(); i++) {
      BlobLocation location = question.ask(request.hashes().get(i));
      if (location != null) {
        found.put(i, location);
      }
    }
    return new LocateResponse(found);
  }

  /// Calls refused because of the token that they showed.
  long stale() {
    return stale.sum();
  }

  /// Syncs of all stores. How long it took to verify, log and show what had been written.
  Distribution putTimes() {
    return putTimes.read();
  }

  /// How long syncs of the device took.
  Distribution syncTimes() {
    return tenants.values().stream()
        .map(each -> each.store().syncTimes())
        .reduce(Distribution::plus)
        .orElseThrow();
  }

  long syncs() {
    return tenants.values().stream().mapToLong(each -> each.store().syncs()).sum();
  }

  /// Blobs found damaged at the start or since; of each store a thousand are counted.
  long damaged() {
    return tenants.values().stream().mapToLong(each -> each.store().lost().size()).sum();
  }

  MemoryStatus status() {
    StoreStatus sum = StoreStatus.NOTHING;
    long completions = 0;
    MemoryStatus.TierUse tier = MemoryStatus.TierUse.NONE;
    List<MemoryStatus.TenantUse> uses = new ArrayList<>();
    for (TenantStore each : tenants.values()) {
      StoreStatus now = each.store().status();
      sum = sum.plus(now);
      tier = tier.plus(each.store().memory());
      completions += each.published().completions();
      uses.add(
          new MemoryStatus.TenantUse(
              each.tenant(), now.capacityBytes(), now.usedBytes(), now.blobs()));
    }
    Tally kept = keeping.tally();
    return new MemoryStatus(
        nodeId,
        name,
        sum.capacityBytes(),
        sum.usedBytes(),
        sum.blobBytes(),
        sum.blobs(),
        sum.indexBlobsMax(),
        sum.windowsOpen(),
        sum.sealed(),
        sum.sealedBytes(),
        sum.refused(),
        sum.dropped(),
        calls.sum(),
        completions,
        kept.evicted(),
        kept.evictedBytes(),
        kept.collected(),
        kept.holds(),
        keeping.charged(),
        keeping.door().waiting(),
        tier,
        uses);
  }
}

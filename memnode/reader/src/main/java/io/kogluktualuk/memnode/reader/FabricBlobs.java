package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.LentBlob;
import io.kogluktualuk.fabric.blob.Voucher;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.StaleLease;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseSource;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.LeaseTerms;
import io.kogluktualuk.rdma.transport.rpc.RpcSecurity;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The blobs of one tenant on all memory nodes of a fabric.
///
/// **Placement.** [Rendezvous] hashing over the members says which nodes a blob belongs on;
/// nobody is asked. A put takes the first nodes in that order that accept the blob.
///
/// **Reading.** A blob whose location is remembered costs one one-sided READ; another one costs a
/// READ of an index bucket and a READ of the blob. The node runs no instruction for either. Bytes
/// are always verified: by SHA-256 when this process sees the hash for the first time, by a keyed
/// tag of the verified bytes when it reads the hash again ([Verification], and the decision
/// record on verified re-reads). Bytes that are not the blob's mean *look again*: the index, the
/// other replicas, all nodes, and only then an error.
///
/// **Threading:** any number of threads; calls block their thread. **Ownership:** owns
/// connections and registered buffers. Blobs that are returned are on the heap, those that are
/// lent where they were read to. **Bound:** buffers, kept blobs, locations and time per
/// operation, see [ReaderSettings]. A thread that finds all buffers in use waits for one until
/// its time is over. **Errors:** [io.kogluktualuk.fabric.fault.NotFound] when every node was
/// asked and none has the blob, [io.kogluktualuk.fabric.fault.Corruption] when only other bytes
/// were found, [io.kogluktualuk.fabric.fault.Unavailable] when a node that may have it could not
/// be asked, [io.kogluktualuk.fabric.fault.InvalidArgument] when a node does not know the tenant.
public final class FabricBlobs implements BlobStore, AutoCloseable {

  /// The speed below which a long transfer counts as stuck: a fraction of the slowest network.
  private static final long SLOW_BYTES_PER_SECOND = 16L << 20;

  /// How often a lease may be refused in a put: each node that has been started again does so
  /// once.
  private static final int STALE_MAX = 4;

  private final ReaderSettings settings;
  private final Tally tally = new Tally();
  private final NodeLinks links;
  private final Buffers buffers;
  private final BlobFetcher fetcher;
  private final KeptBlobs kept;
  private final Lending lending;
  private final BatchFetcher batches;
  private final BlobLocator locator;
  private final BlobWriter writer;
  private final Vouchers vouchers;
  private final UseHints hints;
  private final PutPolicy standard;
  private final @Nullable Leases leases;
  private final @Nullable LeaseTender tender;

  private FabricBlobs(
      Supplier<List<MemoryNode>> membership,
      ReaderSettings settings,
      @Nullable LeaseSource source,
      LeaseSettings leasing) {
    this.settings = settings;
    this.standard = PutPolicy.source(settings.replicas()).withAccount(leasing.account());
    this.buffers = Buffers.create(settings);
    Membership members = new Membership(membership, settings.membershipAge());
    this.links = new NodeLinks(members, settings, tally);
    LocationCache locations = new LocationCache(settings.locationsMax());
    // Neither the key of the tags nor a lease's name may be predictable, see ContentTagger.
    SecureRandom random = new SecureRandom();
    ContentTagger tagger = new ContentTagger(random);
    this.hints = new UseHints(links, settings.hintOf());
    this.vouchers = new Vouchers(random);
    Verification verification = new Verification(tagger, vouchers, locations, tally);
    this.fetcher = new BlobFetcher(links, buffers, locations, verification, tally, hints);
    this.kept = new KeptBlobs(settings.keptBytes());
    this.lending = new Lending(fetcher, buffers, kept, tally);
    this.locator = new BlobLocator(links, buffers, locations);
    this.batches = new BatchFetcher(links, buffers, locations, locator, verification, tally, hints);
    this.writer = new BlobWriter(buffers, locations);
    LinkedHolds port = new LinkedHolds(links, locations, leasing.account());
    this.leases =
        source == null
            ? null
            : new Leases(source, port, leasing, leaseId(settings, random), System::nanoTime);
    this.tender = leases == null ? null : new LeaseTender(leases);
  }

  /// Memory nodes take a lease from nobody but whom it was named for.
  private static LeaseId leaseId(ReaderSettings settings, SecureRandom random) {
    return settings.security() instanceof RpcSecurity.Tls tls
        ? LeaseId.of(tls.self().title(), random)
        : LeaseId.of(random);
  }

  /// Opens the store. Nodes are connected to when they are first needed.
  ///
  /// @param membership the memory nodes that live now; asked again when the answer is stale
  public static FabricBlobs open(Supplier<List<MemoryNode>> membership, ReaderSettings settings) {
    return new FabricBlobs(membership, settings, null, LeaseSettings.defaults());
  }

  /// The same, for a session that may hold blobs.
  ///
  /// @param source where its lease comes from
  public static FabricBlobs open(
      Supplier<List<MemoryNode>> membership,
      ReaderSettings settings,
      LeaseSource source,
      LeaseSettings leasing) {
    return new FabricBlobs(membership, settings, source, leasing);
  }

  /// What this session holds.
  ///
  /// @throws IllegalStateException when it was opened without a source of leases
  public Leases leases() {
    if (leases == null) {
      throw new IllegalStateException("this session has no source of leases");
    }
    return leases;
  }

  /// The same store, putting blobs by another policy. It shares everything with this one, and is
  /// closed with it.
  public BlobStore with(PutPolicy policy) {
    return new View(policy, null);
  }

  /// The same, and what is put is held in a scope of this session from the moment it is stored.
  public BlobStore with(PutPolicy policy, Held scope) {
    if (scope.leases() != leases) {
      throw new IllegalArgumentException("the scope is another session's");
    }
    return new View(policy, scope);
  }

  @Override
  public Blob get(Hash hash) {
    Blob copy = lending.copyOfKept(hash);
    if (copy != null) {
      return copy;
    }
    try (Fetched fetched = fetcher.fetch(hash, buffers, deadline())) {
      return BatchFetcher.copy(hash, fetched.bytes(), tally);
    }
  }

  /// Lends a blob where a one-sided read puts it, now or earlier: nothing is copied to the heap as
  /// long as there is room ([ReaderSettings#keptBytes]). May be kept for long.
  @Override
  public LentBlob lend(Hash hash) {
    return lending.lend(hash, deadline());
  }

  /// Vouches for content, with which the caller has just made its blobs: whoever believes that
  /// verifies them without SHA-256.
  ///
  /// @param chunks the bytes of its blobs in order, 1 to [Voucher#TAGS_MAX]
  public Voucher vouch(List<MemorySegment> chunks) {
    return vouchers.vouch(chunks);
  }

  /// Believes a voucher: reads of these blobs accept the bytes that it vouches for, as long as it
  /// is remembered. Other bytes are verified by SHA-256 as ever.
  ///
  /// @param chunks the blobs of the content in order
  /// @throws InvalidArgument when it is for another number of blobs
  public void believe(Voucher voucher, List<Hash> chunks) {
    if (chunks.size() != voucher.tags().size()) {
      throw new InvalidArgument(
          "a voucher for " + voucher.tags().size() + " blobs, expected one for " + chunks.size());
    }
    vouchers.believe(voucher, chunks);
  }

  /// Lends the verified bytes of a blob without copying them out of the registered buffer.
  ///
  /// @param use what to do with them, soon: it holds a buffer that others may wait for. The
  ///     segment is read-only and must not be used afterwards
  public <R> R read(Hash hash, Function<MemorySegment, R> use) {
    try (Fetched fetched = fetcher.fetch(hash, buffers, deadline())) {
      return use.apply(fetched.bytes());
    }
  }

  @Override
  public List<Blob> getAll(List<Hash> hashes) {
    Deadline deadline = deadline((long) hashes.size() * Blob.LENGTH_MAX);
    Map<Hash, Blob> fetched = batches.fetch(new LinkedHashSet<>(hashes), deadline);
    List<Blob> blobs = new ArrayList<>(hashes.size());
    for (Hash hash : hashes) {
      Blob blob = fetched.get(hash);
      blobs.add(blob != null ? blob : get(hash));
    }
    return blobs;
  }

  @Override
  public void put(List<Blob> blobs) {
    put(blobs, standard, null);
  }

  private void put(List<Blob> blobs, PutPolicy policy, @Nullable Held scope) {
    long bytes = blobs.stream().mapToLong(Blob::length).sum();
    Deadline deadline = deadline(bytes * policy.replicas());
    if (scope == null) {
      put(blobs, policy, PutTerms.of(policy, null), deadline, ReplicatedPut.Holder.NONE);
    } else {
      putHeld(blobs, policy, scope, deadline);
    }
  }

  private void putHeld(List<Blob> blobs, PutPolicy policy, Held scope, Deadline deadline) {
    Leases holder = scope.leases();
    for (int attempt = 0; ; attempt++) {
      LeaseTerms terms = holder.terms(deadline);
      try {
        put(blobs, policy, PutTerms.of(policy, terms), deadline, holder(scope, terms, deadline));
        return;
      } catch (StaleLease e) {
        holder.refused(terms);
        if (attempt == STALE_MAX) {
          throw e;
        }
      }
    }
  }

  private static ReplicatedPut.Holder holder(Held scope, LeaseTerms terms, Deadline deadline) {
    long askedNanos = System.nanoTime();
    return new ReplicatedPut.Holder() {
      @Override
      public void stored(String nodeId, Hash hash) {
        scope.leases().stored(scope, hash, nodeId, terms, askedNanos);
      }

      @Override
      public void unanswered(String nodeId, List<Hash> hashes) {
        scope.leases().unanswered(nodeId, hashes, deadline);
      }
    };
  }

  private void put(
      List<Blob> blobs,
      PutPolicy policy,
      PutTerms terms,
      Deadline deadline,
      ReplicatedPut.Holder holder) {
    new ReplicatedPut(links, writer, policy, terms, tally, blobs, holder).run(deadline);
  }

  /// Those of the hashes that no node's index has. A node that cannot be asked counts as having
  /// none of them: what it had must then be had from elsewhere.
  @Override
  public Set<Hash> missing(Collection<Hash> hashes) {
    return locator.locate(hashes, deadline());
  }

  /// The same blobs, seen node by node.
  public NodeBlobs nodes() {
    return new NodeBlobs(links, buffers, writer, standard.account(), tally);
  }

  /// The registered memory that blobs are kept in now.
  public long keptBytes() {
    return kept.bytes();
  }

  /// What has happened since the start.
  public ReadCounts counts() {
    return tally.counts();
  }

  private Deadline deadline() {
    return Deadline.after(settings.timeout());
  }

  /// More time for more bytes.
  private Deadline deadline(long bytes) {
    return Deadline.after(settings.timeout().plusSeconds(bytes / SLOW_BYTES_PER_SECOND));
  }

  @Override
  public void close() {
    try (buffers;
        kept;
        links;
        hints;
        tender) {
      // In the order of the last to the first.
    }
  }

  /// Another policy for what is put.
  private final class View implements BlobStore {

    private final PutPolicy policy;
    private final @Nullable Held scope;

    View(PutPolicy policy, @Nullable Held scope) {
      this.policy = policy;
      this.scope = scope;
    }

    @Override
    public Blob get(Hash hash) {
      return FabricBlobs.this.get(hash);
    }

    @Override
    public LentBlob lend(Hash hash) {
      return FabricBlobs.this.lend(hash);
    }

    @Override
    public List<Blob> getAll(List<Hash> hashes) {
      return FabricBlobs.this.getAll(hashes);
    }

    @Override
    public void put(List<Blob> blobs) {
      FabricBlobs.this.put(blobs, policy, scope);
    }

    @Override
    public Set<Hash> missing(Collection<Hash> hashes) {
      return FabricBlobs.this.missing(hashes);
    }
  }
}

package io.kogluktualuk.fabric.client;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.controlplane.api.RequestId;
import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.client.ControlLeases;
import io.kogluktualuk.controlplane.client.ControlLink;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.fabric.trust.Identity;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.Held;
import io.kogluktualuk.memnode.reader.LeaseSettings;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.PutPolicy;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import io.kogluktualuk.rdma.provider.Verbs;
import io.kogluktualuk.rdma.transport.rpc.RpcSecurity;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the calls of one connected client share: links to the nodes, and what is kept of them.
///
/// Nothing that applications need: what is public here is for what
/// [operators][io.kogluktualuk.fabric.client.operator] do, and follows the servers.
///
/// **Threading:** any thread. **Ownership:** belongs to the [Fabric] that has opened it.
public final class Session {

  final ClientSettings settings;
  final ControlLink controlLink;
  final ControlClient control;
  final Membership membership;
  final FabricBlobs blobs;
  final Mender mender;
  final RefReader refs;
  final Runs runs;
  final AsyncRuns async = new AsyncRuns();
  final RequestIds requests = new RequestIds(new SecureRandom());

  private Session(ControlLink controlLink, ClientSettings settings, RpcSecurity security) {
    this.settings = settings;
    this.controlLink = controlLink;
    this.control = new ControlClient(controlLink, settings.callTimeout());
    this.membership = new Membership(control, settings.callTimeout(), security);
    this.blobs =
        FabricBlobs.open(
            membership::memoryNodes,
            ReaderSettings.defaults()
                .withTenant(settings.tenant())
                .withSecurity(security)
                .withReplicas(settings.replicas())
                .withKept(settings.viewMemory().bytes())
                .withTimeout(settings.transferTimeout()),
            new ControlLeases(controlLink, "client", new RequestIds(new SecureRandom())),
            LeaseSettings.defaults().withAccount(settings.account()).withTtl(settings.lease()));
    HashSearch search =
        new HashSearch(control, membership, settings.tenant(), settings.callTimeout());
    this.mender = new Mender(membership, settings.tenant(), settings.transferTimeout());
    this.refs = new RefReader(blobs, search);
    this.runs = new Runs(membership, settings);
  }

  static Session open(ClientSettings settings) {
    if (settings.controls().isEmpty()) {
      throw new InvalidArgument("control: found no address, expected HOST:PORT");
    }
    RpcSecurity security = security(settings.identity());
    Verbs.install(settings.path().word());
    ControlLink link = ControlLink.open(settings.controls(), security);
    try {
      link.refresh(Deadline.after(settings.callTimeout()));
      return new Session(link, settings, security);
    } catch (RuntimeException e) {
      link.close();
      throw e;
    }
  }

  private static RpcSecurity security(@Nullable Path folder) {
    if (folder == null) {
      return RpcSecurity.NONE;
    }
    Identity identity = Identity.open(folder);
    return new RpcSecurity.Tls(identity::sslContext, identity::peer, identity.name());
  }

  /// The session of a client.
  public static Session of(Fabric fabric) {
    return fabric.session;
  }

  /// How it was told to behave.
  public ClientSettings settings() {
    return settings;
  }

  /// The control plane's calls.
  public ControlClient control() {
    return control;
  }

  /// How the control plane is doing, as its leader sees it, if it has one that answers: only a
  /// leader knows how far the others are.
  public PlaneStatus plane() {
    controlLink.refresh(Deadline.after(settings.callTimeout()));
    return control.plane();
  }

  /// The name of a change that is about to be asked for.
  public RequestId newRequest() {
    return requests.next();
  }

  /// The tenant's blobs, by one attempt each.
  public FabricBlobs blobs() {
    return blobs;
  }

  /// All members of one role, those that are silent too.
  public List<Member> members(Role role) {
    return membership.all(role);
  }

  /// The memory nodes, those that live and others.
  public List<MemoryNode> memoryNodes() {
    return membership.memoryNodes();
  }

  /// The compute nodes that live and do not drain, the least loaded first.
  public List<Member> computeNodes() {
    return membership.computeNodes();
  }

  /// The channel to a member, opened when first asked for.
  public Channel channel(Member member) {
    return membership.channel(member);
  }

  /// As [#channel(Member)].
  ///
  /// @param deadline for opening it
  public Channel channel(Member member, Deadline deadline) {
    return membership.channel(member, deadline);
  }

  /// Has a stored transaction run on the least loaded compute node, or its outcome found.
  public RunResult run(Hash key, Duration timeout, RunListener listener) {
    return runs.run(key, timeout, listener);
  }

  /// Has a stored transaction run afresh on one node.
  public RunResult runAfresh(Hash key, Member node, Duration timeout, RunListener listener) {
    return runs.runAfresh(key, node, timeout, listener);
  }

  /// Ends all runs that this session has asked for.
  public void cancelRuns() {
    runs.cancelAll();
  }

  /// Where sources are put.
  BlobStore puts() {
    return new RetriedPuts(blobs, settings.transferTimeout());
  }

  /// Where things are put by some policy, and held in a scope.
  BlobStore puts(PutPolicy policy, @Nullable Held scope) {
    return new RetriedPuts(
        scope == null ? blobs.with(policy) : blobs.with(policy, scope), settings.transferTimeout());
  }

  /// The blobs, of which those that a value consists of come back when they are lost.
  public BlobStore storeOf(Ref value) {
    return new MendedBlobs(blobs, mender, value);
  }

  /// Stores a transaction, so that nodes can run it.
  ///
  /// @return its key
  public Hash stored(Transaction transaction) {
    if (!settings.tenant().equals(Tenant.DEFAULT)) {
      throw new Refused(
          "programs are run for tenant '"
              + Tenant.DEFAULT
              + "' only; tenant '"
              + settings.tenant()
              + "' can store and fetch");
    }
    Blob encoding = transaction.encode();
    puts().put(List.of(encoding));
    return encoding.hash();
  }

  /// The roots of the tenant, in the order of their names.
  public List<Root> roots() {
    return control.roots().stream()
        .filter(root -> root.name().tenant().equals(settings.tenant().name()))
        .toList();
  }

  RootKeeper rootKeeper() {
    return new RootKeeper(control, membership, blobs, mender, settings.transferTimeout());
  }

  RootEditor rootEditor() {
    return new RootEditor(control, rootKeeper(), requests, this::storeOf);
  }

  /// Ends its runs and holds, and closes its connections.
  void close() {
    runs.cancelAll();
    blobs.close();
    membership.close();
    controlLink.close();
  }
}

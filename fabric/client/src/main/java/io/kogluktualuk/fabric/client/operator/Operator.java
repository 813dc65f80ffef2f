package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.controlplane.api.AuditEntry;
import io.kogluktualuk.controlplane.api.AuditHead;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.api.SetCreditLimit;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.RunListener;
import io.kogluktualuk.fabric.client.Session;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.reader.PutPolicy;
import io.kogluktualuk.rdma.provider.Verbs;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What operators do with a fabric, and the calls that it is made of: state, audit, credits,
/// collection, draining, explaining.
///
/// **Threading:** any number of threads. **Ownership:** belongs to the session that it is of, and
/// is of no use when that is closed. **Errors:** as [Fabric].
public final class Operator {

  private final Session session;

  private Operator(Session session) {
    this.session = session;
  }

  /// By the connections of a session.
  public static Operator of(Fabric fabric) {
    return new Operator(Session.of(fabric));
  }

  /// How many connections of this process go which way now, such as
  /// `3 over shared memory, 1 over TCP`; empty when an adapter carries them.
  public String paths() {
    return Verbs.paths();
  }

  /// The control plane's calls.
  public ControlClient control() {
    return session.control();
  }

  /// The blobs themselves.
  public BlobStore blobs() {
    return session.blobs();
  }

  /// The blobs, put by another policy than that of the settings.
  public BlobStore blobs(PutPolicy policy) {
    return session.blobs().with(policy);
  }

  /// Runs a transaction, or finds its outcome; then has it and all its subtransactions run again,
  /// each by so many compute nodes other than the one that found it out, one node after the
  /// other.
  ///
  /// @param timeout for each of them
  /// @return what the first gave, and how the others compare
  /// @throws Unavailable when there are not so many other nodes
  /// @throws io.kogluktualuk.fabric.fault.Conflict when a subtransaction gave another outcome
  ///     than is known: its node records nothing
  public Verification verify(
      Transaction transaction, int others, Duration timeout, RunListener listener) {
    return new Verifier(session).verify(session.stored(transaction), others, timeout, listener);
  }

  /// Ends all runs that this session has asked for.
  public void cancelRuns() {
    session.cancelRuns();
  }

  /// Explains a key or an output, with at most so many transactions in all.
  public Explanation explain(String keyOrRef, int transactionsMax) {
    return new Explainer(session.control(), session.blobs()).explain(keyOrRef, transactionsMax);
  }

  /// Why a transaction was run although others with the same arguments and limits may be known.
  public WhyRun whyRun(String keyOrRef) {
    return new Explainer(session.control(), session.blobs()).whyRun(keyOrRef);
  }

  /// Reads the audit log, oldest entry first, and checks every link of its chain on the way.
  ///
  /// @return where it ended
  /// @throws io.kogluktualuk.fabric.fault.Corruption when a link is broken or an entry is missing
  public AuditHead readAudit(Consumer<AuditEntry> each) {
    return AuditReader.read(session.control(), each);
  }

  /// Checks the chain of the audit log, and that all control nodes have the same.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Corruption when a link is broken or an entry is missing
  public AuditReport verifyAudit() {
    return AuditReader.verify(session);
  }

  /// Hears the changes of a root, oldest first, as far as the audit log goes back, and checks the
  /// log's chain on the way.
  ///
  /// @param path of the tenant's root
  /// @throws io.kogluktualuk.fabric.fault.Corruption when a link is broken or an entry is missing
  public void readRootLog(String path, Consumer<RootChange> each) {
    RootName name = RootName.of(session.settings().tenant().name(), path);
    AuditReader.read(
        session.control(),
        entry -> {
          RootChange change = RootChange.of(name, entry);
          if (change != null) {
            each.accept(change);
          }
        });
  }

  /// Collects the sources of this session's tenant that none of its roots reaches; see
  /// `kog gc` for what stays.
  ///
  /// @param grace how long blobs stay that nobody needs, from when they were put or let go of
  /// @param outcomes how long outcomes are remembered whose output no root reaches; null for ever
  /// @param isDryRun whether everything stays for now
  public CollectionReport collect(Duration grace, @Nullable Duration outcomes, boolean isDryRun) {
    Tenant tenant = session.settings().tenant();
    if (outcomes != null && !tenant.equals(Tenant.DEFAULT)) {
      throw new Refused(
          "outcomes are those of tenant '%s', and kept for its roots; this is tenant '%s'"
              .formatted(Tenant.DEFAULT, tenant));
    }
    return new Collector(session).run(grace, outcomes, isDryRun);
  }

  /// How the accounts stand, by name.
  public List<AccountUse> credits() {
    return CreditsReader.read(session);
  }

  /// Limits what an account may keep from being evicted. Takes nothing away that it has.
  public void limitCredits(Account account, long limitBytes) {
    session.control().setCreditLimit(new SetCreditLimit(session.newRequest(), account, limitBytes));
  }

  /// How the cluster is doing.
  public ClusterStatus status() {
    return StatusReader.read(session);
  }

  /// How the control plane is doing, as its leader sees it, if it has one that answers: only a
  /// leader knows how far the others are.
  public PlaneStatus plane() {
    return session.plane();
  }

  /// The member of a name.
  ///
  /// @throws NotFound when there is none
  public Member member(String name) {
    List<Member> all = session.control().members().members();
    return all.stream()
        .filter(member -> member.info().name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new NotFound(
                    "no member is called '"
                        + name
                        + "'; there are "
                        + all.stream()
                            .map(member -> member.info().name())
                            .sorted()
                            .collect(Collectors.joining(", "))));
  }

  /// How far a node that was told to drain is.
  public Draining draining(String name) {
    Member member = member(name);
    boolean hasHeirs =
        session.members(Role.MEMORY).stream()
            .anyMatch(
                other ->
                    other.state() == MemberState.ACTIVE
                        && !other.info().id().equals(member.info().id()));
    return Draining.of(StatusReader.read(session, member), hasHeirs);
  }
}

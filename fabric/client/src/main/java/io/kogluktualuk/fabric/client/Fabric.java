package io.kogluktualuk.fabric.client;

import io.kogluktualuk.controlplane.api.AuditEntry;
import io.kogluktualuk.controlplane.api.AuditHead;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.api.SetCreditLimit;
import io.kogluktualuk.controlplane.client.ControlLeases;
import io.kogluktualuk.controlplane.client.ControlLink;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.ContentWriter;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.TreeView;
import io.kogluktualuk.fabric.blob.Voucher;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.namespace.Binding;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.NamespaceEditor;
import io.kogluktualuk.fabric.namespace.Resolution;
import io.kogluktualuk.fabric.namespace.TreeDiff;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.fabric.trust.Identity;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.Held;
import io.kogluktualuk.memnode.reader.LeaseSettings;
import io.kogluktualuk.memnode.reader.PutPolicy;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import io.kogluktualuk.rdma.provider.Verbs;
import io.kogluktualuk.rdma.transport.rpc.RpcSecurity;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A session with a fabric: content in and out, namespaces, runs.
///
/// **Threading:** any number of threads. **Ownership:** closing it ends the runs it has asked for
/// and closes its connections; streams it has opened fail afterwards.
/// **Errors:** those of `fabric.fault`; [Unavailable] when no cluster answers.
public final class Fabric implements AutoCloseable {

  private static final int READ_BYTES = 1 << 20;

  private final ClientSettings settings;
  private final Tenant tenant;
  private final ControlLink controlLink;
  private final ControlClient control;
  private final Duration callTimeout;
  private final Membership membership;
  private final FabricBlobs blobs;
  private final Mender mender;
  private final RefReader refs;
  private final Runs runs;
  private final RequestIds requests = new RequestIds(new SecureRandom());
  private final Duration transferTimeout;
  private final TimeLimit limit;

  private Fabric(ControlLink controlLink, ClientSettings settings, RpcSecurity security) {
    this.settings = settings;
    this.limit = TimeLimit.NONE;
    this.tenant = settings.tenant();
    this.controlLink = controlLink;
    this.callTimeout = settings.callTimeout();
    this.control = new ControlClient(controlLink, settings.callTimeout());
    this.membership = new Membership(control, settings.callTimeout(), security);
    this.blobs =
        FabricBlobs.open(
            membership::memoryNodes,
            ReaderSettings.defaults()
                .withTenant(settings.tenant())
                .withSecurity(security)
                .withReplicas(settings.replicas())
                .withTimeout(settings.transferTimeout()),
            new ControlLeases(controlLink, "client", new RequestIds(new SecureRandom())),
            LeaseSettings.defaults().withAccount(settings.account()).withTtl(settings.lease()));
    this.transferTimeout = settings.transferTimeout();
    HashSearch search =
        new HashSearch(control, membership, settings.tenant(), settings.callTimeout());
    this.mender = new Mender(membership, settings.tenant(), settings.transferTimeout());
    this.refs = new RefReader(blobs, search);
    this.runs = new Runs(membership, settings);
  }

  /// Connects to the cluster that a URL names:
  /// `kog://host:port,host:port?tenant=…&account=…&identity=FOLDER`. [Setting] has all parameters.
  ///
  /// {@snippet file="Connecting.java" region="connect"}
  ///
  /// @throws InvalidArgument naming the part of the URL that is wrong
  public static Fabric connect(String url) {
    return connect(ClientSettings.ofUrl(url));
  }

  /// Connects to the cluster whose control plane answers at one of the settings' addresses at
  /// least.
  ///
  /// @throws InvalidArgument when there is no address
  /// @throws Unavailable when no control node answers in time
  /// @throws io.kogluktualuk.fabric.fault.Conflict when the process moves bytes in another way
  public static Fabric connect(ClientSettings settings) {
    if (settings.controls().isEmpty()) {
      throw new InvalidArgument("control: found no address, expected HOST:PORT");
    }
    RpcSecurity security = security(settings.identity());
    Verbs.install(settings.path().word());
    ControlLink link = ControlLink.open(settings.controls(), security);
    try {
      link.refresh(Deadline.after(settings.callTimeout()));
      return new Fabric(link, settings, security);
    } catch (RuntimeException e) {
      link.close();
      throw e;
    }
  }

  /// Connects to the cluster whose control plane answers there.
  public static Fabric connect(InetSocketAddress control, ClientSettings settings) {
    return connect(List.of(control), settings);
  }

  /// Connects to the cluster whose control plane answers at one of these addresses at least.
  public static Fabric connect(List<InetSocketAddress> control, ClientSettings settings) {
    return connect(settings.withControls(control));
  }

  private static RpcSecurity security(@Nullable Path folder) {
    if (folder == null) {
      return RpcSecurity.NONE;
    }
    Identity identity = Identity.open(folder);
    return new RpcSecurity.Tls(identity::sslContext, identity::peer, identity.name());
  }

  /// Connects to the cluster that runs on a state folder.
  ///
  /// @throws Unavailable when none does
  public static Fabric connect(Path stateFolder, ClientSettings settings) {
    ClusterFile file = ClusterFile.read(stateFolder);
    if (!file.isRunning()) {
      throw new Unavailable(
          "the cluster in " + stateFolder + " is not running: process " + file.pid() + " is gone");
    }
    return connect(file.controls(), settings);
  }

  /// The blobs themselves, for what has no method here.
  public BlobStore blobs() {
    return blobs;
  }

  /// The blobs, put by another policy than that of the settings.
  public BlobStore blobs(PutPolicy policy) {
    return blobs.with(policy);
  }

  /// Lends the bytes of one blob, verified, where the one-sided read has put them: no further
  /// copy.
  ///
  /// @param use gets bytes that are valid until it returns
  public <R> R read(Hash hash, Function<MemorySegment, R> use) {
    return blobs.read(hash, use);
  }

  /// The control plane's calls.
  public ControlClient control() {
    return control;
  }

  /// Stores what the stream gives, to its end, in constant memory: reading and hashing go on while
  /// earlier chunks are being transferred.
  public Ref put(InputStream source) throws IOException {
    return put(source, PutOptions.source());
  }

  /// As [#put(InputStream)], as the options say.
  public Ref put(InputStream source, PutOptions options) throws IOException {
    try {
      return put(options, store -> PipelinedPuts.through(store, puts -> copy(source, puts)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Ref copy(InputStream source, BlobStore target) {
    ContentWriter writer = new ContentWriter(target);
    byte[] buffer = new byte[READ_BYTES];
    try {
      for (int read = source.read(buffer); read >= 0; read = source.read(buffer)) {
        writer.write(buffer, 0, read);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return writer.finish();
  }

  /// Stores a file's content.
  public Ref put(Path file) {
    return put(file, PutOptions.source());
  }

  /// As [#put(Path)], as the options say.
  public Ref put(Path file, PutOptions options) {
    try (InputStream source = Files.newInputStream(file)) {
      return put(source, options);
    } catch (IOException e) {
      throw DirectoryImport.unreadable(file, e);
    }
  }

  /// Stores bytes that are in memory. They are copied once, to where they are sent from; what only
  /// the calling thread may read (a confined arena's), once more.
  ///
  /// {@snippet file="Putting.java" region="segment"}
  ///
  /// @param bytes must not change until this returns; only looked at
  public Ref put(MemorySegment bytes) {
    return put(bytes, PutOptions.source());
  }

  /// As [#put(MemorySegment)], as the options say.
  public Ref put(MemorySegment bytes, PutOptions options) {
    return put(options, bytes, _ -> {});
  }

  private Ref put(PutOptions options, MemorySegment bytes, Consumer<MemorySegment> each) {
    return put(options, store -> SegmentPut.put(store, bytes.asReadOnly(), options.isEven(), each));
  }

  /// As [#put(MemorySegment, PutOptions)], and vouches for it: who gets the voucher from somebody
  /// it believes, with the ref, reads it without a SHA-256 ([#believe]).
  public Vouched putVouched(MemorySegment bytes, PutOptions options) {
    List<MemorySegment> chunks = new ArrayList<>();
    Ref ref = put(options, bytes, chunks::add);
    boolean isBounded = !chunks.isEmpty() && chunks.size() <= Voucher.TAGS_MAX;
    return new Vouched(ref, isBounded ? blobs.vouch(chunks) : null);
  }

  /// Believes whoever has vouched for content: as long as the voucher is remembered, reads accept
  /// the bytes that it vouches for; others are verified by SHA-256 as ever.
  ///
  /// @throws InvalidArgument when the voucher is not one for this content
  public void believe(Ref ref, Voucher voucher) {
    limit.call(
        () -> {
          Content content = Content.open(blobs, ref);
          List<Hash> chunks = new ArrayList<>();
          for (int i = 0; i < content.chunkCount(); i++) {
            chunks.add(content.chunkHash(i));
          }
          blobs.believe(voucher, chunks);
          return ref;
        });
  }

  /// As [#put(MemorySegment)], of what is between a buffer's position and its limit, which stay.
  public Ref put(ByteBuffer bytes) {
    return put(bytes, PutOptions.source());
  }

  /// As [#put(ByteBuffer)], as the options say.
  public Ref put(ByteBuffer bytes, PutOptions options) {
    return put(MemorySegment.ofBuffer(bytes), options);
  }

  /// As [#put(MemorySegment)].
  public Ref put(byte[] bytes) {
    return put(bytes, PutOptions.source());
  }

  /// As [#put(byte[])], as the options say.
  public Ref put(byte[] bytes, PutOptions options) {
    return put(MemorySegment.ofArray(bytes), options);
  }

  private Ref put(PutOptions options, Function<BlobStore, Ref> write) {
    PutPolicy policy = options.policy(settings);
    Hold hold = options.hold();
    return hold == null
        ? limit.call(() -> write.apply(blobs.with(policy)))
        : limit.call(() -> putHeld(hold, policy, write));
  }

  private Ref putHeld(Hold hold, PutPolicy policy, Function<BlobStore, Ref> write) {
    Held scope = hold.openScope();
    boolean isKept = false;
    try {
      Ref ref = write.apply(blobs.with(policy, scope));
      isKept = hold.keep(ref, scope);
      if (!isKept) {
        throw new AlreadyClosed("the hold was closed while " + ref + " was put");
      }
      return ref;
    } finally {
      if (!isKept) {
        scope.close();
      }
    }
  }

  /// Holds values: they stay until the hold is closed. [Hold#add] says which are absent; here,
  /// they are those not among its [Hold#refs].
  ///
  /// @throws io.kogluktualuk.fabric.fault.OutOfCredits when the account cannot pay for them
  public Hold hold(Ref... refs) {
    return hold(List.of(refs));
  }

  /// As [#hold(Ref...)].
  public Hold hold(Collection<Ref> refs) {
    Hold hold = new Hold(blobs, limit, transferTimeout);
    try {
      hold.add(refs);
      return hold;
    } catch (RuntimeException e) {
      hold.close();
      throw e;
    }
  }

  /// Looks at content where the one-sided read has put it: nothing is copied to the heap as long
  /// as there is registered memory for it. What is looked at stays in the fabric meanwhile.
  ///
  /// {@snippet file="Getting.java" region="view"}
  ///
  /// @throws NotFound when it, or a part of it, is lost and nobody can make it again
  /// @throws InvalidArgument when it is no content, or longer than [View#LENGTH_MAX]
  public View get(Ref ref) {
    return limit.call(() -> view(ref));
  }

  private View view(Ref ref) {
    if (ref.length() > View.LENGTH_MAX) {
      throw new InvalidArgument(
          ref + " has more than " + View.LENGTH_MAX + " bytes; read it as a stream");
    }
    if (ref.kind() == Kind.TREE || ref.kind() == Kind.THUNK) {
      throw new InvalidArgument(ref + " is a " + ref.kind().word() + ", expected content");
    }
    Hold hold = hold();
    try {
      if (!hold.add(ref)) {
        String reason = mender.mend(ref);
        if (!reason.isEmpty() || !hold.add(ref)) {
          throw new NotFound(
              "a part of "
                  + ref
                  + " is on no memory node"
                  + (reason.isEmpty() ? "" : "; " + reason));
        }
      }
      return View.open(Content.open(storeOf(ref), ref), hold, limit);
    } catch (RuntimeException e) {
      hold.close();
      throw e;
    }
  }

  /// The bytes of content.
  ///
  /// @param atMost how many there may be
  /// @throws InvalidArgument when there are more
  public byte[] bytes(Ref ref, int atMost) {
    if (ref.length() > atMost) {
      throw new InvalidArgument(
          ref + " has " + ref.length() + " bytes, expected at most " + atMost);
    }
    return limit.call(
        () -> {
          byte[] bytes = new byte[(int) ref.length()];
          Content.open(storeOf(ref), ref).read(0, MemorySegment.ofArray(bytes));
          return bytes;
        });
  }

  /// Opens the content of a blob or a list.
  public ContentStream open(Ref ref) {
    return limit.call(() -> ContentStream.open(storeOf(ref), ref, limit));
  }

  /// Writes content to a file, which appears when it is complete.
  public void get(Ref ref, Path file) {
    limit.run(() -> DirectoryExport.writeFile(storeOf(ref), ref, file));
  }

  /// The ref that a text stands for: `kind:hash:length`, a hash, or the first digits of one.
  public Ref ref(String text) {
    return refs.read(text);
  }

  /// What an absolute path leads to in a tree.
  ///
  /// @throws NotFound when it leads nowhere
  /// @throws InvalidArgument when it goes on below content, or below something not computed yet
  public Ref find(Ref tree, String path) {
    return switch (Resolution.of(storeOf(tree), tree, NamePath.parse(path))) {
      case Resolution.Found(Ref ref) -> ref;
      case Resolution.Absent(NamePath missing) ->
          throw new NotFound("path " + path + " is not in " + tree + ": no " + missing);
      case Resolution.NotADirectory(NamePath file) ->
          throw new InvalidArgument("path " + path + " in " + tree + ": " + file + " is no tree");
      case Resolution.Blocked(NamePath at, Ref _) ->
          throw new InvalidArgument(
              "path " + path + " in " + tree + ": " + at + " has not been computed");
    };
  }

  /// A directory, of which pieces are read as they are asked for.
  ///
  /// @throws InvalidArgument when the ref is something else
  public TreeView tree(Ref ref) {
    if (ref.kind() != Kind.TREE) {
      throw new InvalidArgument(ref + " is a " + ref.kind().word() + ", expected a tree");
    }
    return Resolution.view(storeOf(ref), ref);
  }

  /// Makes a tree of values that have refs already.
  ///
  /// {@snippet file="Trees.java" region="tree"}
  ///
  /// @param entries by path, such as `src/main.c`
  /// @throws InvalidArgument when a path is none, or goes on below an entry that is no tree
  public Ref tree(Map<String, Ref> entries) {
    return limit.call(
        () -> {
          NamespaceEditor editor = new NamespaceEditor(blobs);
          // Shorter paths first, so that a tree can have further entries below it.
          new TreeMap<>(entries)
              .forEach(
                  (path, ref) ->
                      editor.bind(NamePath.parse(path.startsWith("/") ? path : "/" + path), ref));
          return editor.write();
        });
  }

  /// Looks at a value and at whether its parts are stored.
  public RefDescription stat(Ref ref) {
    return RefDescription.of(blobs, ref);
  }

  /// Stores a directory and all below it.
  ///
  /// @param skipSpecial whether links and special files are left out instead of refused
  public ImportReport importDirectory(
      Path directory, boolean skipSpecial, ImportListener listener) {
    return new DirectoryImport(blobs, skipSpecial, listener).run(directory);
  }

  /// Writes a tree as a directory.
  ///
  /// @param force whether files that are there already may be replaced
  public ExportReport exportTree(Ref tree, Path directory, boolean force) {
    return new DirectoryExport(storeOf(tree), force).run(tree, directory);
  }

  /// Makes the namespace that a text file describes.
  public Ref loadNamespace(Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      return loadNamespace(
          file.toString(), Files.readString(file), folder == null ? Path.of("/") : folder);
    } catch (IOException e) {
      throw DirectoryImport.unreadable(file, e);
    }
  }

  /// Makes the namespace that a text describes.
  ///
  /// @param name for error messages
  /// @param folder what local paths in it are relative to
  public Ref loadNamespace(String name, String text, Path folder) {
    return new NamespaceLoader(blobs, refs, false).load(name, text, folder);
  }

  /// Runs a transaction, or finds its outcome.
  ///
  /// @throws Refused for another tenant than the default one: compute nodes work for that one only
  public RunResult run(Transaction transaction, Duration timeout, RunListener listener) {
    return runs.run(stored(transaction), timeout, listener);
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
    return new Verifier(control, membership, runs)
        .verify(stored(transaction), others, timeout, listener);
  }

  private Hash stored(Transaction transaction) {
    if (!tenant.equals(Tenant.DEFAULT)) {
      throw new Refused(
          "programs are run for tenant '"
              + Tenant.DEFAULT
              + "' only; tenant '"
              + tenant
              + "' can store and fetch");
    }
    Blob encoding = transaction.encode();
    blobs.put(List.of(encoding));
    return encoding.hash();
  }

  /// Ends all runs that this session has asked for.
  public void cancelRuns() {
    runs.cancelAll();
  }

  /// Explains a key or an output, with at most so many transactions in all.
  public Explanation explain(String keyOrRef, int transactionsMax) {
    return new Explainer(control, blobs).explain(keyOrRef, transactionsMax);
  }

  /// Why a transaction was run although others with the same arguments and limits may be known.
  public WhyRun whyRun(String keyOrRef) {
    return new Explainer(control, blobs).whyRun(keyOrRef);
  }

  /// Reads the audit log, oldest entry first, and checks every link of its chain on the way.
  ///
  /// @return where it ended
  /// @throws io.kogluktualuk.fabric.fault.Corruption when a link is broken or an entry is missing
  public AuditHead readAudit(Consumer<AuditEntry> each) {
    return AuditReader.read(control, each);
  }

  /// Checks the chain of the audit log, and that all control nodes have the same.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Corruption when a link is broken or an entry is missing
  public AuditReport verifyAudit() {
    return AuditReader.verify(control, membership);
  }

  /// Gives a name to a value: everything that it reaches is kept until the name is taken away.
  ///
  /// @param expected the revision that the root must have; 0 for none; null for any
  /// @return the new revision
  /// @throws NotFound when parts of the value are lost, and nobody can make them again
  /// @throws io.kogluktualuk.fabric.fault.Conflict when the root has another revision
  public long setRoot(RootName name, @Nullable Long expected, Ref ref) {
    if (!name.tenant().equals(tenant.name())) {
      throw new InvalidArgument("root " + name + " is not of tenant " + tenant);
    }
    return new RootKeeper(control, membership, blobs, mender, transferTimeout)
        .set(requests.next(), name, expected, ref);
  }

  /// Changes the namespace that a root names, in as many new trees as the changed paths are deep;
  /// makes the change again when somebody else was faster. Only what differs is looked at and
  /// pinned: what a root has named already stays.
  ///
  /// @param make whether a root that does not exist is made
  /// @param change may be called several times
  /// @throws NotFound when there is no such root and none is to be made
  /// @throws InvalidArgument when the root names something else than a tree
  public RootEdit editRoot(RootName name, boolean make, Consumer<NamespaceEditor> change) {
    return editor().edit(name, make, change);
  }

  /// The namespace that a change makes of another one, which stays as it is.
  public Ref edit(Ref namespace, Consumer<NamespaceEditor> change) {
    return editor().edited(namespace, change);
  }

  private RootEditor editor() {
    RootKeeper keeper = new RootKeeper(control, membership, blobs, mender, transferTimeout);
    return new RootEditor(control, keeper, requests, this::storeOf);
  }

  /// Hears what differs between two values.
  public void diff(Ref before, Ref after, Consumer<TreeDiff.Difference> each) {
    TreeDiff.between(storeOf(after), before, after, each::accept);
  }

  /// Hears the changes of a root, oldest first, as far as the audit log goes back, and checks the
  /// log's chain on the way.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Corruption when a link is broken or an entry is missing
  public void readRootLog(RootName name, Consumer<RootChange> each) {
    AuditReader.read(
        control,
        entry -> {
          RootChange change = RootChange.of(name, entry);
          if (change != null) {
            each.accept(change);
          }
        });
  }

  /// Stores what a line of a namespace binds a path to.
  ///
  /// @param folder what local paths are relative to
  public Ref store(Binding.Source source, Path folder) {
    return new NamespaceLoader(blobs, refs, false).value(source, blobs, folder);
  }

  /// The root of this session's tenant that has a path.
  public RootName rootName(String path) {
    return RootName.of(tenant.name(), path);
  }

  /// The roots of this session's tenant, in the order of their names.
  public List<Root> roots() {
    return control.roots().stream()
        .filter(root -> root.name().tenant().equals(tenant.name()))
        .toList();
  }

  /// Collects the sources of this session's tenant that none of its roots reaches; see
  /// [Collector] for what stays.
  ///
  /// @param grace how long blobs stay that nobody needs, from when they were put or let go of
  /// @param outcomes how long outcomes are remembered whose output no root reaches; null for ever
  /// @param isDryRun whether everything stays for now
  public CollectionReport collect(Duration grace, @Nullable Duration outcomes, boolean isDryRun) {
    if (outcomes != null && !tenant.equals(Tenant.DEFAULT)) {
      throw new Refused(
          "outcomes are those of tenant '%s', and kept for its roots; this is tenant '%s'"
              .formatted(Tenant.DEFAULT, tenant));
    }
    return new Collector(control, this::roots, membership, blobs, mender, transferTimeout)
        .run(requests.next(), grace, outcomes, isDryRun);
  }

  /// How the accounts stand, by name.
  public List<AccountUse> credits() {
    return CreditsReader.read(control, membership);
  }

  /// Limits what an account may keep from being evicted. Takes nothing away that it has.
  public void limitCredits(Account account, long limitBytes) {
    control.setCreditLimit(new SetCreditLimit(requests.next(), account, limitBytes));
  }

  public ClusterStatus status() {
    return StatusReader.read(control, plane(), membership);
  }

  /// How the control plane is doing, as its leader sees it, if it has one that answers: only a
  /// leader knows how far the others are.
  public PlaneStatus plane() {
    controlLink.refresh(Deadline.after(callTimeout));
    return control.plane();
  }

  /// The member of a name.
  ///
  /// @throws NotFound when there is none
  public Member member(String name) {
    List<Member> all = control.members().members();
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
        membership.all(Role.MEMORY).stream()
            .anyMatch(
                other ->
                    other.state() == MemberState.ACTIVE
                        && !other.info().id().equals(member.info().id()));
    return Draining.of(StatusReader.read(membership, member), hasHeirs);
  }

  /// The blobs, of which those that a value consists of come back when they are lost.
  private BlobStore storeOf(Ref value) {
    return new MendedBlobs(blobs, mender, value);
  }

  @Override
  public void close() {
    runs.cancelAll();
    blobs.close();
    membership.close();
    controlLink.close();
  }
}

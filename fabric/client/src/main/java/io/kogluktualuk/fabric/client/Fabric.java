package io.kogluktualuk.fabric.client;

import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.api.SetRoot;
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
import io.kogluktualuk.fabric.namespace.Binding;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.NamespaceEditor;
import io.kogluktualuk.fabric.namespace.Resolution;
import io.kogluktualuk.fabric.namespace.TreeDiff;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.memnode.reader.Held;
import io.kogluktualuk.memnode.reader.PutPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A session with a fabric, as applications use it: content in and out, values that stay, trees,
/// runs, roots.
///
/// {@snippet file="Connecting.java" region="connect"}
///
/// Calls block. Each ends within the time that its settings allow, or that [#within] says.
///
/// **Retries:** what may be done twice is done again, for a bounded time, when a node is away:
/// reads (of other replicas, then again), puts (a blob that is put twice is there once), holds,
/// runs (the same transaction gives the same outcome), changes of roots (each is named, and takes
/// effect once). So what is thrown is to be believed.
///
/// **Threading:** any number of threads. A thread that is interrupted while it waits gets
/// [Unavailable], and stays interrupted. **Ownership:** closing it ends the runs it has asked for,
/// lets go of what it holds and closes its connections; streams and views that it has opened fail
/// afterwards. **Bound:** 33 MiB of registered memory and about 10 MiB of places where blobs were
/// found. **Errors:** those of `fabric.fault`, each with its
/// [category][io.kogluktualuk.fabric.fault.FabricException#category]; [Unavailable] when no
/// cluster answers.
public final class Fabric implements AutoCloseable {

  private static final int READ_BYTES = 1 << 20;

  final Session session;
  private final TimeLimit limit;
  private final boolean isOwner;

  private Fabric(Session session, TimeLimit limit, boolean isOwner) {
    this.session = session;
    this.limit = limit;
    this.isOwner = isOwner;
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
    return new Fabric(Session.open(settings), TimeLimit.NONE, true);
  }

  /// Connects to the cluster whose control plane answers there.
  public static Fabric connect(InetSocketAddress control, ClientSettings settings) {
    return connect(List.of(control), settings);
  }

  /// Connects to the cluster whose control plane answers at one of these addresses at least.
  public static Fabric connect(List<InetSocketAddress> control, ClientSettings settings) {
    return connect(settings.withControls(control));
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

  /// The same session, each of whose calls takes at most so long, whatever it consists of; then it
  /// fails with [io.kogluktualuk.fabric.fault.DeadlineExceeded]. Of a stream, opening it and each
  /// of its chunks. Costs nothing; closing it closes nothing.
  ///
  /// {@snippet file="Connecting.java" region="within"}
  ///
  /// @throws InvalidArgument unless the time is positive
  public Fabric within(Duration each) {
    if (!each.isPositive()) {
      throw new InvalidArgument("a call within " + each + ", expected a positive time");
    }
    return new Fabric(session, new TimeLimit(each), false);
  }

  /// How this session was told to behave.
  public ClientSettings settings() {
    return session.settings;
  }

  /// Lends the bytes of one blob, verified, where the one-sided read has put them: no further
  /// copy.
  ///
  /// @param use gets bytes that are valid until it returns
  public <R> R read(Hash hash, Function<MemorySegment, R> use) {
    return limit.call(() -> session.blobs.read(hash, use));
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
    return new Vouched(ref, isBounded ? session.blobs.vouch(chunks) : null);
  }

  /// Believes whoever has vouched for content: as long as the voucher is remembered, reads accept
  /// the bytes that it vouches for; others are verified by SHA-256 as ever.
  ///
  /// @throws InvalidArgument when the voucher is not one for this content
  public void believe(Ref ref, Voucher voucher) {
    limit.call(
        () -> {
          Content content = Content.open(session.blobs, ref);
          List<Hash> chunks = new ArrayList<>();
          for (int i = 0; i < content.chunkCount(); i++) {
            chunks.add(content.chunkHash(i));
          }
          session.blobs.believe(voucher, chunks);
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
    PutPolicy policy = options.policy(session.settings);
    Hold hold = options.hold();
    return limit.call(
        () ->
            hold == null ? write.apply(session.puts(policy, null)) : putHeld(hold, policy, write));
  }

  private Ref putHeld(Hold hold, PutPolicy policy, Function<BlobStore, Ref> write) {
    Held scope = hold.openScope();
    boolean isKept = false;
    try {
      Ref ref = write.apply(session.puts(policy, scope));
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
    Hold hold = new Hold(session.blobs, limit, session.settings.transferTimeout());
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
        holdMended(hold, ref);
      }
      return View.open(Content.open(session.storeOf(ref), ref), hold, limit);
    } catch (RuntimeException e) {
      hold.close();
      throw e;
    }
  }

  /// Holds a value of which a part is lost, or on a node that is away just now.
  private void holdMended(Hold hold, Ref ref) {
    session.storeOf(ref).get(ref.hash());
    if (!hold.add(ref)) {
      String reason = session.mender.mend(ref);
      if (!reason.isEmpty() || !hold.add(ref)) {
        throw new NotFound(
            "a part of " + ref + " is on no memory node" + (reason.isEmpty() ? "" : "; " + reason));
      }
    }
  }

  /// The bytes of content.
  ///
  /// @param atMost how many there may be
  /// {@snippet file="Getting.java" region="others"}
  ///
  /// @throws InvalidArgument when there are more
  public byte[] bytes(Ref ref, int atMost) {
    if (ref.length() > atMost) {
      throw new InvalidArgument(
          ref + " has " + ref.length() + " bytes, expected at most " + atMost);
    }
    return limit.call(
        () -> {
          byte[] bytes = new byte[(int) ref.length()];
          Content.open(session.storeOf(ref), ref).read(0, MemorySegment.ofArray(bytes));
          return bytes;
        });
  }

  /// Opens the content of a blob or a list.
  public ContentStream open(Ref ref) {
    return limit.call(() -> ContentStream.open(session.storeOf(ref), ref, limit));
  }

  /// Writes content to a file, which appears when it is complete.
  public void get(Ref ref, Path file) {
    limit.run(() -> DirectoryExport.writeFile(session.storeOf(ref), ref, file));
  }

  /// The ref that a text stands for: `kind:hash:length`, a hash, or the first digits of one.
  public Ref ref(String text) {
    return limit.call(() -> session.refs.read(text));
  }

  /// What an absolute path leads to in a tree.
  ///
  /// @throws NotFound when it leads nowhere
  /// @throws InvalidArgument when it goes on below content, or below something not computed yet
  public Ref find(Ref tree, String path) {
    return switch (limit.call(
        () -> Resolution.of(session.storeOf(tree), tree, NamePath.parse(path)))) {
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
    return Resolution.view(session.storeOf(ref), ref);
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
          NamespaceEditor editor = new NamespaceEditor(session.puts());
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
    return limit.call(() -> RefDescription.of(session.blobs, ref));
  }

  /// Stores a directory and all below it.
  ///
  /// @param skipSpecial whether links and special files are left out instead of refused
  public ImportReport importDirectory(
      Path directory, boolean skipSpecial, ImportListener listener) {
    return limit.call(
        () -> new DirectoryImport(session.puts(), skipSpecial, listener).run(directory));
  }

  /// Writes a tree as a directory.
  ///
  /// @param force whether files that are there already may be replaced
  public ExportReport exportTree(Ref tree, Path directory, boolean force) {
    return limit.call(() -> new DirectoryExport(session.storeOf(tree), force).run(tree, directory));
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
    return limit.call(
        () -> new NamespaceLoader(session.puts(), session.refs, false).load(name, text, folder));
  }

  /// Runs a transaction, or finds its outcome.
  ///
  /// {@snippet file="Running.java" region="run"}
  ///
  /// @param timeout for the whole; when it is over the run is ended
  /// @throws Refused for another tenant than the default one: compute nodes work for that one only
  /// @throws io.kogluktualuk.fabric.fault.DeadlineExceeded when the time is over
  /// @throws Unavailable when no compute node takes it, or the thread is interrupted: the run is
  ///     ended then
  public RunResult run(Transaction transaction, Duration timeout) {
    return run(transaction, timeout, RunListener.SILENT);
  }

  /// As [#run(Transaction, Duration)].
  ///
  /// @param listener told how far it is
  public RunResult run(Transaction transaction, Duration timeout, RunListener listener) {
    return limit.call(() -> session.runs.run(session.stored(transaction), timeout, listener));
  }

  /// As [#run(Transaction, Duration)], in the background. Cancelling the future ends the run on
  /// its compute node. A session has 1,024 of them under way; a further call waits until
  /// one has ended.
  ///
  /// {@snippet file="Running.java" region="async"}
  public CompletableFuture<RunResult> runAsync(Transaction transaction, Duration timeout) {
    return runAsync(transaction, timeout, RunListener.SILENT);
  }

  /// As [#runAsync(Transaction, Duration)].
  ///
  /// @param listener told how far it is, by threads of the client
  public CompletableFuture<RunResult> runAsync(
      Transaction transaction, Duration timeout, RunListener listener) {
    return limit.call(
        () -> session.async.start(timeout, () -> run(transaction, timeout, listener)));
  }

  /// Gives a name to a value: everything that it reaches is kept until the name is taken away.
  ///
  /// {@snippet file="Roots.java" region="set"}
  ///
  /// @param expected the revision that the root must have; 0 for none; null for any
  /// @return the new revision
  /// @throws NotFound when parts of the value are lost, and nobody can make them again
  /// @throws io.kogluktualuk.fabric.fault.Conflict when the root has another revision
  public long setRoot(RootName name, @Nullable Long expected, Ref ref) {
    checkTenant(name);
    return limit.call(() -> session.rootKeeper().set(session.requests.next(), name, expected, ref));
  }

  /// Takes a name away; what it has named is collected when nothing else keeps it.
  ///
  /// @param expected the revision that the root must have; null for any
  /// @return the revision of this change
  /// @throws io.kogluktualuk.fabric.fault.Conflict when the root has another revision
  public long removeRoot(RootName name, @Nullable Long expected) {
    checkTenant(name);
    SetRoot ask = new SetRoot(session.requests.next(), name, expected, null);
    return limit.call(() -> session.control.setRoot(ask));
  }

  private void checkTenant(RootName name) {
    if (!name.tenant().equals(session.settings.tenant().name())) {
      throw new InvalidArgument("root " + name + " is not of tenant " + session.settings.tenant());
    }
  }

  /// What a name stands for now; null when it stands for nothing.
  public @Nullable Root root(RootName name) {
    return limit.call(() -> Optional.ofNullable(session.control.root(name))).orElse(null);
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
    return limit.call(() -> editor().edit(name, make, change));
  }

  /// The namespace that a change makes of another one, which stays as it is.
  public Ref edit(Ref namespace, Consumer<NamespaceEditor> change) {
    return limit.call(() -> editor().edited(namespace, change));
  }

  private RootEditor editor() {
    return new RootEditor(
        session.control, session.rootKeeper(), session.requests, session::storeOf);
  }

  /// Hears what differs between two values.
  public void diff(Ref before, Ref after, Consumer<TreeDiff.Difference> each) {
    limit.run(() -> TreeDiff.between(session.storeOf(after), before, after, each::accept));
  }

  /// Stores what a line of a namespace binds a path to.
  ///
  /// @param folder what local paths are relative to
  public Ref store(Binding.Source source, Path folder) {
    return limit.call(
        () ->
            new NamespaceLoader(session.puts(), session.refs, false)
                .value(source, session.puts(), folder));
  }

  /// The root of this session's tenant that has a path.
  public RootName rootName(String path) {
    return RootName.of(session.settings.tenant().name(), path);
  }

  /// Hears of each change of a root from now on; of what it names now, at once, if it exists.
  ///
  /// {@snippet file="Roots.java" region="watch"}
  public RootWatch watch(RootName name) {
    return watch(name, 0);
  }

  /// As [#watch(RootName)], for who knows a revision of it already: hears of what is not that.
  ///
  /// @param seenRevision 0 for who knows that there is none
  public RootWatch watch(RootName name, long seenRevision) {
    return RootWatch.open(session.controlLink, name, seenRevision, session.settings.callTimeout());
  }

  /// The roots of this session's tenant, in the order of their names.
  public List<Root> roots() {
    return limit.call(session::roots);
  }

  @Override
  public void close() {
    if (isOwner) {
      session.close();
    }
  }
}

package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Voucher;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

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
/// effect once). So what is thrown is to be believed. Of a change that ends with
/// [io.kogluktualuk.fabric.fault.DeadlineExceeded] or [Unavailable] it is not known whether it has
/// been made.
///
/// {@snippet file="Failing.java" region="errors"}
///
/// **Threading:** any number of threads. A thread that is interrupted while it waits gets
/// [Unavailable], and stays interrupted. **Ownership:** closing it ends the runs it has asked for,
/// lets go of what it holds and closes its connections; streams and views that it has opened fail
/// afterwards. **Bound:** 33 MiB of registered memory and about 10 MiB of places where blobs were
/// found. **Errors:** those of `fabric.fault`, each with its
/// [category][io.kogluktualuk.fabric.fault.FabricException#category]; [Unavailable] when no
/// cluster answers.
public final class Fabric implements AutoCloseable {

  final Session session;
  private final TimeLimit limit;
  private final boolean isOwner;
  private final Puts puts;
  private final Gets gets;

  private Fabric(Session session, TimeLimit limit, boolean isOwner) {
    this.session = session;
    this.limit = limit;
    this.isOwner = isOwner;
    this.puts = new Puts(session, limit);
    this.gets = new Gets(session, limit);
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
  /// {@snippet file="Getting.java" region="read"}
  ///
  /// @param use gets bytes that are valid until it returns
  public <R> R read(Hash hash, Function<MemorySegment, R> use) {
    return limit.call(() -> session.blobs.read(hash, use));
  }

  /// Stores what the stream gives, to its end, in constant memory: reading and hashing go on while
  /// earlier chunks are being transferred. A thread of the client reads it, so that the call ends
  /// in time, or when it is interrupted, also while the stream blocks; the stream is left open.
  ///
  /// {@snippet file="Putting.java" region="others"}
  ///
  /// @throws IOException when the stream does: nothing is stored then that anybody knows of
  public Ref put(InputStream source) throws IOException {
    return put(source, PutOptions.source());
  }

  /// As [#put(InputStream)], as the options say.
  public Ref put(InputStream source, PutOptions options) throws IOException {
    return puts.stream(source, options);
  }

  /// Stores a file's content.
  ///
  /// @throws NotFound when there is no such file
  /// @throws InvalidArgument when it cannot be read, or is a directory: [Trees#importDirectory]
  public Ref put(Path file) {
    return put(file, PutOptions.source());
  }

  /// As [#put(Path)], as the options say.
  public Ref put(Path file, PutOptions options) {
    return puts.file(file, options);
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
    return puts.memory(bytes, options);
  }

  /// As [#put(MemorySegment, PutOptions)], and vouches for it: who gets the voucher from somebody
  /// it believes, with the ref, reads it without a SHA-256 ([#believe]).
  public Vouched putVouched(MemorySegment bytes, PutOptions options) {
    return puts.vouched(bytes, options);
  }

  /// Believes whoever has vouched for content: as long as the voucher is remembered, reads accept
  /// the bytes that it vouches for; others are verified by SHA-256 as ever.
  ///
  /// @throws InvalidArgument when the voucher is not one for this content
  public void believe(Ref ref, Voucher voucher) {
    gets.believe(ref, voucher);
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

  /// Holds values: they stay until the hold is closed. [Hold#add] says which are absent; here,
  /// they are those not among its [Hold#refs].
  ///
  /// {@snippet file="Holding.java" region="hold"}
  ///
  /// @throws io.kogluktualuk.fabric.fault.OutOfCredits when the account cannot pay for them
  public Hold hold(Ref... refs) {
    return hold(List.of(refs));
  }

  /// As [#hold(Ref...)].
  public Hold hold(Collection<Ref> refs) {
    return gets.hold(refs);
  }

  /// Looks at content where the one-sided read has put it: nothing is copied to the heap as long
  /// as there is registered memory for it. What is looked at stays in the fabric meanwhile.
  ///
  /// {@snippet file="Getting.java" region="view"}
  ///
  /// @throws NotFound when it, or a part of it, is lost and nobody can make it again
  /// @throws InvalidArgument when it is no content, or longer than [View#LENGTH_MAX]
  public View get(Ref ref) {
    return gets.view(ref);
  }

  /// The bytes of content.
  ///
  /// @param atMost how many there may be
  /// {@snippet file="Getting.java" region="others"}
  ///
  /// @throws InvalidArgument when there are more
  public byte[] bytes(Ref ref, int atMost) {
    return gets.bytes(ref, atMost);
  }

  /// Opens the content of a blob or a list, of any length, as a stream; it is read in constant
  /// memory, and verified as it comes.
  ///
  /// {@snippet file="Getting.java" region="others"}
  ///
  /// @throws NotFound when it is lost and nobody can make it again; the stream throws it too
  public ContentStream open(Ref ref) {
    return limit.call(() -> ContentStream.open(session.storeOf(ref), ref, limit));
  }

  /// Writes content to a file, which appears when it is complete, in place of what was there.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when a directory is there
  public void get(Ref ref, Path file) {
    limit.run(() -> DirectoryExport.writeFile(session.storeOf(ref), ref, file));
  }

  /// The ref that a text stands for: `kind:hash:length`, a hash, or the first digits of one.
  public Ref ref(String text) {
    return limit.call(() -> session.refs.read(text));
  }

  /// Looks at a value and at whether its parts are stored.
  public RefDescription stat(Ref ref) {
    return limit.call(() -> RefDescription.of(session.blobs, ref));
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

  /// The names of this tenant's values.
  public Roots roots() {
    return new Roots(session, limit);
  }

  /// Directories in the fabric.
  public Trees trees() {
    return new Trees(session, limit);
  }

  @Override
  public void close() {
    if (isOwner) {
      session.close();
    }
  }
}

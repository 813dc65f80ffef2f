package io.kogluktualuk.computenode.runtime.guest;

import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.runtime.namespace.GuestFiles;
import io.kogluktualuk.computenode.runtime.namespace.GuestTree;
import io.kogluktualuk.computenode.runtime.namespace.Listing;
import io.kogluktualuk.computenode.runtime.namespace.WrittenFile;
import io.kogluktualuk.computenode.runtime.tracking.Diagnostics;
import io.kogluktualuk.computenode.runtime.tracking.TraceRecorder;
import io.kogluktualuk.computenode.vm.run.Guest;
import io.kogluktualuk.computenode.vm.run.GuestTrap;
import io.kogluktualuk.computenode.vm.run.TrapKind;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.fabric.transaction.Trap;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One program at work: its arguments, what it has open, its files, and what it has written so
/// far.
///
/// **Threading:** the guest's thread. **Ownership:** gives back at the end what is lent to what is
/// open. **Bound:** [#FILES_MAX] descriptors, [#VIEWS_MAX] views,
/// [#BINDS_MAX] bound thunks, [#NAMES_LISTED_MAX] names in listings that are being read; the
/// bytes it writes by the transaction's limit.
public final class GuestProcess implements AutoCloseable {

  static final int FILES_MAX = 1_024;
  static final int VIEWS_MAX = 1_024;
  static final int BINDS_MAX = 65_536;

  /// Some 50 MB of names.
  static final int NAMES_LISTED_MAX = 1 << 20;

  /// What a malformed piece of UTF-8 is read as.
  private static final char REPLACEMENT = '\uFFFD';

  private static final NamePath STDIN = NamePath.parse("/dev/stdin");
  private static final NamePath STDOUT = NamePath.parse("/dev/stdout");

  private final Hash key;
  private final Transaction transaction;
  private final GuestTree tree;
  private final GuestFiles files;
  private final TraceRecorder trace;
  private final Diagnostics diagnostics;
  private final WrittenFile standardOutput;
  private final Descriptors<Descriptor> descriptors = new Descriptors<>(FILES_MAX);
  private final Descriptors<View> views = new Descriptors<>(VIEWS_MAX);
  private final RandomStream random;
  private final VirtualClock clock = new VirtualClock();
  private long written;
  private long fuelAtLastCall;
  private long copied;
  private int binds;
  private int namesListed;
  private @Nullable BoundInputs latestInputs;
  private @Nullable NamePath output;
  private @Nullable Trap hostTrap;

  public GuestProcess(
      Hash key,
      Transaction transaction,
      GuestTree tree,
      GuestFiles files,
      TraceRecorder trace,
      Diagnostics diagnostics) {
    this.key = key;
    this.transaction = transaction;
    this.tree = tree;
    this.files = files;
    this.trace = trace;
    this.diagnostics = diagnostics;
    this.standardOutput = new WrittenFile(tree.blobs());
    this.random = new RandomStream(transaction::family);
    Readable nothing = new Readable.Written(new WrittenFile(tree.blobs()));
    descriptors.add(new Descriptor.File(STDIN, nothing, null, Rights.FILE & ~Rights.WRITING, 0));
    descriptors.add(
        new Descriptor.File(
            STDOUT,
            new Readable.Written(standardOutput),
            standardOutput,
            Rights.FILE & ~Rights.READ,
            0));
    descriptors.add(new Descriptor.Errors());
    descriptors.add(new Descriptor.Directory(NamePath.ROOT, Rights.ALL, true));
  }

  public WrittenFile standardOutput() {
    return standardOutput;
  }

  /// What the program has named as its output; null for standard output.
  public @Nullable NamePath output() {
    return output;
  }

  /// Why a host function has stopped the program, if one has.
  public @Nullable Trap hostTrap() {
    return hostTrap;
  }

  /// Fuel used up to the last call that took long enough to be interrupted.
  public long fuelAtLastCall() {
    return fuelAtLastCall;
  }

  void onCall(Guest guest) {
    fuelAtLastCall = guest.fuelUsed();
  }

  List<String> argv() {
    return transaction.argv();
  }

  long fuelLimit() {
    return transaction.limits().fuel();
  }

  GuestTree tree() {
    return tree;
  }

  GuestFiles files() {
    return files;
  }

  Diagnostics diagnostics() {
    return diagnostics;
  }

  Descriptors<Descriptor> descriptors() {
    return descriptors;
  }

  Descriptors<View> views() {
    return views;
  }

  RandomStream random() {
    return random;
  }

  VirtualClock clock() {
    return clock;
  }

  /// The bytes that the program may yet write.
  long outputLeft() {
    return transaction.limits().outputBytes() - written;
  }

  /// Gives a directory the names that reading it goes through, in place of those it had.
  ///
  /// @throws FileError NOMEM when too many listings are being read at once
  void setNames(Descriptor.Directory directory, @Nullable Listing names) {
    Listing replaced = directory.names;
    int less = replaced == null ? 0 : replaced.held();
    int more = names == null ? 0 : names.held();
    if (namesListed - less > NAMES_LISTED_MAX - more) {
      throw new FileError(Errno.NOMEM);
    }
    namesListed += more - less;
    directory.names = names;
  }

  /// Lets go of what a descriptor held that has been closed.
  void onClosed(Descriptor closed) {
    switch (closed) {
      case Descriptor.File file -> {
        file.readable.close();
        WrittenFile rested = file.written;
        if (rested != null) {
          rested.rest();
        }
      }
      case Descriptor.Directory directory -> setNames(directory, null);
      case Descriptor.Errors _ -> {}
    }
  }

  @Nullable BoundInputs latestInputs() {
    return latestInputs;
  }

  void setLatestInputs(BoundInputs latest) {
    latestInputs = latest;
  }

  void setOutput(NamePath path) {
    output = path;
  }

  void countBind() {
    if (binds >= BINDS_MAX) {
      throw new FileError(Errno.MFILE);
    }
    binds++;
  }

  /// Accounts for bytes that were copied into the program's memory, each once.
  void countCopied(long bytes) {
    copied += bytes;
  }

  /// Bytes of files that were copied into the program's memory.
  public long copied() {
    return copied;
  }

  /// Accounts for bytes that are about to be written anywhere.
  void chargeOutput(long bytes) {
    // Compared without a sum, which could overflow.
    if (bytes > transaction.limits().outputBytes() - written) {
      throw stop(Trap.OUTPUT_LIMIT);
    }
    written += bytes;
  }

  /// Checks that there is room in the trace for what a call may observe.
  void requireTraceSpace() {
    if (trace.isFull()) {
      throw stop(Trap.BAD_HOST_CALL);
    }
  }

  /// The trap by which a host function ends the program.
  GuestTrap stop(Trap trap) {
    hostTrap = trap;
    return new GuestTrap(TrapKind.HOST, trap.words());
  }

  /// Reads a path from the guest's memory, absolute or seen from the root, as text alone says.
  NamePath path(Guest guest, int address, int length) {
    String text = pathText(guest, address, length);
    if (text.isEmpty()) {
      throw new FileError(Errno.NOENT);
    }
    try {
      return NamePath.ROOT.resolve(text);
    } catch (InvalidArgument _) {
      throw new FileError(text.indexOf(0) >= 0 ? Errno.INVAL : Errno.NAMETOOLONG);
    }
  }

  /// Reads a path from the guest's memory, seen from an open directory.
  GuestPath path(Guest guest, Descriptor.Directory from, int address, int length) {
    requireTraceSpace();
    String text = pathText(guest, address, length);
    return GuestPath.resolve(
        from.path(),
        text,
        left -> {
          guest.chargeFuel(HostCalls.CALL_FUEL);
          requireTraceSpace();
          if (!Stats.isDirectory(tree.find(left))) {
            throw new FileError(Errno.NOTDIR);
          }
        });
  }

  private String pathText(Guest guest, int address, int length) {
    requireInside(guest, address, Integer.toUnsignedLong(length));
    if (length > GuestPath.BYTES_MAX) {
      throw new FileError(Errno.NAMETOOLONG);
    }
    return text(guest, address, length);
  }

  /// Reads UTF-8 from the guest's memory.
  String text(Guest guest, int address, int length) {
    byte[] bytes = bytes(guest, address, length);
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.indexOf(REPLACEMENT) < 0 ? text : strictText(bytes);
  }

  /// The same of bytes that may be malformed.
  private static String strictText(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      throw new FileError(Errno.ILSEQ);
    }
  }

  byte[] bytes(Guest guest, int address, int length) {
    requireInside(guest, address, Integer.toUnsignedLong(length));
    guest.chargeFuel(length >>> 4);
    byte[] bytes = new byte[length];
    guest.memory().get(address, bytes, 0, length);
    return bytes;
  }

  void requireInside(Guest guest, int address, long length) {
    if (!guest.memory().holds(address, length)) {
      throw stop(Trap.BAD_HOST_CALL);
    }
  }

  @Override
  public void close() {
    descriptors.forEach(
        open -> {
          if (open instanceof Descriptor.File file) {
            file.readable.close();
          }
        });
    views.forEach(View::close);
  }

  @Override
  public String toString() {
    return "process of " + key.toShortHex();
  }
}

package io.kogluktualuk.computenode.runtime.guest;

import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.runtime.namespace.GuestFiles;
import io.kogluktualuk.computenode.runtime.namespace.GuestTree;
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

/// One program at work: its arguments, what it has open, its files, and what it has written so far.
///
/// **Threading:** the guest's thread. **Bound:** [#FILES_MAX] descriptors, [#VIEWS_MAX] views,
/// [#BINDS_MAX] bound thunks; the bytes it writes by the transaction's limit.
public final class GuestProcess {

  static final int FILES_MAX = 1_024;
  static final int VIEWS_MAX = 1_024;
  static final int BINDS_MAX = 65_536;

  /// The preopened directory `/`.
  static final int ROOT = 3;

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
  private long written;
  private long fuelAtLastCall;
  private int binds;
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
    this.random = new RandomStream(key);
    descriptors.add(new Descriptor.Input());
    descriptors.add(
        new Descriptor.File(
            NamePath.parse("/dev/stdout"),
            new Readable.Written(standardOutput),
            standardOutput,
            false,
            0));
    descriptors.add(new Descriptor.Errors());
    descriptors.add(new Descriptor.Directory(NamePath.ROOT));
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

  void setOutput(NamePath path) {
    output = path;
  }

  void countBind() {
    if (binds >= BINDS_MAX) {
      throw new FileError(Errno.MFILE);
    }
    binds++;
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

  /// Reads a path from the guest's memory, seen from a directory.
  NamePath path(Guest guest, NamePath from, int address, int length) {
    String text = text(guest, address, length);
    if (text.isEmpty()) {
      throw new FileError(Errno.NOENT);
    }
    try {
      return from.resolve(text);
    } catch (InvalidArgument _) {
      throw new FileError(text.indexOf(0) >= 0 ? Errno.INVAL : Errno.NAMETOOLONG);
    }
  }

  /// Reads UTF-8 from the guest's memory.
  String text(Guest guest, int address, int length) {
    byte[] bytes = bytes(guest, address, length);
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
  public String toString() {
    return "process of " + key.toShortHex();
  }
}

package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.guest.GuestProcess;
import io.kogluktualuk.computenode.runtime.namespace.Captures;
import io.kogluktualuk.computenode.runtime.namespace.Entry;
import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.runtime.namespace.Given;
import io.kogluktualuk.computenode.runtime.namespace.GuestFiles;
import io.kogluktualuk.computenode.runtime.namespace.GuestTree;
import io.kogluktualuk.computenode.runtime.namespace.Thunks;
import io.kogluktualuk.computenode.runtime.store.Shelf;
import io.kogluktualuk.computenode.runtime.tracking.Diagnostics;
import io.kogluktualuk.computenode.runtime.tracking.TraceRecorder;
import io.kogluktualuk.computenode.vm.run.Execution;
import io.kogluktualuk.computenode.vm.run.ExecutionResult;
import io.kogluktualuk.computenode.vm.run.Program;
import io.kogluktualuk.computenode.vm.run.TrapKind;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.transaction.Capture;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.fabric.transaction.Trap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs the program of one transaction and makes its outcome.
///
/// **Threading:** the guest's thread.
final class GuestRun {

  /// Where programs that know nothing of the fabric leave their output, when it is files.
  private static final NamePath TMP = NamePath.ROOT.child(GuestTree.TMP);

  private static final NamePath OUTPUT = TMP.child("output");

  private final Engine engine;
  private final Flight flight;
  private final Transaction transaction;
  private final SlotHolder slot;
  private final Shelf blobs;
  private final Diagnostics diagnostics = new Diagnostics();
  private final TraceRecorder trace = new TraceRecorder();
  private final Evaluation evaluation;
  private final GuestTree tree;
  private final Captures captures;
  private final GuestProcess process;
  private long fuelUsed;

  /// @param evaluation of the flight, taken over
  GuestRun(Engine engine, Flight flight, SlotHolder slot, Evaluation evaluation) {
    this.engine = engine;
    this.flight = flight;
    this.transaction = flight.transaction();
    this.slot = slot;
    this.evaluation = evaluation;
    evaluation.waitWithout(slot);
    this.blobs = evaluation.blobs();
    Given given = new Given(blobs, engine.trees(), transaction.namespace(), evaluation);
    this.tree = new GuestTree(given, trace, diagnostics);
    this.captures = new Captures(tree);
    GuestFiles files = new GuestFiles(tree, captures, trace);
    this.process = new GuestProcess(flight.key(), transaction, tree, files, trace, diagnostics);
  }

  /// What the program came to: how it ended, and its output.
  private record End(Ending ending, Ref output) {}

  Settled run() {
    long start = System.nanoTime();
    long mark = engine.blobs().mark();
    flight.attach(slot, evaluation);
    slot.began();
    try {
      List<Hash> cycle = List.of();
      End end;
      try {
        end = execute();
      } catch (SelfDependence e) {
        cycle = e.cycle();
        String reason = engine.circles().of(cycle, flight);
        diagnostics.line(tree.awaited() + ": " + reason);
        trace.failed(new Trace.Place(0, tree.awaited()), null, reason);
        end = invalid();
      }
      long elapsed = System.nanoTime() - start;
      long nanos = Math.max(0, elapsed - slot.waitedNanos());
      Draft draft = draft(end, mark, nanos);
      if (cycle.isEmpty()) {
        flight.program().ran(elapsed);
        return engine.dispatcher().ran(flight, draft, blobs, elapsed);
      }
      return engine.dispatcher().ranInCircle(flight, draft, blobs, cycle);
    } finally {
      process.close();
      engine.copied(process.copied());
      slot.ended();
      evaluation.release();
    }
  }

  private Draft draft(End end, long mark, long nanos) {
    byte[] said = diagnostics.finish();
    Draft.End all = new Draft.End(end.ending(), end.output(), fuelUsed, said, trace.trace());
    boolean isFollowed = engine.dispatcher().isFollowed(flight);
    return new Draft(engine.blobs(), flight, all, isFollowed, mark, nanos);
  }

  private static End invalid() {
    return new End(new Ending.Invalid(), Ref.ofBlob(Blob.EMPTY));
  }

  private End execute() {
    Program<GuestProcess> program = program();
    if (program == null) {
      return invalid();
    }
    Execution<GuestProcess> execution = program.prepare(process, vmLimits());
    flight.attach(execution);
    ExecutionResult result;
    try {
      result = execution.run();
    } catch (SelfDependence e) {
      fuelUsed = process.fuelAtLastCall();
      throw e;
    }
    fuelUsed = result.fuelUsed();
    return switch (result) {
      case ExecutionResult.Exited(int status, _) -> exited(status);
      case ExecutionResult.Trapped(TrapKind kind, _, _) -> trapped(trapOf(kind));
      case ExecutionResult.Cancelled _ -> throw new Refused("cancelled while running");
    };
  }

  private io.kogluktualuk.computenode.vm.run.Limits vmLimits() {
    Limits limits = transaction.limits();
    return new io.kogluktualuk.computenode.vm.run.Limits(
        Math.min(limits.fuel(), io.kogluktualuk.computenode.vm.run.Limits.FUEL_MAX),
        Math.min(limits.memoryBytes(), io.kogluktualuk.computenode.vm.run.Limits.MEMORY_BYTES_MAX),
        io.kogluktualuk.computenode.vm.run.Limits.CALL_DEPTH_MAX);
  }

  /// The program, or null when there is none; the diagnostics then say why.
  private @Nullable Program<GuestProcess> program() {
    Program<GuestProcess> known = flight.program().find(trace);
    if (known != null) {
      return known;
    }
    String name = transaction.argv().getFirst();
    try {
      NamePath path = NamePath.ROOT.resolve(name);
      Entry entry = tree.find(path);
      if (!(entry instanceof Entry.Fixed fixed) || fixed.isDirectory()) {
        diagnostics.line("program " + name + ": it is a directory");
        return null;
      }
      Program<GuestProcess> found = engine.programs().get(blobs, tree.content(fixed));
      TraceRecorder.Beginning observed = trace.beginning();
      if (observed.isOfStored() && !path.startsWith(TMP)) {
        flight.program().found(found, observed);
      }
      return found;
    } catch (FileError e) {
      diagnostics.line("program " + name + ": " + words(e.errno()));
    } catch (InvalidArgument | Programs.NotAProgram e) {
      diagnostics.line("program " + name + ": " + e.getMessage());
    }
    return null;
  }

  private static String words(Errno errno) {
    return switch (errno) {
      case NOENT -> "it is not there";
      case NOTDIR -> "something on the way to it is not a directory";
      case IO -> "it could not be computed";
      default -> "it cannot be read: " + errno;
    };
  }

  private End exited(int status) {
    NamePath named = process.output();
    if (named == null && tree.isMadeInTmp(OUTPUT.name())) {
      named = OUTPUT;
    }
    if (named == null) {
      return new End(new Ending.Exited(status), process.standardOutput().finish());
    }
    try {
      tree.find(named);
      return switch (evaluate(captures.at(named))) {
        case Thunks.Evaluable(Ref output) -> new End(new Ending.Exited(status), output);
        case Thunks.Unevaluable(String reason) -> {
          diagnostics.line("output " + named + ": " + reason);
          yield invalid();
        }
      };
    } catch (FileError e) {
      diagnostics.line("output " + named + ": " + words(e.errno()));
      return invalid();
    }
  }

  private Thunks.Evaluated evaluate(Capture capture) {
    Thunks.Evaluated evaluated = evaluation.evaluate(tree.given().source(capture));
    if (!capture.isClosed()) {
      switch (evaluated) {
        case Thunks.Evaluable(Ref value) -> trace.evaluated(capture, value);
        case Thunks.Unevaluable(String reason) -> trace.unevaluable(capture, reason);
      }
    }
    return evaluated;
  }

  private End trapped(Trap trap) {
    diagnostics.line("the program was stopped: " + trap.words());
    return new End(new Ending.Trapped(trap), Ref.ofBlob(Blob.EMPTY));
  }

  private Trap trapOf(TrapKind kind) {
    return switch (kind) {
      case OUT_OF_FUEL -> Trap.OUT_OF_FUEL;
      case OUT_OF_MEMORY -> Trap.OUT_OF_MEMORY;
      case STACK_OVERFLOW -> Trap.STACK_OVERFLOW;
      case UNREACHABLE -> Trap.UNREACHABLE;
      case INTEGER_DIVIDE_BY_ZERO -> Trap.DIVIDE_BY_ZERO;
      case INTEGER_OVERFLOW -> Trap.INTEGER_OVERFLOW;
      case BAD_CONVERSION -> Trap.BAD_CONVERSION;
      case OUT_OF_BOUNDS -> Trap.OUT_OF_BOUNDS;
      case INDIRECT_CALL -> Trap.BAD_INDIRECT_CALL;
      case HOST -> {
        Trap trap = process.hostTrap();
        yield trap == null ? Trap.BAD_HOST_CALL : trap;
      }
    };
  }
}

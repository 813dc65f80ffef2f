package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Where the outputs of a stage or a source go: stored or carried, held, and sent to branches.
///
/// **Threading:** any thread. **Ownership:** of the branches. Outputs are held from [#prepare]
/// until every branch has said that they are done.
final class Outlets implements AutoCloseable {

  /// How many outputs one input may have.
  static final int OUTPUTS_MAX = 1024;

  /// One output, ready to be sent.
  final class Ready {

    private final Envelope envelope;
    private final List<Branch> branches;
    private final HoldGroups.@Nullable Group group;
    private final long bytes;
    private final AtomicInteger open;

    private Ready(
        Envelope envelope, List<Branch> branches, HoldGroups.@Nullable Group group, long bytes) {
      this.envelope = envelope;
      this.branches = branches;
      this.group = group;
      this.bytes = bytes;
      this.open = new AtomicInteger(branches.size());
    }

    Envelope envelope() {
      return envelope;
    }

    List<Branch> branches() {
      return branches;
    }

    private void branchDone() {
      if (open.decrementAndGet() == 0 && group != null) {
        holds.leave(group, bytes);
      }
    }
  }

  private final String stage;
  private final BlobPort blobs;
  private final HoldGroups holds;
  private final List<Branch> branches;
  private final @Nullable Function<Envelope, String> key;
  private final int carryMax;
  private final Counts counts;
  private final LongSupplier nanoTime;

  /// @param key chooses a branch for each output; null when all get a copy
  /// @param carryMax bytes up to which content travels in the envelope
  Outlets(
      String stage,
      BlobPort blobs,
      HoldGroups holds,
      List<Branch> branches,
      @Nullable Function<Envelope, String> key,
      int carryMax,
      Counts counts,
      LongSupplier nanoTime) {
    this.stage = stage;
    this.blobs = blobs;
    this.holds = holds;
    this.branches = List.copyOf(branches);
    this.key = key;
    this.carryMax = carryMax;
    this.counts = counts;
    this.nanoTime = nanoTime;
  }

  /// Stores and holds outputs.
  ///
  /// @param input what they came of; null for a source
  /// @param index of the first
  /// @throws NotFound when an output is a ref to nothing
  /// @throws InvalidArgument when there are too many or too large ones, or nowhere to send them
  List<Ready> prepare(@Nullable Envelope input, long index, List<Output> outputs) {
    if (outputs.size() > OUTPUTS_MAX) {
      throw new InvalidArgument(
          "stage " + stage + " gave " + outputs.size() + " outputs, at most " + OUTPUTS_MAX);
    }
    if (branches.isEmpty() && !outputs.isEmpty()) {
      throw new InvalidArgument("stage " + stage + " gave an output and is connected to nothing");
    }
    List<Ready> ready = new ArrayList<>(outputs.size());
    try {
      for (int i = 0; i < outputs.size(); i++) {
        ready.add(prepareOne(input, index + i, outputs.get(i)));
      }
      return ready;
    } catch (RuntimeException e) {
      ready.forEach(this::forget);
      throw e;
    }
  }

  /// Gives up outputs that will not be sent.
  void forget(Ready ready) {
    if (ready.group != null && ready.open.getAndSet(0) > 0) {
      holds.leave(ready.group, ready.bytes);
    }
  }

  private static boolean isInput(@Nullable Envelope input, Output output) {
    return input != null && output.ref() != null && output.ref().equals(input.ref());
  }

  private Ready prepareOne(@Nullable Envelope input, long index, Output output) {
    Origin origin = new Origin(stage, input == null ? Origin.NOTHING : input.id(), index);
    MemorySegment bytes = output.bytes();
    Ref ref = output.ref();
    if (input != null && isInput(input, output)) {
      return ready(
          Envelope.of(
              origin,
              input.ref(),
              output.metadata(),
              input.lease(),
              input.voucher(),
              input.carried()),
          output,
          null,
          0);
    }
    if (ref != null) {
      return held(
          origin, output, ref.length(), group -> new BlobPort.Stored(foreign(group, ref), null));
    }
    if (bytes == null) {
      throw new IllegalStateException("an output is a ref or bytes");
    }
    if (bytes.byteSize() <= carryMax) {
      MemorySegment copy = MemorySegment.ofArray(bytes.toArray(ValueLayout.JAVA_BYTE));
      Ref name = Ref.ofBlob(Blob.of(copy));
      return ready(Envelope.of(origin, name, output.metadata(), null, null, copy), output, null, 0);
    }
    counts.storedBytes.add(bytes.byteSize());
    return held(origin, output, bytes.byteSize(), group -> blobs.put(group.scope(), bytes));
  }

  private Ref foreign(HoldGroups.Group group, Ref ref) {
    if (!blobs.hold(group.scope(), Set.of(ref)).isEmpty()) {
      throw new NotFound("stage " + stage + " gave a ref to nothing: " + ref);
    }
    return ref;
  }

  private Ready held(
      Origin origin, Output output, long bytes, Function<HoldGroups.Group, BlobPort.Stored> hold) {
    HoldGroups.Group group = holds.join(bytes, nanoTime.getAsLong());
    try {
      BlobPort.Stored stored = hold.apply(group);
      Envelope envelope =
          Envelope.of(
              origin, stored.ref(), output.metadata(), blobs.claim(), stored.voucher(), null);
      return ready(envelope, output, group, bytes);
    } catch (RuntimeException e) {
      holds.leave(group, bytes);
      throw e;
    }
  }

  private Ready ready(
      Envelope envelope, Output output, HoldGroups.@Nullable Group group, long bytes) {
    return new Ready(envelope, route(envelope, output), group, bytes);
  }

  private List<Branch> route(Envelope envelope, Output output) {
    if (!output.branch().isEmpty()) {
      return List.of(branch(output.branch()));
    }
    if (key == null) {
      return branches;
    }
    int index = Math.floorMod(key.apply(envelope).hashCode(), branches.size());
    return List.of(branches.get(index));
  }

  Branch branch(String name) {
    for (Branch branch : branches) {
      if (branch.name().equals(name)) {
        return branch;
      }
    }
    throw new InvalidArgument("stage " + stage + " has no branch '" + name + "'");
  }

  /// Waits for room at all branches of an output.
  ///
  /// @throws io.kogluktualuk.fabric.fault.OutOfCredits when there was none within the
  ///     deadline; then the output is given up
  void reserve(Ready ready, Deadline deadline) {
    List<Branch> reserved = new ArrayList<>();
    try {
      for (Branch branch : ready.branches) {
        branch.reserve(ready.envelope, deadline);
        reserved.add(branch);
      }
    } catch (RuntimeException e) {
      reserved.forEach(branch -> branch.unreserve(ready.envelope));
      forget(ready);
      throw e;
    }
  }

  /// Sends an output to its branches, which have room for it.
  void sendReserved(Ready ready, Consumer<Verdict> done) {
    for (Branch branch : ready.branches) {
      branch.sendReserved(ready.envelope, told(ready, done));
    }
  }

  private static Consumer<Verdict> told(Ready ready, Consumer<Verdict> done) {
    return verdict -> {
      ready.branchDone();
      done.accept(verdict);
    };
  }

  /// Sends an output to its branches.
  ///
  /// @param done hears once for each branch
  /// @param starved says what becomes of a copy for which there were no credits in time
  void send(Ready ready, Consumer<Verdict> done, Deadline deadline, Branch.Listener starved) {
    for (Branch branch : ready.branches) {
      Consumer<Verdict> each = told(ready, done);
      try {
        branch.send(ready.envelope, each, deadline);
      } catch (FabricException e) {
        each.accept(starved.undeliverable(branch, ready.envelope, String.valueOf(e.getMessage())));
      }
    }
  }

  /// Sends once more what a branch could not have; it is forgotten when it is done.
  ///
  /// @param patience for room at the branch
  void retry(SetAside one, SetAsideStore aside, Duration patience) {
    Envelope envelope = one.envelope().again();
    aside.retrying(envelope.id());
    branch(one.branch())
        .send(envelope, _ -> aside.settled(envelope.id()), Deadline.after(patience));
  }

  /// How many more envelopes all branches take, or the best of them when each output goes to one.
  long room() {
    long room = key == null ? Long.MAX_VALUE / 2 : 0;
    for (Branch branch : branches) {
      long free = branch.freeEnvelopes();
      room = key == null ? Math.min(room, free) : Math.max(room, free);
    }
    return branches.isEmpty() ? Long.MAX_VALUE / 2 : room;
  }

  boolean isIdle() {
    return branches.stream().allMatch(Branch::isEmpty);
  }

  List<LinkSnapshot> snapshots() {
    return branches.stream().map(Branch::snapshot).toList();
  }

  long heldBytes() {
    return holds.heldBytes();
  }

  void start() {
    branches.forEach(Branch::start);
  }

  void tick(long nowNanos) {
    branches.forEach(branch -> branch.tick(nowNanos));
    holds.tick(nowNanos);
  }

  @Override
  public void close() {
    branches.forEach(Branch::close);
    holds.end();
  }
}

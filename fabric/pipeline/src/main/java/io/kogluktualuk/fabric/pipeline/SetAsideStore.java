package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a stage has set aside: kept in its journal, and the value kept by a root.
///
/// The root is `pipeline/PIPELINE/STAGE/ID`, so that the value can be looked at as long as it is
/// set aside, whoever held it before. What operators ask for is carried out here.
///
/// **Threading:** any thread. **Ownership:** of the journal. **Errors:** what cannot be kept is
/// dropped, counted and logged; its verdict says so.
final class SetAsideStore implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SetAsideStore.class);
  private static final long LOOK_NANOS = 500_000_000;

  private final String pipeline;
  private final String stage;
  private final SetAsideJournal journal;
  private final BlobPort blobs;
  private final Counts counts;
  private final InstantSource clock;
  private final SetAsideRequests requests;
  private final Executor calls;
  private long lookedNanos;

  /// Tried again, and not set aside again since.
  private final Set<Hash> retried = ConcurrentHashMap.newKeySet();

  SetAsideStore(
      String pipeline,
      String stage,
      SetAsideJournal journal,
      BlobPort blobs,
      Counts counts,
      InstantSource clock,
      SetAsideRequests requests,
      Executor calls) {
    this.pipeline = pipeline;
    this.stage = stage;
    this.journal = journal;
    this.blobs = blobs;
    this.counts = counts;
    this.clock = clock;
    this.requests = requests;
    this.calls = calls;
  }

  /// Carries out what operators ask for, now and then; one thread calls it.
  ///
  /// @param retry tries an envelope again; may wait
  void tick(long nowNanos, Consumer<Hash> retry) {
    if (nowNanos - lookedNanos < LOOK_NANOS) {
      return;
    }
    lookedNanos = nowNanos;
    for (SetAsideRequests.Request request : requests.take()) {
      calls.execute(() -> carryOut(request, retry));
    }
  }

  private void carryOut(SetAsideRequests.Request request, Consumer<Hash> retry) {
    LOG.info("stage {}: an operator asks for {}", stage, request);
    try {
      switch (request.kind()) {
        case RETRY -> retry.accept(request.id());
        case FORGET -> forget(request.id());
      }
    } catch (FabricException e) {
      LOG.warn("stage {}: {} is not carried out: {}", stage, request, e.getMessage());
    }
  }

  /// Keeps an envelope.
  ///
  /// @param branch that it could not be delivered to; empty for an input
  /// @return what to tell upstream
  Verdict add(Envelope envelope, String branch, String reason) {
    retried.remove(envelope.id());
    try {
      journal.add(new SetAside(envelope, branch, reason, clock.instant()));
      counts.setAside.increment();
    } catch (FabricException e) {
      counts.dropped.increment();
      LOG.error("{} is dropped: {}; it cannot be kept: {}", envelope, reason, e.getMessage());
      return Verdict.dropped(reason + "; it could not be kept: " + e.getMessage());
    }
    LOG.warn("{} is set aside: {}", envelope, reason);
    if (!envelope.isCarried()) {
      pin(envelope);
    }
    return Verdict.setAside(reason);
  }

  private void pin(Envelope envelope) {
    try {
      blobs.pin(root(envelope.id()), envelope.ref());
    } catch (FabricException e) {
      LOG.warn("{} is set aside without its value: {}", envelope, e.getMessage());
    }
  }

  private String root(Hash id) {
    return SetAsideFolder.root(pipeline, stage, id);
  }

  List<SetAside> all() {
    return journal.all();
  }

  int size() {
    return journal.size();
  }

  @Nullable SetAside find(Hash id) {
    return journal.find(id);
  }

  /// It is tried again now.
  void retrying(Hash id) {
    retried.add(id);
  }

  /// What became of an envelope has been told: one that was tried again is forgotten, unless it
  /// was set aside once more.
  void settled(Hash id) {
    if (!retried.isEmpty() && retried.remove(id)) {
      // It takes a call: who hears of ends must not wait for that.
      Thread.ofVirtual().name("kog-" + stage + "-forget").start(() -> forget(id));
    }
  }

  /// Forgets an envelope, and gives up its value.
  ///
  /// @return whether there was one
  boolean forget(Hash id) {
    SetAside former = journal.remove(id);
    if (former != null && !former.envelope().isCarried()) {
      try {
        blobs.unpin(root(id));
      } catch (FabricException e) {
        LOG.warn("root {} stays: {}", root(id), e.getMessage());
      }
    }
    return former != null;
  }

  @Override
  public void close() {
    journal.close();
  }
}

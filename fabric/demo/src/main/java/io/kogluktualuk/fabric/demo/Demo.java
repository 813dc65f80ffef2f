package io.kogluktualuk.fabric.demo;

import io.kogluktualuk.computenode.api.RunCounters;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.RunListener;
import io.kogluktualuk.fabric.client.RunResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The demo in three acts: cold, again, one record changed; each output held against the platform's
/// sort.
///
/// **Threading:** one thread.
public final class Demo {

  /// Where the audience sits.
  public interface Audience {

    /// Something began that is not a run, such as a check.
    void onStep(String what);

    /// A run begins; what it does is told to the listener that is returned.
    RunListener onRun(String what);

    /// An act is over.
    void onAct(Act act);
  }

  private final Fabric fabric;
  private final Audience audience;
  private final TradesJob job;
  private final List<Act> acts = new ArrayList<>();

  public Demo(Fabric fabric, Audience audience) throws IOException {
    this.fabric = fabric;
    this.audience = audience;
    this.job = new TradesJob(fabric);
  }

  /// Plays all acts over made-up trades. Making them is part of the first.
  public List<Act> play(long records) throws IOException {
    audience.onStep(job.namespaceText(TradesJob.computed(records)));
    return play(job.namespaceOfTrades(records), () -> job.trades(records), null);
  }

  /// Plays all acts over a file.
  public List<Act> play(Path file) throws IOException {
    audience.onStep("storing " + file);
    Ref data = fabric.put(file);
    audience.onStep(job.namespaceText(TradesJob.given(data)));
    return play(job.namespaceOf(data), () -> data, () -> Files.newInputStream(file));
  }

  private List<Act> play(Ref namespace, Supplier<Ref> data, Change.@Nullable Source file)
      throws IOException {
    RunResult cold = job.sort(namespace, audience.onRun("cold"));
    Ref original = data.get();
    Change.Source source = file != null ? file : () -> fabric.open(original);
    end("cold", cold, source);
    end("again", job.sort(namespace, audience.onRun("again")), source);
    if (original.length() > 0) {
      playChanged(namespace, Change.inTheMiddle(source, original.length()), source);
    }
    return List.copyOf(acts);
  }

  private void playChanged(Ref namespace, Change change, Change.Source source) throws IOException {
    RunListener listener = audience.onRun("changing one record");
    Ref changed = job.output(job.amend(namespace, change.offset(), change.line(), listener));
    RunResult sorted = job.sort(job.namespaceOf(changed), audience.onRun("one record changed"));
    end("one record changed", sorted, () -> change.applyTo(source));
  }

  private void end(String name, RunResult result, Change.Source input) throws IOException {
    Ref output = job.output(result);
    Act.Check check = checked(output, name, input);
    RunCounters counters = result.report().counters();
    Act act = new Act(name, counters, result.elapsed(), output, check);
    acts.add(act);
    audience.onAct(act);
  }

  /// The same output over the same input needs no second look.
  private Act.Check checked(Ref output, String name, Change.Source input) throws IOException {
    Act previous = acts.isEmpty() ? null : acts.getLast();
    if (previous != null && name.equals("again") && previous.output().equals(output)) {
      return previous.check();
    }
    audience.onStep("comparing with the platform's sort");
    try (InputStream unsorted = input.open();
        InputStream sorted = fabric.open(output)) {
      return SortCheck.compare(unsorted, sorted);
    }
  }
}

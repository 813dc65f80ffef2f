package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.fault.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// All that the clients of one scenario have done, what was done to the cluster meanwhile, and
/// what they saw that must not be.
///
/// **Threading:** any thread. **Bound:** what one scenario does, some thousand steps.
final class History {

  private final List<Step> steps = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();

  /// Does something and notes its fate.
  ///
  /// @return what it answered, or null when it did not
  @Nullable String did(Step.Kind kind, String key, String sent, Supplier<String> action) {
    long asked = System.nanoTime();
    try {
      String answer = action.get();
      add(new Step(kind, key, sent, asked, System.nanoTime(), Step.Fate.DONE, answer));
      return answer;
    } catch (FabricException e) {
      add(new Step(kind, key, sent, asked, System.nanoTime(), fateOf(e), e.toString()));
      return null;
    }
  }

  /// Only what says by its kind that nothing has changed counts as refused.
  private static Step.Fate fateOf(FabricException e) {
    return switch (e) {
      case Conflict _, InvalidArgument _, Refused _, OutOfCredits _ -> Step.Fate.REFUSED;
      default -> Step.Fate.OPEN;
    };
  }

  synchronized void add(Step step) {
    steps.add(step);
  }

  /// Notes what happens to the cluster, or that another part of the scenario begins.
  synchronized void note(String event) {
    events.add(System.nanoTime() + "\t" + event);
  }

  /// Notes what must not be.
  synchronized void violated(String what) {
    note("violated: " + what);
    violations.add(what);
  }

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  synchronized List<Step> of(Step.Kind... kinds) {
    List<Step.Kind> wanted = List.of(kinds);
    return steps.stream().filter(step -> wanted.contains(step.kind())).toList();
  }

  synchronized int size() {
    return steps.size();
  }

  /// How many have that fate.
  synchronized long count(Step.Fate fate) {
    return steps.stream().filter(step -> step.fate() == fate).count();
  }

  synchronized void write(Path file) throws IOException {
    List<String> lines = new ArrayList<>(steps.stream().map(Step::line).toList());
    events.forEach(event -> lines.add("EVENT\t" + event));
    violations.forEach(violation -> lines.add("VIOLATION\t" + violation));
    Files.write(file, lines);
  }
}

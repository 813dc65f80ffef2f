package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the stages of a folder have set aside, for an operator in another process than theirs.
///
/// A journal is written by its stage alone. While the stage runs, requests are left for it beside
/// the journal, and it carries them out. When it does not, an envelope is forgotten here, behind
/// the same lock that a stage needs to start; one that is to be tried again waits for the stage.
///
/// **Threading:** one thread. Not for the process that the stages run in: the operating system
/// takes their locks away when another channel to the same file is closed there. **Errors:**
/// [NotFound] for a stage or an envelope that is not there, [DeadlineExceeded] when a stage does
/// not hear, [Unavailable] when the disk fails.
public final class SetAsideFolder {

  private static final String ENDING = ".set-aside";
  private static final long PAUSE_MILLIS = 50;
  private static final int ROOT_DIGITS = 32;

  /// One stage.
  ///
  /// @param pipeline of which it was last; null when nobody has noted that
  /// @param process which runs it; empty when none does
  /// @param entries oldest first
  /// @param requests how many wait to be carried out
  public record StageAside(
      String stage,
      @Nullable String pipeline,
      OptionalLong process,
      List<SetAside> entries,
      int requests) {

    public StageAside {
      entries = List.copyOf(entries);
    }
  }

  /// What became of a request.
  public sealed interface Outcome {

    /// It is done, and no longer set aside.
    record Done() implements Outcome {}

    /// It is forgotten.
    record Forgotten() implements Outcome {}

    /// It was tried, and set aside again.
    record Again(String reason) implements Outcome {}

    /// The stage works on it.
    record Taken(long process) implements Outcome {}

    /// The stage does not run; it will find the request when it starts.
    record Left() implements Outcome {}
  }

  private final Path folder;

  private SetAsideFolder(Path folder) {
    this.folder = folder;
  }

  /// @param folder what `Pipeline.over` was given
  /// @throws NotFound when there is no such folder
  public static SetAsideFolder of(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new NotFound(
          "folder " + folder + " does not exist; expected the one that the pipeline was given");
    }
    return new SetAsideFolder(folder);
  }

  /// All stages that ever ran over the folder, by name.
  public List<StageAside> stages() {
    return names().stream().map(this::stage).toList();
  }

  private List<String> names() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(ENDING))
          .map(name -> name.substring(0, name.length() - ENDING.length()))
          .filter(Origin::isName)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new Unavailable("folder " + folder + " cannot be read: " + e, e);
    }
  }

  /// One stage.
  ///
  /// @throws NotFound when none of that name ever ran over the folder
  public StageAside stage(String name) {
    require(name);
    SetAsideDoor.Owner owner = SetAsideDoor.owner(folder, name);
    return new StageAside(
        name,
        owner == null ? null : owner.pipeline(),
        process(name),
        SetAsideJournal.read(folder, name),
        new SetAsideRequests(folder, name).all().size());
  }

  private void require(String name) {
    if (!Origin.isName(name) || !Files.exists(folder.resolve(name + ENDING))) {
      throw new NotFound(
          "folder "
              + folder
              + " has no stage '"
              + name
              + "'; it has "
              + (names().isEmpty() ? "none" : String.join(", ", names())));
    }
  }

  private OptionalLong process(String name) {
    try (SetAsideDoor _ = SetAsideDoor.enter(folder, name)) {
      SetAsideJournal free = SetAsideJournal.tryOpen(folder, name);
      if (free != null) {
        free.close();
        return OptionalLong.empty();
      }
    }
    SetAsideDoor.Owner owner = SetAsideDoor.owner(folder, name);
    return OptionalLong.of(owner == null ? 0 : owner.pid());
  }

  /// The envelope whose id begins so.
  ///
  /// @param digits hexadecimal, at least four
  /// @throws NotFound when there is none
  /// @throws InvalidArgument when there are several
  public static SetAside find(StageAside stage, String digits) {
    if (!digits.matches("[0-9a-fA-F]{4,64}")) {
      throw new InvalidArgument(
          "'" + digits + "' is no id; expected its first 4 or more hexadecimal digits");
    }
    List<SetAside> found =
        stage.entries().stream()
            .filter(one -> one.envelope().id().toHex().startsWith(digits.toLowerCase(Locale.ROOT)))
            .toList();
    if (found.isEmpty()) {
      throw new NotFound(
          "stage %s has set aside no envelope %s; it has %d"
              .formatted(stage.stage(), digits, stage.entries().size()));
    }
    if (found.size() > 1) {
      throw new InvalidArgument(
          "stage %s has set aside %d envelopes whose ids begin with %s"
              .formatted(stage.stage(), found.size(), digits));
    }
    return found.getFirst();
  }

  /// The root that keeps the value of an envelope that is set aside.
  public static String root(String pipeline, String stage, Hash id) {
    return "pipeline/" + pipeline + "/" + stage + "/" + id.toHex().substring(0, ROOT_DIGITS);
  }

  /// Has a stage try an envelope again, and waits for what comes of it.
  ///
  /// @throws DeadlineExceeded when the stage runs, and has not heard of it in time; then the
  ///     request is taken back
  public Outcome retry(String stage, SetAside one, Duration patience) {
    Hash id = one.envelope().id();
    OptionalLong process = ask(stage, SetAsideRequests.Kind.RETRY, id, patience);
    if (process.isEmpty()) {
      return new Outcome.Left();
    }
    return await(
        patience,
        () -> {
          SetAside now = current(stage, id);
          if (now == null) {
            return new Outcome.Done();
          }
          boolean isAgain = now.envelope().attempt() > one.envelope().attempt();
          return isAgain ? new Outcome.Again(now.reason()) : null;
        },
        new Outcome.Taken(process.getAsLong()));
  }

  /// Has an envelope forgotten, whether its stage runs or not.
  ///
  /// @param unpin takes a root away; called when the stage does not run and the value was not
  ///     carried, before the journal is changed
  public Outcome forget(String stage, SetAside one, Duration patience, Consumer<String> unpin) {
    Hash id = one.envelope().id();
    try (SetAsideDoor _ = SetAsideDoor.enter(folder, stage);
        SetAsideJournal journal = SetAsideJournal.tryOpen(folder, stage)) {
      if (journal != null) {
        SetAsideDoor.Owner owner = SetAsideDoor.owner(folder, stage);
        if (!one.envelope().isCarried() && owner != null) {
          unpin.accept(root(owner.pipeline(), stage, id));
        }
        journal.remove(id);
        return new Outcome.Forgotten();
      }
    }
    OptionalLong process = ask(stage, SetAsideRequests.Kind.FORGET, id, patience);
    return process.isEmpty()
        ? new Outcome.Left()
        : await(
            patience,
            () -> current(stage, id) == null ? new Outcome.Forgotten() : null,
            new Outcome.Taken(process.getAsLong()));
  }

  private @Nullable SetAside current(String stage, Hash id) {
    return SetAsideJournal.read(folder, stage).stream()
        .filter(one -> one.envelope().id().equals(id))
        .findFirst()
        .orElse(null);
  }

  /// @return the process that has taken the request; empty when none runs
  private OptionalLong ask(String stage, SetAsideRequests.Kind kind, Hash id, Duration patience) {
    SetAsideRequests requests = new SetAsideRequests(folder, stage);
    SetAsideRequests.Request request = new SetAsideRequests.Request(kind, id);
    requests.add(request);
    OptionalLong process = process(stage);
    if (process.isEmpty()) {
      return process;
    }
    Boolean isTaken = await(patience, () -> requests.isThere(request) ? null : true, false);
    if (!isTaken && requests.remove(request)) {
      throw new DeadlineExceeded(
          "stage %s (process %d) has not taken the request within %s; it was taken back"
              .formatted(stage, process.getAsLong(), patience));
    }
    return process;
  }

  private interface Look<R> {
    @Nullable R now();
  }

  private static <R> R await(Duration patience, Look<R> look, R otherwise) {
    Deadline deadline = Deadline.after(patience);
    while (true) {
      R found = look.now();
      if (found != null) {
        return found;
      }
      if (deadline.hasPassed()) {
        return otherwise;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return otherwise;
      }
    }
  }
}

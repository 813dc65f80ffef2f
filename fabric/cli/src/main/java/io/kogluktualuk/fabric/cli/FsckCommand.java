package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.store.CheckFindings;
import io.kogluktualuk.memnode.store.FolderCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kog fsck`.
///
/// **Threading:** one thread.
@Command(
    name = "fsck",
    description = {
      "Check the folder of a memory node that does not run, and those of its tenants.",
      "Looks at the log's header and each of its records, at whether blobs lie inside of region"
          + " files and apart from each other, and hashes every blob: about a second for each"
          + " gigabyte. Nothing is changed without --repair, which drops what is damaged, keeps"
          + " the former log as sealed.log.old, and makes missing region files anew, empty. Blobs"
          + " that are dropped come back from other nodes or are computed again.",
      "Exits with 8 when something is damaged and was not repaired. With --json: an object with"
          + " intact, repaired and folders."
    },
    footer = {
      "",
      "Example:",
      "  kog fsck /var/lib/kog/memory-1",
      "  kog fsck /var/lib/kog/memory-1 --repair"
    })
final class FsckCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(paramLabel = "FOLDER", description = "The state folder of a memory node.")
  private Path folder = Path.of("");

  @Option(names = "--repair", description = "Drop what is damaged.")
  private boolean repair;

  FsckCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    Path where = options.terminal().folder().resolve(folder);
    if (!Files.exists(where.resolve("node-id"))) {
      throw new NotFound(where + " is not the folder of a memory node: it has no node-id");
    }
    List<CheckFindings> all = new ArrayList<>();
    for (Path each : folders(where)) {
      all.add(FolderCheck.check(each, repair, (bytes, of) -> progress(each, bytes, of)));
    }
    boolean isIntact = all.stream().allMatch(CheckFindings::isIntact);
    boolean isRepaired = all.stream().anyMatch(CheckFindings::isRepaired);
    options.print(text(all), json(all, isIntact, isRepaired));
    return (isIntact || isRepaired ? ExitCode.OK : ExitCode.CORRUPTION).code();
  }

  private static List<Path> folders(Path folder) {
    List<Path> folders = new ArrayList<>(List.of(folder));
    Path tenants = folder.resolve("tenants");
    if (Files.isDirectory(tenants)) {
      try (Stream<Path> found = Files.list(tenants)) {
        found.filter(path -> Files.exists(path.resolve("node-id"))).sorted().forEach(folders::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return folders;
  }

  private void progress(Path where, long bytes, long of) {
    if (options.terminal().isErrTerminal()) {
      String line = where + ": " + new ByteCount(bytes) + " of " + new ByteCount(of) + " hashed…";
      options.terminal().err().println(line);
    }
  }

  private static String text(List<CheckFindings> all) {
    StringBuilder text = new StringBuilder();
    for (CheckFindings each : all) {
      each.lines().forEach(line -> text.append(line).append(System.lineSeparator()));
      text.append(
          "%s: %s: %d blobs with %s in %d regions; %d lost, %d of %d log records damaged%n"
              .formatted(
                  each.folder(),
                  word(each),
                  each.blobs(),
                  new ByteCount(each.bytes()),
                  each.regions(),
                  each.lost(),
                  each.recordsDamaged(),
                  each.records() + each.recordsDamaged()));
    }
    return text.toString();
  }

  private static String word(CheckFindings findings) {
    return findings.isIntact() ? "intact" : findings.isRepaired() ? "repaired" : "DAMAGED";
  }

  private static Json json(List<CheckFindings> all, boolean isIntact, boolean isRepaired) {
    List<Json> folders = new ArrayList<>();
    for (CheckFindings each : all) {
      folders.add(
          new Json()
              .with("folder", each.folder().toString())
              .with("state", word(each).toLowerCase(Locale.ROOT))
              .with("blobs", each.blobs())
              .with("bytes", each.bytes())
              .with("regions", each.regions())
              .with("regionsMissing", each.regionsMissing())
              .with("logMissing", each.logMissing())
              .with("records", each.records())
              .with("recordsDamaged", each.recordsDamaged())
              .with("outside", each.outside())
              .with("overlapping", each.overlapping())
              .with("wrongBytes", each.wrongBytes())
              .with("problems", each.lines()));
    }
    return new Json()
        .with("intact", isIntact)
        .with("repaired", isRepaired)
        .with("folders", folders);
  }
}

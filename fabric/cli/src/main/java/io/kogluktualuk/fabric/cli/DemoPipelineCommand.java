package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.demo.photos.PhotoDemo;
import io.kogluktualuk.fabric.demo.photos.PhotoPlan;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kog demo pipeline`.
///
/// **Threading:** one thread; the process's shutdown ends the stages, stops the cluster and
/// removes its folder.
@Command(
    name = "pipeline",
    description = {
      "Photos pass five stages, each a process of its own: camera, resize, detect, label, index."
          + " By hash: messages carry refs, and the two stages that look at pixels read them"
          + " one-sided from a small fabric of its own. Beside it the same by payload, in five"
          + " more processes: the photos are in the messages, over TCP (Netty).",
      "Both begin at the same moment and share the machine; with --in-turn each has it for itself.",
      "From the second half on, 'label' is slow: see the camera slow down with it. Kill a stage"
          + " meanwhile: by hash it is started again, and nothing is lost; by payload that is the"
          + " end. At the end each photo and thumbnail is checked; a difference ends in status 8."
    },
    footer = {
      "",
      "Example:",
      "  kog demo pipeline",
      "  kog demo pipeline --in-turn",
      "  kog demo pipeline --count 1000 --size 640x480 --slow 5",
      "  kog demo pipeline --images ~/Pictures"
    })
final class DemoPipelineCommand implements Callable<Integer> {

  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

  /// What is held at a time is far less; what is evicted meanwhile is not missed.
  private static final ByteCount MEMORY = ByteCount.mebibytes(512);

  @Mixin(name = "options")
  private final CommonOptions options;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "How many photos. Default: 300, or those of --images, three hundred at most.")
  private @Nullable Integer count;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      description = "Pixels of a made-up photo, three bytes each. Default: 1280x1024, 3.8 MiB.")
  private @Nullable String size;

  @Option(
      names = "--images",
      paramLabel = "FOLDER",
      description =
          "Use the photos of this folder (JPEG, PNG, GIF, BMP, PPM) over and over instead of"
              + " made-up ones.")
  private @Nullable Path images;

  @Option(
      names = "--slow",
      paramLabel = "MILLIS",
      description = "How long 'label' takes for each photo of the second half. Default: 40.")
  private @Nullable Integer slow;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "The cameras stop after that time. Default: 60.")
  private @Nullable Integer seconds;

  @Option(
      names = "--in-turn",
      description = "By hash first, then by payload: each has the machine for itself.")
  private boolean isInTurn;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description =
          "Where the demo's cluster keeps its state, up to 1 GiB; removed at the end. Default: a"
              + " new folder under the directory for temporary files.")
  private @Nullable Path folder;

  DemoPipelineCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PhotoPlan plan = plan();
    options.chooseVerbs();
    try (ScratchFolder scratch = ScratchFolder.create("kog-pipeline", folder)) {
      Logs.ofServers(scratch.path(), options.isVerbose());
      ClusterSettings settings =
          ClusterSettings.of(scratch.path().resolve("fabric"))
              .withMemory(1, MEMORY)
              .withCompute(1, 1);
      try (PipelineView view = new PipelineView(options);
          EmbeddedCluster cluster = EmbeddedCluster.open(settings);
          Fabric fabric = Fabric.connect(cluster.control(), ClientSettings.DEFAULT);
          PhotoDemo demo =
              new PhotoDemo(
                  plan,
                  scratch.path(),
                  cluster.control(),
                  new StageLauncher(options.verbs()),
                  view)) {
        scratch.onRemoval(cluster::close);
        scratch.onRemoval(demo::close);
        view.onPlan(plan, cluster);
        return view.onEnd(demo.play(fabric, isInTurn), isInTurn).code();
      }
    }
  }

  private PhotoPlan plan() {
    PhotoPlan plan = PhotoPlan.DEFAULT;
    if (images != null) {
      Path found = options.terminal().folder().resolve(images);
      if (!Files.isDirectory(found)) {
        throw new NotFound("folder " + found + " does not exist, or is not a folder");
      }
      plan = plan.withImages(found).withCount(Math.min(plan.count(), PhotoDemo.photosIn(found)));
    }
    if (size != null) {
      Matcher parts = SIZE.matcher(size);
      if (!parts.matches() || images != null) {
        throw new InvalidArgument(
            images != null
                ? "--size is for made-up photos; those of --images have one"
                : "--size: expected WIDTHxHEIGHT in pixels, found '" + size + "'");
      }
      plan = plan.withSize(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
    }
    plan = count == null ? plan : plan.withCount(count);
    plan = slow == null ? plan : plan.withSlow(Duration.ofMillis(slow));
    return seconds == null ? plan : plan.withLimit(Duration.ofSeconds(seconds));
  }
}

package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// What all stages of one run need to know; a file of properties tells it to their processes.
///
/// @param wire what messages carry
/// @param plan what is photographed, and how slow the slow stage is
/// @param control where the fabric answers
/// @param ports where the stages after the camera listen, on loopback
/// @param folder where stages keep what they keep
record PhotoJob(
    Way wire, PhotoPlan plan, InetSocketAddress control, List<Integer> ports, Path folder) {

  PhotoJob {
    ports = List.copyOf(ports);
  }

  /// Where a stage listens.
  int port(Step step) {
    return ports.get(step.ordinal() - 1);
  }

  /// What the index has written down.
  Path indexFile() {
    return folder.resolve("index");
  }

  Album album() {
    Path images = plan.images();
    return images == null ? Album.made(plan.width(), plan.height()) : Album.of(images);
  }

  void write(Path file) {
    Properties all = new Properties();
    all.setProperty("wire", wire.name());
    all.setProperty("count", "" + plan.count());
    all.setProperty("width", "" + plan.width());
    all.setProperty("height", "" + plan.height());
    all.setProperty("slow", "" + plan.slow().toMillis());
    all.setProperty("limit", "" + plan.limit().toMillis());
    Path images = plan.images();
    if (images != null) {
      all.setProperty("images", images.toString());
    }
    all.setProperty("control", control.getHostString() + ":" + control.getPort());
    for (Step step : Step.values()) {
      if (step != Step.CAMERA) {
        all.setProperty("port." + step.word(), "" + port(step));
      }
    }
    all.setProperty("folder", folder.toString());
    try (Writer writer = Files.newBufferedWriter(file)) {
      all.store(writer, null);
    } catch (IOException e) {
      throw new UncheckedIOException("the job cannot be written to " + file, e);
    }
  }

  /// @throws InvalidArgument when the file is no job
  static PhotoJob read(Path file) {
    Properties all = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      all.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidArgument("no job of the demo can be read from " + file, e);
    }
    List<Integer> ports = new ArrayList<>();
    for (Step step : Step.values()) {
      if (step != Step.CAMERA) {
        ports.add(number(all, "port." + step.word()));
      }
    }
    String control = text(all, "control");
    int colon = control.lastIndexOf(':');
    int port = number(control.substring(colon + 1), "control");
    return new PhotoJob(
        Way.valueOf(text(all, "wire").toUpperCase(Locale.ROOT)),
        plan(all),
        new InetSocketAddress(control.substring(0, Math.max(0, colon)), port),
        ports,
        Path.of(text(all, "folder")));
  }

  private static PhotoPlan plan(Properties all) {
    @Nullable String images = all.getProperty("images");
    return new PhotoPlan(
        number(all, "count"),
        number(all, "width"),
        number(all, "height"),
        images == null ? null : Path.of(images),
        Duration.ofMillis(number(all, "slow")),
        Duration.ofMillis(number(all, "limit")));
  }

  private static String text(Properties all, String key) {
    String value = all.getProperty(key);
    if (value == null) {
      throw new InvalidArgument("the job of the demo does not say " + key);
    }
    return value;
  }

  private static int number(Properties all, String key) {
    return number(text(all, key), key);
  }

  private static int number(String text, String key) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new InvalidArgument("in the job of the demo, " + key + " is '" + text + "'", e);
    }
  }
}

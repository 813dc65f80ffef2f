package io.kogluktualuk.fabric.demo.photos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the processes of the demo tell each other: reports, jobs, the index.
final class StageTalkTest {

  private static final StageProgress PROGRESS =
      new StageProgress(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1);

  @TempDir private Path folder = Path.of("unset");

  @Test
  void aReportIsALine() {
    String line = PROGRESS.toLine();
    assertTrue(StageProgress.isLine(line), line);
    assertEquals(PROGRESS, StageProgress.parse(line));
    assertFalse(StageProgress.isLine("WARNING: something"));
    byte[] valid = line.getBytes(StandardCharsets.UTF_8);
    Seeds.run(
        StageTalkTest.class,
        5000,
        random ->
            tryToParse(new String(Mutations.mutate(valid, random), StandardCharsets.ISO_8859_1)));
  }

  private static void tryToParse(String junk) {
    try {
      StageProgress parsed = StageProgress.parse(junk);
      assertEquals(parsed, StageProgress.parse(parsed.toLine()));
    } catch (MalformedEncoding e) {
      assertTrue(String.valueOf(e.getMessage()).contains("expected in=N"), e.getMessage());
    }
  }

  @Test
  void countersGoOnWhenAnotherProcessTakesThePlace() {
    StageProgress both = PROGRESS.after(PROGRESS);
    assertEquals(2, both.in());
    assertEquals(3, both.busy());
    assertEquals(20, both.duplicates());
  }

  @Test
  void aJobIsAFile() throws IOException {
    PhotoPlan plan =
        PhotoPlan.DEFAULT.withCount(7).withSize(640, 480).withSlow(Duration.ofMillis(3));
    InetSocketAddress control = InetSocketAddress.createUnresolved("127.0.0.1", 7);
    for (PhotoPlan each : List.of(plan, plan.withImages(folder))) {
      PhotoJob job = new PhotoJob(Way.PAYLOAD, each, control, List.of(1, 2, 3, 4), folder);
      Path file = folder.resolve("job");
      job.write(file);
      PhotoJob read = PhotoJob.read(file);
      assertEquals(job.plan(), read.plan());
      assertEquals(job.ports(), read.ports());
      assertEquals(job.wire(), read.wire());
      assertEquals(7, read.control().getPort());
      assertEquals(4, read.port(Step.INDEX));
      String text = Files.readString(file);
      for (String wrong : List.of("count=7", "control=127.0.0.1\\:7", "port.index=4")) {
        assertTrue(text.contains(wrong), text);
        Files.writeString(file, text.replace(wrong, "other=x"));
        assertThrows(InvalidArgument.class, () -> PhotoJob.read(file));
      }
    }
  }

  @Test
  void theIndexHasEachPhotoOnceWhoeverWritesIt() throws IOException {
    Path file = folder.resolve("index");
    IndexFile.Entry photo = new IndexFile.Entry(IndexFile.PHOTO, 3, "4", "street");
    IndexFile.Entry thumbnail = new IndexFile.Entry(IndexFile.THUMBNAIL, 3, "abc", "-");
    try (IndexFile index = IndexFile.open(file)) {
      assertTrue(index.add(photo));
      assertFalse(index.add(photo));
      assertEquals(1, index.photos());
    }
    try (IndexFile index = IndexFile.open(file)) {
      assertEquals(1, index.photos());
      assertFalse(index.add(photo));
      assertTrue(index.add(thumbnail));
      assertEquals(1, index.photos());
    }
    assertEquals(List.of(photo, thumbnail), IndexFile.read(file));
    Files.writeString(file, "photo\tx\n");
    assertThrows(Corruption.class, () -> IndexFile.read(file));
  }

  @Test
  void memoryIsWhatLinuxTells() {
    assertEquals(
        5 * 1024, ProcessMemory.parse(List.of("Name:\tjava", "RssAnon:\t       5 kB", "x")));
    assertEquals(0, ProcessMemory.parse(List.of("Name:\tjava", "RssAnon:")));
  }
}

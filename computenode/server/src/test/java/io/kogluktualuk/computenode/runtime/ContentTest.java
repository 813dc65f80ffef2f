package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ContentTest {

  private static final String SIX_MEGABYTES = "" + (6 << 20);

  private final Bench bench = new Bench(2);

  @AfterEach
  void close() {
    bench.close();
  }

  private Ref sixMegabytes() {
    RunReport report =
        bench.run("/bin/probe", "fill", "/tmp/x", SIX_MEGABYTES, "1", "out", "/tmp/x");
    return report.outcome().output();
  }

  @Test
  void longFilesAreListsOfChunks() {
    Ref ref = sixMegabytes();
    assertEquals(Kind.LIST, ref.kind());
    assertEquals(6 << 20, ref.length());
    assertEquals(6 << 20, bench.bytes(ref).length);
  }

  @Test
  void readingInPlaceAgreesWithReading() {
    bench.bind("/x", sixMegabytes());
    byte[] bytes = bench.bytes(sixMegabytes());
    long sum = 0;
    for (int at = 0; at + 8 <= bytes.length; at += 4099) {
      long word = 0;
      for (int i = 7; i >= 0; i--) {
        word = word << 8 | bytes[at + i] & 0xFF;
      }
      sum += (word & 0xFF) + (word & 0xFFFFFFFFL) + word;
    }
    Content content = Content.open(bench.store, sixMegabytes());
    assertEquals(
        bytes.length
            + " bytes "
            + bytes.length / 64
            + " lines "
            + content.chunkCount()
            + " chunks sum "
            + sum
            + " last "
            + new String(bytes, bytes.length - 3, 3, StandardCharsets.US_ASCII)
            + "\n",
        bench.output("/bin/probe", "view", "/x"));
    assertEquals("view /nope: errno 44\n", bench.output("/bin/probe", "view", "/nope"));
    assertEquals("view /bin: errno 31\n", bench.output("/bin/probe", "view", "/bin"));
  }

  @Test
  void slicesAndAppendsShareChunks() {
    Ref whole = sixMegabytes();
    bench.bind("/x", whole);
    Content content = Content.open(bench.store, whole);
    Blob first = content.chunk(0);
    int cut = first.length();
    RunReport slice =
        bench.run("/bin/probe", "slice", "/tmp/a", "/x", "0", "" + cut, "out", "/tmp/a");
    assertEquals(new Ref(Kind.BLOB, first.hash(), cut), slice.outcome().output());
    RunReport joined =
        bench.run(
            "/bin/probe",
            "slice",
            "/tmp/a",
            "/x",
            "0",
            "" + cut,
            "slice",
            "/tmp/b",
            "/x",
            "" + cut,
            "" + (whole.length() - cut),
            "join",
            "/tmp/c",
            "/tmp/a",
            "join",
            "/tmp/c",
            "/tmp/b",
            "out",
            "/tmp/c");
    assertEquals(whole, joined.outcome().output());
    assertEquals(
        "slice /tmp/a: errno 28\nslice /a: errno 2\nslice /tmp/a: errno 44\n",
        bench.output(
            "/bin/probe",
            "slice",
            "/tmp/a",
            "/x",
            "0",
            "" + (whole.length() + 1),
            "slice",
            "/a",
            "/x",
            "0",
            "1",
            "slice",
            "/tmp/a",
            "/y",
            "0",
            "0"));
  }

  @Test
  void longFilesAreRewrittenAnywhere() {
    RunReport report =
        bench.run(
            "/bin/probe",
            "fill",
            "/tmp/x",
            SIX_MEGABYTES,
            "1",
            "rewrite",
            "/tmp/x",
            "5",
            "FIRST",
            "rewrite",
            "/tmp/x",
            "5000000",
            "SECOND",
            "rewrite",
            "/tmp/x",
            "6291455",
            "LAST",
            "out",
            "/tmp/x");
    byte[] expected = Arrays.copyOf(bench.bytes(sixMegabytes()), (6 << 20) + 3);
    System.arraycopy("FIRST".getBytes(StandardCharsets.US_ASCII), 0, expected, 5, 5);
    System.arraycopy("SECOND".getBytes(StandardCharsets.US_ASCII), 0, expected, 5000000, 6);
    System.arraycopy("LAST".getBytes(StandardCharsets.US_ASCII), 0, expected, 6291455, 4);
    assertEquals(
        Hash.of(expected), Content.open(bench.store, report.outcome().output()).contentHash());
    assertEquals(Hash.of(expected), Hash.of(bench.bytes(report.outcome().output())));
  }
}

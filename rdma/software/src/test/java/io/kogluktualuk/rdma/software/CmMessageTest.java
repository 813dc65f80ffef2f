package io.kogluktualuk.rdma.software;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The handshake's messages, also from peers that do not mean well.
class CmMessageTest {

  private static final List<CmMessage> ALL =
      List.of(
          new CmMessage.Hello(
              "kernel",
              "process",
              77,
              PathChoice.AUTO,
              new CmMessage.Memory("/proc/1/fd/2", -5),
              new CmMessage.Memory("", 0)),
          new CmMessage.Accept(
              "process", 0xFFFFFF, true, "same host", new CmMessage.Memory("/proc/1/fd/3", 9)),
          new CmMessage.Accept("process", 1, false, "", new CmMessage.Memory("", 0)),
          new CmMessage.Reject("no"),
          new CmMessage.RegionQuery(1, -1),
          new CmMessage.FileRegion(2, 511, "/a/b", 3, 4096, -8, Integer.MAX_VALUE, 7),
          new CmMessage.PrivateRegion(3, 0, 12, 0, 255),
          new CmMessage.NoRegion(4, 10),
          new CmMessage.Ring(),
          new CmMessage.Disconnect(),
          new CmMessage.Failed());

  private static byte[] encode(CmMessage message) {
    CanonicalWriter writer = new CanonicalWriter(CmMessage.BYTES_MAX);
    CmMessage.write(message, writer);
    return writer.toBytes();
  }

  private static CmMessage decode(byte[] bytes) {
    return CmMessage.read(new CanonicalReader("message", bytes));
  }

  @Test
  void everyMessageComesBack() {
    for (CmMessage message : ALL) {
      assertEquals(message, decode(encode(message)));
    }
  }

  @Test
  void foreignBytesAreMalformedOrCanonical() {
    Seeds.run(
        CmMessageTest.class,
        20_000,
        random -> {
          byte[] bytes = encode(ALL.get(random.nextInt(ALL.size())));
          if (random.nextInt(4) == 0) {
            bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
          }
          for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
          }
          bytes = Arrays.copyOf(bytes, Math.max(0, bytes.length + random.nextInt(-2, 3)));
          try {
            assertArrayEquals(bytes, encode(decode(bytes)));
          } catch (MalformedEncoding expected) {
            assertEquals("MalformedEncoding", expected.getClass().getSimpleName());
          }
        });
  }
}

package io.kogluktualuk.rdma.transport.endpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import io.kogluktualuk.rdma.transport.rpc.RpcServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class VerbsStatusTest {

  private static byte[] encode(VerbsStatus status) {
    CanonicalWriter writer = new CanonicalWriter();
    VerbsStatus.CALL.response().write(status, writer);
    return writer.toBytes();
  }

  private static VerbsStatus decode(byte[] bytes) {
    CanonicalReader reader = new CanonicalReader("verbs", bytes);
    VerbsStatus status = VerbsStatus.CALL.response().read(reader);
    reader.end();
    return status;
  }

  @Test
  void aServerSaysWhatItsProcessUses() {
    Deadline deadline = Deadline.after(Duration.ofSeconds(20));
    try (RpcServer server =
            RpcServer.open(RdmaAddress.anyPort(), VerbsStatus.addTo(new MethodTable()));
        Channel channel = RpcClient.connect(server.address(), deadline)) {
      VerbsStatus said = channel.call(VerbsStatus.CALL, new VerbsStatus.Question(), deadline);
      VerbsStatus here = VerbsStatus.ofThisProcess();
      assertEquals(here.provider(), said.provider());
      assertEquals(here.reason(), said.reason());
      assertFalse(said.reason().isEmpty());
      boolean isSoftware = said.provider().equals("software");
      assertEquals(isSoftware, said.connections().endsWith(" over TCP"), said.toString());
      assertEquals(said, decode(encode(said)));
    }
  }

  @Test
  void damagedAnswersAreRefused() {
    Seeds.run(
        VerbsStatusTest.class,
        300,
        random -> {
          byte[] bytes =
              Mutations.mutate(
                  encode(new VerbsStatus("native", "device rxe0 port 1", "1 over TCP")), random);
          try {
            assertArrayEquals(bytes, encode(decode(bytes)));
          } catch (MalformedEncoding e) {
            assertTrue(String.valueOf(e.getMessage()).startsWith("verbs"), e.getMessage());
          }
        });
  }
}

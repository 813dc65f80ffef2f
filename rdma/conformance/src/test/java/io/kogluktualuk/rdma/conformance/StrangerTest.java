package io.kogluktualuk.rdma.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.rdma.provider.Verbs;
import io.kogluktualuk.rdma.provider.VerbsProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Ports that are taken, and peers that are none.
class StrangerTest {

  @BeforeEach
  void onSockets() {
    assumeTrue(
        Suite.dataPath() != Suite.DataPath.NATIVE, "the native provider listens on no TCP port");
  }

  @Test
  void thisProcessUsesTheSoftwareProviderAndSaysWhy() {
    Verbs.Choice choice = Verbs.install();
    assertEquals(VerbsProvider.SOFTWARE, choice.provider());
    boolean isTcp = Suite.dataPath() == Suite.DataPath.TCP;
    assertTrue(choice.reason().contains(isTcp ? "TCP" : "shared memory"));
    assertEquals(choice, Verbs.install());
  }

  @Test
  void disnisAffinityClassIsHarmless() throws ReflectiveOperationException {
    Verbs.install();
    Class<?> affinity = Class.forName("com.ibm.disni.util.NativeAffinity");
    affinity.getMethod("setAffinity", long.class).invoke(null, 1L);
    assertEquals(0L, affinity.getMethod("getAffinity").invoke(null));
  }

  @Test
  void garbageOnThePortIsRefusedAndHarmsNobody() throws IOException {
    try (Listening listening = Listening.open()) {
      Seeds.run(StrangerTest.class, 100, random -> throwGarbage(listening, random));
      try (VerbsEnd client = VerbsEnd.begin(listening.address(), Shape.USUAL);
          VerbsEnd server = listening.accept(client, Shape.USUAL)) {
        assertTrue(server.queuePair.isOpen());
      }
    }
  }

  private static void throwGarbage(Listening listening, RandomGenerator random) {
    byte[] bytes = new byte[random.nextInt(1, 20_000)];
    random.nextBytes(bytes);
    if (random.nextBoolean()) {
      // A plausible length, so that the body is looked at too.
      bytes[0] = 0;
      bytes[Math.min(1, bytes.length - 1)] = 0;
      bytes[Math.min(2, bytes.length - 1)] = 0;
    }
    try (Socket socket =
        new Socket(listening.address().getAddress(), listening.address().getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
      // It ends without a word, or with a short refusal.
      assertTrue(socket.getInputStream().readAllBytes().length < 1000);
    } catch (IOException e) {
      // Closed while still being written to.
      assertTrue(String.valueOf(e.getMessage()).matches(".*(reset|pipe|abort).*"), e.toString());
    }
  }

  @Test
  void aSilentServerIsUnreachable() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, RdmaAddress.host());
        VerbsEnd client = VerbsEnd.begin(address(silent), Shape.USUAL.connectMillis(300))) {
      client.await(EventType.RDMA_CM_EVENT_UNREACHABLE);
    }
  }

  @Test
  void aServerThatTalksNonsenseIsRejected() throws IOException {
    try (ServerSocket nonsense = new ServerSocket(0, 1, RdmaAddress.host());
        VerbsEnd client = VerbsEnd.begin(address(nonsense), Shape.USUAL);
        Socket accepted = nonsense.accept()) {
      accepted.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
      client.await(EventType.RDMA_CM_EVENT_REJECTED);
    }
  }

  private static InetSocketAddress address(ServerSocket socket) {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }
}

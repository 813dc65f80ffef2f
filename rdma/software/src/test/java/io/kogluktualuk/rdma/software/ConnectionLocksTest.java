package io.kogluktualuk.rdma.software;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaConnParam;
import com.ibm.disni.verbs.RdmaEventChannel;
import com.ibm.disni.verbs.RdmaProvider;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A connection that is being established takes its id's monitor under its own. So nobody may wait
/// for a connection who has the id's: an attempt that was given up in that very moment once kept a
/// client from ever connecting again.
@Timeout(60)
final class ConnectionLocksTest {

  @Test
  void whoAsksForAnAddressKeepsNobodyFromTheId() throws Exception {
    Field field = RdmaProvider.class.getDeclaredField("provider");
    field.setAccessible(true);
    field.set(
        null,
        new SoftwareProvider(
            new SoftwareSettings(
                0, Duration.ofSeconds(30), PathChoice.TCP, Duration.ofSeconds(30))));
    RdmaEventChannel events = RdmaEventChannel.createEventChannel();
    try (ServerSocket silent = new ServerSocket(0, 4, InetAddress.getLoopbackAddress())) {
      SoftwareCmId id = (SoftwareCmId) events.createId(RdmaCm.RDMA_PS_TCP);
      id.resolveAddr(null, silent.getLocalSocketAddress(), 30_000);
      id.connect(new RdmaConnParam());
      Connection connection = id.connection();
      assertNotNull(connection);
      for (Runnable asked : List.<Runnable>of(id::source, id::destination)) {
        Thread asking = Thread.ofPlatform().daemon().unstarted(asked);
        synchronized (connection) {
          asking.start();
          while (asking.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait(); // until it waits for the connection
          }
          assertNull(CompletableFuture.supplyAsync(id::path).get(20, TimeUnit.SECONDS));
        }
        asking.join();
      }
      assertEquals(silent.getLocalPort(), ((InetSocketAddress) id.destination()).getPort());
      id.destroyId();
    } finally {
      events.destroyEventChannel();
    }
  }
}

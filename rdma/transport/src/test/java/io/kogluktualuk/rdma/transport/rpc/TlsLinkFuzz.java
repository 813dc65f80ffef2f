package io.kogluktualuk.rdma.transport.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.measure.Histogram;
import io.kogluktualuk.fabric.rpc.Caller;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Foreign bytes instead of a handshake: the server refuses them, and never takes anybody for
/// proven. Without a transport.
final class TlsLinkFuzz {

  private static final int SEEDS = 150;
  private static final byte[] PART_OF_A_RECORD = {22, 3, 3};

  private final RpcSecurity.Tls server;
  private final RpcSecurity.Tls client;

  TlsLinkFuzz(@TempDir Path folder) {
    Certified north = new Certified(folder, "north");
    this.server = (RpcSecurity.Tls) north.server();
    this.client = (RpcSecurity.Tls) north.client("trader");
  }

  /// One side, whose messages wait to be carried over.
  private static final class Side implements TlsLink.Wire {
    final TlsLink link;
    final HalfOpen halfOpen = new HalfOpen(new LongAdder(), Histogram.ofTimes());
    final BlockingQueue<byte[]> sent = new LinkedBlockingQueue<>();
    private final ByteBuffer[] messages = new ByteBuffer[TlsLink.MESSAGES_MAX];

    Side(RpcSecurity.Tls security, boolean isServer) {
      for (int i = 0; i < messages.length; i++) {
        messages[i] = ByteBuffer.allocate(MessageBuffers.PLAIN_BYTES + TlsEngine.GROWTH_BYTES);
      }
      assertTrue(halfOpen.tryEnter("peer"));
      link = new TlsLink(security, isServer, this, halfOpen);
    }

    @Override
    public ByteBuffer message(int number) {
      return messages[number];
    }

    @Override
    public void shaken() {
      halfOpen.leave("peer");
    }

    @Override
    public void post(int number) {
      byte[] bytes = new byte[messages[number].position()];
      messages[number].get(0, bytes);
      sent.add(bytes);
    }

    @Override
    public void lose(String reason) {
      link.onLost(reason);
    }

    void take(byte[] message) {
      ByteBuffer plain = ByteBuffer.allocate(MessageBuffers.PLAIN_BYTES + TlsEngine.GROWTH_BYTES);
      assertFalse(link.take(ByteBuffer.wrap(message), plain), "nothing is an entry yet");
    }

    byte[] next() throws InterruptedException {
      byte[] message = sent.poll(60, TimeUnit.SECONDS);
      assertTrue(message != null, "no message came: " + link.refusal());
      return message;
    }
  }

  private Side talking() {
    Side side = new Side(client, false);
    side.link.start(Calls.anyPort());
    return side;
  }

  private static void isRefused(Side listening) {
    Calls.await("it is refused", () -> listening.link.refusal() != null);
    assertFalse(listening.link.isReady());
    assertEquals(Caller.UNPROVEN, listening.link.caller());
    Calls.await("it is not half-way any more", () -> listening.halfOpen.count() == 0);
  }

  @Test
  void whatIsNotChangedIsAccepted() throws Exception {
    Side listening = new Side(server, true);
    Side talking = talking();
    listening.take(talking.next());
    talking.take(listening.next());
    // A record for old middle boxes, then the proof.
    listening.take(talking.next());
    listening.take(talking.next());
    talking.take(listening.next());
    assertTrue(talking.link.isReady());
    assertTrue(listening.link.isReady());
    assertEquals("client trader of cluster north", listening.link.caller().toString());
    assertEquals("memory memory-1 of cluster north", talking.link.caller().toString());
  }

  @Test
  void garbage() {
    Seeds.run(
        TlsLinkFuzz.class,
        SEEDS,
        random -> {
          Side listening = new Side(server, true);
          byte[] bytes = Mutations.randomBytes(random.nextInt(1, 2000), random);
          if (random.nextBoolean()) {
            bytes[0] = 22;
          }
          listening.take(bytes);
          listening.take(PART_OF_A_RECORD);
          isRefused(listening);
        });
  }

  @Test
  void changedFirstMessages() {
    Seeds.run(
        TlsLinkFuzz.class,
        SEEDS,
        random -> {
          Side listening = new Side(server, true);
          byte[] damaged = Mutations.mutate(talking().next(), random);
          listening.take(damaged.length == 0 ? new byte[1] : damaged);
          listening.take(PART_OF_A_RECORD);
          isRefused(listening);
        });
  }

  @Test
  void changedProofs() {
    Seeds.run(
        TlsLinkFuzz.class,
        SEEDS,
        random -> {
          Side listening = new Side(server, true);
          Side talking = talking();
          listening.take(talking.next());
          talking.take(listening.next());
          listening.take(talking.next());
          byte[] proof = talking.next();
          byte[] damaged = Mutations.mutate(proof, random);
          if (damaged.length > 0 && !Arrays.equals(proof, damaged)) {
            listening.take(damaged);
          }
          listening.take(PART_OF_A_RECORD);
          isRefused(listening);
        });
  }

  @Test
  void whatFollowsTheProofInItsMessageIsNoPartOfTheHandshake() throws Exception {
    Side listening = new Side(server, true);
    Side talking = talking();
    listening.take(talking.next());
    talking.take(listening.next());
    listening.take(talking.next());
    byte[] proof = talking.next();
    listening.take(Arrays.copyOf(proof, proof.length + 16));
    isRefused(listening);
  }

  @Test
  void whoSendsTooMuchIsRefused() {
    Side listening = new Side(server, true);
    byte[] much = new byte[MessageBuffers.PLAIN_BYTES];
    much[0] = 22;
    for (int i = 0; i < 1 + TlsLink.BYTES_MAX / much.length; i++) {
      listening.take(much);
    }
    isRefused(listening);
  }
}

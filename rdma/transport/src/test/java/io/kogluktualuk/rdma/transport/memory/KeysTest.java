package io.kogluktualuk.rdma.transport.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import io.kogluktualuk.rdma.provider.Verbs;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What keys are good for: one server, one kind of access, one part of a file, until withdrawn.
@Timeout(300)
class KeysTest {

  private static final int PART = 4096;
  private static final int PATIENCE = Integer.getInteger("kog.rdma.patience", 1);

  private final Path file;
  private final RegionServer server;
  private final RegionServer other;
  private final PublishedFile published;
  private final RegisteredPool pool = RegisteredPool.create(PART, 1);
  private final RemoteMemory remote;
  private final RemoteMemory stranger;

  KeysTest(@TempDir Path folder) throws IOException {
    file = folder.resolve("file");
    byte[] bytes = new byte[4 * PART];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i / PART + 1);
    }
    Files.write(file, bytes);
    server = RegionServer.open(RdmaAddress.anyPort());
    other = RegionServer.open(RdmaAddress.anyPort());
    published = server.map(file, 0, 4 * PART);
    remote = RemoteMemory.connect(server.address(), soon());
    stranger = RemoteMemory.connect(other.address(), soon());
  }

  @BeforeEach
  void bothServersWork() throws IOException {
    try (PublishedRegion own = other.registerFile(file, 0, PART, RegionAccess.READ)) {
      assertEquals(1, read(stranger, own.remote()));
    }
  }

  @AfterEach
  void close() {
    remote.close();
    stranger.close();
    server.close();
    other.close();
    pool.close();
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20L * PATIENCE));
  }

  private byte read(RemoteMemory memory, RemoteRegion region) {
    try (RegisteredBuffer buffer = pool.acquire(soon())) {
      memory.read(region, 0, buffer, 0, 8, soon());
      return buffer.segment().get(ValueLayout.JAVA_BYTE, 7);
    }
  }

  private void write(RemoteMemory memory, RemoteRegion region, long offset, int value) {
    try (RegisteredBuffer buffer = pool.acquire(soon())) {
      buffer.segment().fill((byte) value);
      memory.write(region, offset, buffer, 0, 8, soon());
    }
  }

  private static void denied(Runnable access) {
    Refused refused = assertThrows(Refused.class, access::run);
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains("completion status 10"), message);
  }

  @Test
  void aKeyIsGoodForItsServersDomainOnly() throws IOException {
    RemoteRegion readable = published.publish(0, PART, RegionAccess.READ).remote();
    RemoteRegion writable = published.publish(PART, PART, RegionAccess.WRITE).remote();
    byte[] before = Files.readAllBytes(file);
    denied(() -> read(stranger, readable));
    denied(() -> write(stranger, writable, 0, 99));
    assertArrayEquals(before, Files.readAllBytes(file));
    assertEquals(1, read(remote, readable));
    write(remote, writable, 0, 99);
    assertEquals(99, Files.readAllBytes(file)[PART]);
  }

  @Test
  void aKeyIsGoodForItsAccessOnly() {
    RemoteRegion readable = published.publish(0, PART, RegionAccess.READ).remote();
    RemoteRegion writable = published.publish(0, PART, RegionAccess.WRITE).remote();
    denied(() -> write(remote, readable, 0, 99));
    denied(() -> read(remote, writable));
    assertEquals(1, read(remote, readable));
  }

  @Test
  void aKeyIsGoodForItsPartOnly() throws IOException {
    RemoteRegion part = published.publish(PART, PART, RegionAccess.WRITE).remote();
    byte[] before = Files.readAllBytes(file);
    RemoteRegion wider = new RemoteRegion(part.address() - PART, 3 * PART, part.rkey());
    denied(() -> write(remote, wider, 2 * PART, 99));
    denied(() -> write(remote, wider, 2 * PART - 4, 99));
    denied(() -> write(remote, wider, PART - 8, 99));
    denied(() -> write(remote, wider, PART - 4, 99));
    assertArrayEquals(before, Files.readAllBytes(file));
    write(remote, wider, PART, 99);
    write(remote, wider, 2 * PART - 8, 99);
  }

  @Test
  void theSamePartHasOldAndNewKeysUntilTheOldOneIsWithdrawn() {
    PublishedRegion old = published.publish(0, PART, RegionAccess.READ);
    PublishedRegion fresh = published.publish(0, PART, RegionAccess.READ);
    assertNotEquals(old.remote().rkey(), fresh.remote().rkey());
    assertEquals(1, read(remote, old.remote()));
    assertEquals(1, read(remote, fresh.remote()));
    old.close();
    denied(() -> read(remote, old.remote()));
    assertEquals(1, read(remote, fresh.remote()));
  }

  @Test
  void thousandsOfKeysInTurnAreUsedOverOneConnection() {
    PublishedRegion lasting = published.publish(PART, PART, RegionAccess.READ);
    for (int i = 0; i < 2000; i++) {
      try (PublishedRegion once = published.publish(0, PART, RegionAccess.WRITE)) {
        write(remote, once.remote(), 0, i);
      }
      if (i % 100 == 0) {
        assertEquals(2, read(remote, lasting.remote()));
      }
    }
  }

  @Test
  void aMissCostsTheConnection() {
    RemoteRegion writable = published.publish(0, PART, RegionAccess.WRITE).remote();
    RemoteRegion guess = new RemoteRegion(writable.address(), PART, writable.rkey() ^ 0x5A5A_5A00);
    MemoryGroup group = MemoryGroup.open(Verbs.localDomain(), _ -> {});
    try (RegisteredBuffer buffer = pool.acquire(soon())) {
      Lane lane = Lane.connect(group, server.address(), soon());
      lane.transfer(false, writable, 0, buffer, 0, 8, soon());
      assertTrue(lane.isUsable());
      denied(() -> lane.transfer(false, guess, 0, buffer, 0, 8, soon()));
      assertFalse(lane.isUsable());
    } finally {
      group.shutDown();
    }
  }
}

package io.kogluktualuk.rdma.software;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.Refused;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shared memory of a connection, without a connection.
class LinkLayoutTest {

  @Test
  void fieldsTile() {
    assertEquals(Link.RECV_LENGTHS + 4 * Link.RECV_SLOTS, Link.GRANTS);
    assertEquals(Link.GRANTS + 8 * Link.GRANT_SLOTS, Link.RING);
    assertEquals(Link.RING + Link.RING_BYTES, Link.SIDE_BYTES);
    assertEquals(Link.HEADER_BYTES + 2 * Link.SIDE_BYTES, Link.BYTES);
    for (int offset : new int[] {Link.TAIL, Link.HEAD, Link.RECV_POSTED, Link.WAITING}) {
      assertEquals(0, offset % 64, "each field that the other side polls has its cache line");
    }
    assertEquals(0, (Link.HEADER_BYTES + Link.SIDE_BYTES) % 64);
    assertEquals(1, Integer.bitCount(Link.RING_BYTES));
    assertEquals(1, Integer.bitCount(Link.RECV_SLOTS));
  }

  @Test
  void onlyTheAnnouncedMemoryIsOpened(@TempDir Path folder) throws IOException {
    Link link = Link.create(42);
    try {
      Link other = Link.open(link.token(), 42);
      Link.LONG.setRelease(link.own, (long) Link.TAIL, 7L);
      assertEquals(7L, (long) Link.LONG.getAcquire(other.other, (long) Link.TAIL));
      other.close();
      assertThrows(Refused.class, () -> Link.open(link.token(), 43));
      Path file = Files.write(folder.resolve("file"), new byte[Link.BYTES]);
      for (String token :
          new String[] {
            file.toString(), "", "/proc/self/fd/0", "/proc/1/fd/0", "/proc/../etc/passwd", "\0"
          }) {
        assertThrows(Refused.class, () -> Link.open(token, 42), token);
      }
      try (Arena arena = Arena.ofConfined()) {
        assertThrows(Refused.class, () -> SharedFile.open(link.token(), 64, arena));
      }
    } finally {
      link.unlink();
      link.close();
    }
  }

  @Test
  void aWithdrawnGrantLetsNobodyIn() throws IOException {
    Link link = Link.create(1);
    try {
      Grants grants = new Grants(link.own);
      Grants.Grant grant = Objects.requireNonNull(grants.add(0xF0000001));
      assertTrue(Grants.enter(link.own, grant.slot(), 0xF0000001));
      Grants.leave(link.own, grant.slot());
      assertFalse(Grants.enter(link.own, grant.slot(), 0xF0000002));
      grant.withdraw();
      assertFalse(Grants.enter(link.own, grant.slot(), 0xF0000001));
      for (int i = 0; i < Link.GRANT_SLOTS; i++) {
        assertTrue(grants.add(i) != null);
      }
      assertTrue(grants.add(9) == null);
    } finally {
      link.unlink();
      link.close();
    }
  }

  @Test
  void sharedMemoryIsHadInTheWayThatWasAskedFor() throws IOException {
    boolean isPortable = Boolean.getBoolean("kog.rdma.portable");
    boolean isLinux = System.getProperty("os.name").equals("Linux");
    Link link = Link.create(1);
    assertEquals(isLinux && !isPortable, link.token().startsWith("/proc/"));
    assertEquals(isLinux && !isPortable, Futex.isAvailable());
    link.unlink();
    link.close();
  }
}

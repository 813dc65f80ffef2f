package io.kogluktualuk.fabric.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.fabric.rpc.PeerName.Role;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {

  private final Path folder;
  private final Cluster north;

  IdentityTest(@TempDir Path folder) {
    this.folder = folder;
    this.north = new Cluster(folder, "north");
  }

  private Identity memory() {
    return north.identity(north.server(Role.MEMORY, "memory-1"));
  }

  @Test
  void bothSidesLearnWhoTheOtherIs() throws Exception {
    Identity memory = memory();
    Identity client = north.identity(north.client("trader"));
    X509Certificate[][] peers = Handshakes.shake(client, memory);
    var called = new InetSocketAddress("127.0.0.1", 7);
    assertEquals(
        new PeerName("north", Role.MEMORY, "memory-1", Set.of(), Set.of(), false),
        client.peer(peers[0], called));
    assertEquals(
        new PeerName("north", Role.CLIENT, "trader", Set.of("trades"), Set.of("desk"), false),
        memory.peer(peers[1], null));
  }

  @Test
  void aServerThatIsCertifiedForOtherHostsIsRefused() throws Exception {
    Identity memory = memory();
    Identity client = north.identity(north.client("trader"));
    X509Certificate[] chain = Handshakes.shake(client, memory)[0];
    var elsewhere = new InetSocketAddress("127.0.0.2", 7);
    CertificateException e =
        assertThrows(CertificateException.class, () -> client.peer(chain, elsewhere));
    assertTrue(String.valueOf(e.getMessage()).contains("certified for [localhost, 127.0.0.1]"));
  }

  @Test
  void anotherClusterIsRefusedByName() {
    Cluster south = new Cluster(folder, "south");
    Identity foreign = south.identity(south.client("trader"));
    Identity memory = memory();
    SSLException e = assertThrows(SSLException.class, () -> Handshakes.shake(foreign, memory));
    assertTrue(e.toString().contains("belongs to cluster"), e.toString());
    assertFalse(Handshakes.accept(north.identity(north.client("x")), southMemory(south)));
  }

  private static Identity southMemory(Cluster south) {
    return south.identity(south.server(Role.MEMORY, "memory-1"));
  }

  @Test
  void aClusterOfTheSameNameWithAnotherAuthorityIsRefused() {
    Cluster impostor = new Cluster(folder.resolve("elsewhere"), "north");
    Identity foreign = impostor.identity(impostor.client("trader"));
    assertFalse(Handshakes.accept(foreign, memory()));
    Identity trader = north.identity(north.client("trader"));
    assertFalse(Handshakes.accept(trader, southMemory(impostor)));
  }

  @Test
  void aClientDoesNotAnswerCalls() {
    Identity one = north.identity(north.client("one"));
    Identity two = north.identity(north.client("two"));
    SSLException e = assertThrows(SSLException.class, () -> Handshakes.shake(one, two));
    assertTrue(e.toString().contains("is no server"), e.toString());
  }

  @Test
  void anExpiredPeerIsRefused() {
    Subject subject = north.client("late");
    north.issuedBefore(subject, Duration.ofDays(2)).writeTo(folder.resolve("late"));
    // Its holder's clock is behind; the server's is not.
    SSLException e =
        assertThrows(
            SSLException.class,
            () ->
                Handshakes.shake(
                    expiredContext(north.issuedBefore(subject, Duration.ofDays(2))),
                    memory().sslContext()));
    assertTrue(e.toString().contains("is not trusted here"), e.toString());
    Refused own = assertThrows(Refused.class, () -> Identity.open(folder.resolve("late")));
    assertTrue(String.valueOf(own.getMessage()).contains("has expired at"), own.getMessage());
  }

  private static SSLContext expiredContext(Issued issued) throws Exception {
    java.security.KeyStore store = java.security.KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "own", issued.key(), new char[0], issued.chain().toArray(X509Certificate[]::new));
    var keys = javax.net.ssl.KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    java.security.KeyStore roots = java.security.KeyStore.getInstance("PKCS12");
    roots.load(null, null);
    roots.setCertificateEntry("root", issued.trust().getFirst());
    var trust = javax.net.ssl.TrustManagerFactory.getInstance("PKIX");
    trust.init(roots);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  @Test
  void aPeerThatIsNotValidYetIsRefused() throws IOException {
    Subject subject = north.client("early");
    north.issuedBefore(subject, Duration.ofDays(-2)).writeTo(folder.resolve("early"));
    Refused e = assertThrows(Refused.class, () -> Identity.open(folder.resolve("early")));
    assertTrue(String.valueOf(e.getMessage()).contains("is not valid before"), e.getMessage());
  }

  @Test
  void rootsChangeWithoutABreakAndRevoke() {
    Subject a = north.server(Role.MEMORY, "a");
    Subject b = north.server(Role.COMPUTE, "b");
    Identity oldA = north.identity(a);
    Identity oldB = north.identity(b);
    north.authority().beginRotation();
    Identity newA = north.identity(north.server(Role.MEMORY, "new-a"));
    for (Identity[] pair : new Identity[][] {{oldA, oldB}, {oldA, newA}, {newA, oldB}}) {
      assertTrue(Handshakes.accept(pair[0], pair[1]), pair[0].name() + " " + pair[1].name());
      assertTrue(Handshakes.accept(pair[1], pair[0]), pair[1].name() + " " + pair[0].name());
    }
    Identity newB = north.identity(north.server(Role.COMPUTE, "new-b"));
    north.authority().finishRotation();
    Identity last = north.identity(north.server(Role.MEMORY, "last"));
    assertTrue(Handshakes.accept(last, newB));
    assertTrue(Handshakes.accept(newB, last));
    assertFalse(Handshakes.accept(oldA, last), "revoked by the rotation");
    assertFalse(Handshakes.accept(last, oldA));
  }

  @Test
  void filesThatChangeAreFollowedAndBrokenOnesAreNot() throws Exception {
    AtomicLong now = new AtomicLong();
    Subject subject = north.server(Role.MEMORY, "memory-1");
    north.issue(subject);
    Path files = north.folderOf("memory-1");
    Identity identity = Identity.open(files, Clock.systemUTC(), now::get);
    X509Certificate first = identity.certificate();
    KeyManager keys = identity.keyManager();
    TrustManager trust = identity.trustManager(Set.of(Role.MEMORY));
    SSLContext following = SSLContext.getInstance("TLSv1.3");
    following.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);

    north.issue(subject);
    assertEquals(first, identity.certificate(), "not more often than once a second");
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    X509Certificate second = identity.certificate();
    assertFalse(first.equals(second));
    assertEquals(second, Handshakes.shake(following, following)[0][0]);

    Files.writeString(files.resolve("certificate.pem"), "-----BEGIN CERTIFICATE-----\nMII");
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertEquals(second, identity.certificate());

    north.issue(subject);
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertFalse(second.equals(identity.certificate()));
  }

  @Test
  void managersForOneRoleRefuseTheOthers() throws Exception {
    Identity control = north.identity(north.server(Role.CONTROL, "control-1"));
    SSLContext log = SSLContext.getInstance("TLSv1.3");
    log.init(
        new KeyManager[] {control.keyManager()},
        new TrustManager[] {control.trustManager(Set.of(Role.CONTROL))},
        null);
    assertEquals(2, Handshakes.shake(log, log).length);
    SSLException e =
        assertThrows(SSLException.class, () -> Handshakes.shake(memory().sslContext(), log));
    assertTrue(e.toString().contains("expected one of [CONTROL]"), e.toString());
  }

  @Test
  void saysWhatIsWrongWithItsFiles() throws IOException {
    north.issue(north.client("one"));
    north.issue(north.client("two"));
    Path one = north.folderOf("one");
    Path two = north.folderOf("two");
    fails(NotFound.class, folder.resolve("nowhere"), "certificate.pem");

    Files.copy(two.resolve("key.pem"), replaced(one, "key.pem"));
    fails(Conflict.class, one, "key.pem is not the key of");
    north.issue(north.client("one"));
    Cluster south = new Cluster(folder, "south");
    south.issue(south.client("one"));
    Files.copy(south.folderOf("one").resolve("trust.pem"), replaced(one, "trust.pem"));
    fails(Conflict.class, one, "is not certified by a root in trust.pem");

    north.issue(north.client("one"));
    String key = Files.readString(one.resolve("key.pem"));
    Files.writeString(one.resolve("key.pem"), key.substring(0, key.length() / 2));
    fails(MalformedEncoding.class, one, "is cut off: the part 'PRIVATE KEY' has no end");
    Files.copy(one.resolve("certificate.pem"), replaced(one, "key.pem"));
    fails(MalformedEncoding.class, one, "must have one part 'PRIVATE KEY', has [CERTIFICATE]");
    Files.write(one.resolve("certificate.pem"), new byte[Pem.FILE_BYTES_MAX + 1]);
    fails(MalformedEncoding.class, one, "at most 262144 are read");
  }

  private static Path replaced(Path in, String name) throws IOException {
    Files.delete(in.resolve(name));
    return in.resolve(name);
  }

  private static void fails(Class<? extends FabricException> with, Path in, String part) {
    FabricException e = assertThrows(with, () -> Identity.open(in));
    assertTrue(String.valueOf(e.getMessage()).contains(part), e.getMessage());
  }

  @Test
  void keysAreForTheirUserOnly() throws IOException {
    north.issue(north.client("one"));
    for (Path file :
        List.of(
            north.folderOf("one").resolve("key.pem"),
            folder.resolve("north/ca/root-1.key"),
            folder.resolve("north/ca/issued.log"))) {
      String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
      assertEquals("rw-------", mode, file.toString());
    }
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("north/ca"))));
  }

  @Test
  void namesThatDoNotFitAreRefused() {
    for (String name : new String[] {"", "a/b", "A", "-a", "a".repeat(65), "a\nb", "ü"}) {
      assertThrows(InvalidArgument.class, () -> north.client(name), name);
    }
    assertThrows(
        InvalidArgument.class,
        () -> Subject.client("north", "a", Set.of("no/tenant"), Set.of(), false));
    assertThrows(InvalidArgument.class, () -> Subject.server("north", Role.MEMORY, "a", List.of()));
    assertThrows(
        InvalidArgument.class,
        () -> Subject.server("north", Role.MEMORY, "a", List.of("not a host")));
  }
}

package io.kogluktualuk.fabric.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.fabric.rpc.PeerName.Role;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorityTest {

  private static final Duration DAY = Duration.ofDays(1);

  private final Path folder;

  AuthorityTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static Subject client(String cluster) {
    return Subject.client(cluster, "trader", Set.of("trades"), Set.of(), false);
  }

  @Test
  void opensWhatItCreated() {
    Authority made = Authority.create(folder.resolve("ca"), "north");
    Authority opened = Authority.open(folder.resolve("ca"));
    assertEquals("north", opened.cluster());
    assertEquals(made.trust(), opened.trust());
    assertThrows(Conflict.class, () -> Authority.create(folder.resolve("ca"), "north"));
    assertThrows(NotFound.class, () -> Authority.open(folder.resolve("nowhere")));
  }

  @Test
  void rotationSurvivesReopeningAndGoesInOrder() {
    Authority authority = Authority.create(folder, "north");
    assertThrows(Conflict.class, authority::finishRotation);
    authority.beginRotation();
    assertThrows(Conflict.class, authority::beginRotation);
    Authority opened = Authority.open(folder);
    assertTrue(opened.isRotating());
    assertEquals(authority.trust(), opened.trust());
    assertEquals(2, opened.issue(client("north"), DAY).chain().size());
    opened.finishRotation();
    assertEquals(List.of(authority.trust().getFirst()), Authority.open(folder).trust());
    assertEquals(1, opened.issue(client("north"), DAY).chain().size());
  }

  @Test
  void aRotationThatWasCutOffHasNotBegun() throws IOException {
    Authority authority = Authority.create(folder, "north");
    authority.beginRotation();
    Files.delete(folder.resolve("root-2.pem"));
    Authority opened = Authority.open(folder);
    assertEquals(1, opened.trust().size());
    opened.beginRotation();
    assertEquals(2, Authority.open(folder).trust().size());
  }

  @Test
  void refusesWhatItMustNotCertify() {
    Authority authority = Authority.create(folder, "north");
    assertThrows(InvalidArgument.class, () -> authority.issue(client("south"), DAY));
    assertThrows(InvalidArgument.class, () -> authority.issue(client("north"), Duration.ZERO));
    Duration tooLong = Authority.PEER_VALIDITY_MAX.plus(DAY);
    assertThrows(InvalidArgument.class, () -> authority.issue(client("north"), tooLong));
  }

  @Test
  void serialNumbersAreRandomAndLong() {
    Authority authority = Authority.create(folder, "north");
    Set<BigInteger> seen = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      BigInteger serial = authority.issue(client("north"), DAY).certificate().getSerialNumber();
      // 64 zero bits at the top would come once in 2^64.
      assertTrue(serial.bitLength() > 64 && serial.bitLength() <= 128, serial.toString());
      assertTrue(seen.add(serial));
    }
  }

  @Test
  void aRequestBringsItsKeyAndNothingElse() throws Exception {
    KeyPair pair = Keys.create();
    Path request = folder.resolve("request.pem");
    Files.writeString(request, request(pair, pair));
    Authority authority = Authority.create(folder.resolve("ca"), "north");
    Issued issued = authority.issue(client("north"), DAY, request);
    assertNull(issued.key());
    assertEquals(pair.getPublic(), issued.certificate().getPublicKey());
    PeerName peer = Certificates.subjectOf("it", issued.certificate()).peer();
    assertEquals(Role.CLIENT, peer.role());
    assertEquals("trader", peer.name());

    Files.writeString(request, request(pair, Keys.create()));
    MalformedEncoding e =
        assertThrows(MalformedEncoding.class, () -> authority.issue(client("north"), DAY, request));
    assertTrue(String.valueOf(e.getMessage()).contains("not signed with the key"), e.getMessage());
  }

  static String request(KeyPair pair, KeyPair signer) throws Exception {
    var builder =
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=admin"), pair.getPublic());
    var signing = new JcaContentSignerBuilder(Keys.SIGNATURE).build(signer.getPrivate());
    return new Pem(Pem.REQUEST, builder.build(signing).getEncoded()).text();
  }

  @Test
  void aForeignKeyIsNoticedWhenItIsOpened() throws IOException {
    Authority authority = Authority.create(folder, "north");
    authority.beginRotation();
    Files.writeString(folder.resolve("root-2.key"), Files.readString(folder.resolve("root-1.key")));
    Conflict e = assertThrows(Conflict.class, () -> Authority.open(folder));
    assertTrue(String.valueOf(e.getMessage()).contains("is not the key of"), e.getMessage());
  }
}

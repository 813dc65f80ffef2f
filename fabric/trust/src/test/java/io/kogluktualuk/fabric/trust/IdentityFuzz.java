package io.kogluktualuk.fabric.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.rpc.PeerName.Role;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Foreign bytes where files, certificates and names are read: they are refused with a fault of
/// ours, or they are what they were.
final class IdentityFuzz {

  private static final int SEEDS = 1_000;

  private final Cluster north;

  IdentityFuzz(@TempDir Path folder) {
    this.north = new Cluster(folder, "north");
  }

  @Test
  void filesOfAnIdentity() throws IOException {
    Subject subject = north.server(Role.MEMORY, "memory-1");
    north.issue(subject);
    Path files = north.folderOf("memory-1");
    List<String> names = List.of("key.pem", "certificate.pem", "trust.pem");
    Seeds.run(
        IdentityFuzz.class,
        SEEDS,
        random -> {
          Path file = files.resolve(names.get(random.nextInt(names.size())));
          byte[] valid = Files.readAllBytes(file);
          Files.write(file, Mutations.mutate(valid, random));
          try {
            // A comment may have been damaged, or the root's own signature, which nobody reads.
            assertEquals(subject, Identity.open(files).subject());
          } catch (FabricException e) {
            assertEquals(false, String.valueOf(e.getMessage()).isBlank());
          } finally {
            Files.write(file, valid);
          }
        });
  }

  @Test
  void certificates() throws CertificateEncodingException {
    byte[] valid =
        north
            .authority()
            .issue(north.client("one"), Authority.PEER_VALIDITY)
            .certificate()
            .getEncoded();
    Seeds.run(
        IdentityFuzz.class,
        3 * SEEDS,
        random -> {
          byte[] bytes = Mutations.mutate(valid, random);
          try {
            X509Certificate read = Certificates.decode("it", bytes);
            Subject subject = Certificates.subjectOf("it", read);
            assertEquals(subject, Subject.of("it", subject.uris(), subject.hosts()));
          } catch (MalformedEncoding e) {
            assertEquals(false, Arrays.equals(valid, bytes));
          }
        });
  }

  @Test
  void requests() throws Exception {
    var pair = Keys.create();
    byte[] valid = Pem.parse("it", AuthorityTest.request(pair, pair).getBytes()).getFirst().bytes();
    Seeds.run(
        IdentityFuzz.class,
        SEEDS,
        random -> {
          byte[] bytes = Mutations.mutate(valid, random);
          try {
            KeyRequest.keyOf(new Pem(Pem.REQUEST, bytes).text().getBytes());
          } catch (MalformedEncoding e) {
            assertEquals(false, Arrays.equals(valid, bytes));
          }
        });
  }

  @Test
  void uris() {
    Seeds.run(
        IdentityFuzz.class,
        3 * SEEDS,
        random -> {
          List<String> uris =
              north.client("one").uris().stream().map(uri -> damaged(uri, random)).toList();
          try {
            Subject subject = Subject.of("it", uris, List.of());
            assertEquals(uris.size() >= subject.uris().size(), true);
            assertEquals(subject, Subject.of("it", subject.uris(), List.of()));
          } catch (MalformedEncoding e) {
            assertEquals(false, uris.equals(north.client("one").uris()));
          }
        });
  }

  private static String damaged(String uri, RandomGenerator random) {
    return random.nextBoolean()
        ? uri
        : new String(
            Mutations.mutate(uri.getBytes(), random), java.nio.charset.StandardCharsets.UTF_8);
  }
}

package io.kogluktualuk.fabric.trust;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.NotFound;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.jspecify.annotations.Nullable;

/// The certificate authority of one cluster, in a folder that only its operator can read.
///
/// ```
/// root-N.key    the root's private key, PKCS#8, mode 0600
/// root-N.pem    its certificate; the greatest N signs, all that are there are trusted
/// cross-N.pem   root N certified by root N-1, while both are trusted
/// issued.log    a line for each certificate: serial number, until when, its first URI
/// ```
///
/// **Rotation without a break.** [#beginRotation] adds a root. From then on certificates are issued
/// by the new root, with its certificate by the old one in their chain, and with both roots as
/// trust. So nodes that are reissued and those that are not yet accept each other, in any order.
/// When all have been reissued, [#finishRotation] drops the old root, and issuing once more takes
/// it out of the nodes' trust. What only the old root has certified is then refused: this is how
/// certificates are revoked.
///
/// **Threading:** one thread, and one process, at a time.
/// **Bound:** two roots; validity of at most [#PEER_VALIDITY_MAX].
public final class Authority {

  /// How long a root is valid. Long: replacing it is [#beginRotation], no accident of the calendar.
  public static final Duration ROOT_VALIDITY = Duration.ofDays(3650);

  public static final Duration PEER_VALIDITY = Duration.ofDays(90);
  public static final Duration PEER_VALIDITY_MAX = Duration.ofDays(825);

  /// Certificates are valid from a little earlier, for hosts whose clocks are behind.
  static final Duration CLOCK_SLACK = Duration.ofMinutes(5);

  private static final String LOG_FILE = "issued.log";
  private static final int ROOTS_MAX = 10_000;

  private final Path folder;
  private final Clock clock;
  private final CertificateMaker maker;
  private final String cluster;
  private List<Root> roots;

  private Authority(Path folder, Clock clock, SecureRandom random, List<Root> roots) {
    this.folder = folder;
    this.clock = clock;
    this.maker = new CertificateMaker(random);
    this.roots = List.copyOf(roots);
    this.cluster = clusterOf(roots.getLast().certificate());
  }

  /// Makes an authority with its first root.
  ///
  /// @throws Conflict when the folder has one already
  public static Authority create(Path folder, String cluster) {
    return create(folder, cluster, Clock.systemUTC());
  }

  static Authority create(Path folder, String cluster, Clock clock) {
    Names.CLUSTER.check(cluster);
    if (Files.isDirectory(folder) && !numbers(folder).isEmpty()) {
      throw new Conflict("there is an authority already in " + folder);
    }
    PrivateFiles.folder(folder);
    SecureRandom random = new SecureRandom();
    Root root = root(new CertificateMaker(random), cluster, 1, clock, null);
    root.write(folder);
    return new Authority(folder, clock, random, List.of(root));
  }

  /// Opens an authority that was created before.
  ///
  /// @throws NotFound when there is none
  public static Authority open(Path folder) {
    return open(folder, Clock.systemUTC());
  }

  static Authority open(Path folder, Clock clock) {
    List<Root> roots = numbers(folder).stream().map(number -> Root.read(folder, number)).toList();
    if (roots.isEmpty()) {
      throw new NotFound("there is no authority in " + folder + ": no root-N.pem; 'kog ca init'");
    }
    return new Authority(folder, clock, new SecureRandom(), roots);
  }

  private static List<Integer> numbers(Path folder) {
    List<Integer> numbers = new ArrayList<>();
    String[] names = folder.toFile().list();
    for (String name : names == null ? new String[0] : names) {
      if (name.matches("root-[1-9][0-9]{0,3}\\.pem")) {
        numbers.add(Integer.parseInt(name.substring(5, name.length() - 4)));
      }
    }
    numbers.sort(null);
    return numbers;
  }

  private static String clusterOf(X509Certificate root) {
    var organisations = CertificateMaker.nameOf(root).getRDNs(BCStyle.O);
    if (organisations.length != 1) {
      throw new MalformedEncoding("the root names no cluster: " + root.getSubjectX500Principal());
    }
    return organisations[0].getFirst().getValue().toString();
  }

  private static Root root(
      CertificateMaker maker, String cluster, int number, Clock clock, @Nullable Root before) {
    KeyPair pair = Keys.create();
    X500Name name = CertificateMaker.rootName(cluster, number);
    CertificateMaker.Span span = span(clock, ROOT_VALIDITY);
    var self = new CertificateMaker.Issuer(name, pair.getPrivate(), pair.getPublic());
    List<X509Certificate> bridge =
        before == null
            ? List.of()
            : List.of(maker.root(name, pair.getPublic(), issuer(before), span));
    X509Certificate certificate = maker.root(name, pair.getPublic(), self, span);
    return new Root(number, pair.getPrivate(), certificate, bridge);
  }

  private static CertificateMaker.Issuer issuer(Root root) {
    return CertificateMaker.Issuer.of(root.certificate(), root.key());
  }

  private static CertificateMaker.Span span(Clock clock, Duration validity) {
    Instant now = clock.instant();
    return new CertificateMaker.Span(now.minus(CLOCK_SLACK), now.plus(validity));
  }

  public String cluster() {
    return cluster;
  }

  /// The roots that are trusted now, the one that signs first.
  public List<X509Certificate> trust() {
    return roots.reversed().stream().map(Root::certificate).toList();
  }

  /// Whether two roots are trusted.
  public boolean isRotating() {
    return roots.size() > 1;
  }

  /// Certifies a peer, with a fresh key.
  ///
  /// @throws InvalidArgument when the subject is of another cluster or the validity out of bounds
  public Issued issue(Subject subject, Duration validity) {
    KeyPair pair = Keys.create();
    return issue(subject, validity, pair.getPublic(), pair.getPrivate());
  }

  /// Certifies a peer that has made its own key.
  ///
  /// @param request the file of a PKCS#10 request as PEM; only its proven key counts
  /// @throws NotFound when there is none
  /// @throws MalformedEncoding when it is something else
  public Issued issue(Subject subject, Duration validity, Path request) {
    return issue(subject, validity, KeyRequest.keyOf(Pem.read(request)), null);
  }

  private Issued issue(
      Subject subject, Duration validity, PublicKey key, @Nullable PrivateKey secret) {
    check(subject, validity);
    Root root = roots.getLast();
    X509Certificate made = maker.peer(subject, key, issuer(root), span(clock, validity));
    List<X509Certificate> chain = new ArrayList<>(List.of(made));
    if (isRotating()) {
      chain.addAll(root.bridge());
    }
    PrivateFiles.append(
        folder.resolve(LOG_FILE),
        made.getSerialNumber().toString(16)
            + " "
            + made.getNotAfter().toInstant()
            + " "
            + subject.uris().getFirst());
    return new Issued(subject, chain, secret, trust());
  }

  private void check(Subject subject, Duration validity) {
    if (!subject.peer().cluster().equals(cluster)) {
      throw new InvalidArgument(
          subject.peer() + " cannot be certified by the authority of cluster " + cluster);
    }
    if (!validity.isPositive() || validity.compareTo(PEER_VALIDITY_MAX) > 0) {
      throw new InvalidArgument(
          "a certificate is valid for 1 to "
              + PEER_VALIDITY_MAX.toDays()
              + " days, not "
              + validity);
    }
    Instant end = roots.getLast().certificate().getNotAfter().toInstant();
    if (clock.instant().plus(validity).isAfter(end)) {
      throw new InvalidArgument(
          "the root of cluster " + cluster + " ends at " + end + ", before such a certificate");
    }
  }

  /// Adds a new root, which signs from now on; the old one is trusted still.
  ///
  /// @throws Conflict when a rotation has begun already
  public void beginRotation() {
    if (isRotating()) {
      throw new Conflict("a rotation has begun already: finish it first");
    }
    Root before = roots.getLast();
    if (before.number() + 1 >= ROOTS_MAX) {
      throw new Conflict("this authority has had " + before.number() + " roots; create a new one");
    }
    Root fresh = root(maker, cluster, before.number() + 1, clock, before);
    fresh.write(folder);
    roots = List.of(before, fresh);
  }

  /// Forgets the old root and its key.
  ///
  /// @throws Conflict when no rotation has begun
  public void finishRotation() {
    if (!isRotating()) {
      throw new Conflict("no rotation has begun");
    }
    Root last = roots.getLast();
    roots.stream()
        .filter(root -> root.number() < last.number())
        .forEach(root -> Root.delete(folder, root.number()));
    roots = List.of(last);
  }
}

package io.kogluktualuk.fabric.trust;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.rpc.PeerName;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who this process is, and whom it trusts: a folder as [Issued] writes it.
///
/// What it hands out follows the files: each new handshake uses what they say now, so certificates
/// and roots change without a restart. Connections that are up stay as they are. Files that do not
/// fit, because somebody is writing them or has made a mistake, change nothing but the log.
///
/// **Threading:** any thread. Files are looked at once a second at most, by the thread that asks.
public final class Identity {

  private static final Logger LOG = LoggerFactory.getLogger(Identity.class);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final List<String> FILES =
      List.of(Issued.KEY_FILE, Issued.CERTIFICATE_FILE, Issued.TRUST_FILE);

  private final Path folder;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final ReentrantLock looking = new ReentrantLock();
  private volatile Credentials current;
  private volatile long lookedAt;
  private List<FileState> seen;

  /// What tells that a file has changed.
  private record FileState(long bytes, long modifiedNanos, @Nullable Object key) {}

  private Identity(Path folder, Clock clock, LongSupplier nanoTime) {
    this.folder = folder;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.seen = states();
    this.lookedAt = nanoTime.getAsLong();
    this.current = Credentials.read(folder, clock.instant());
  }

  /// Reads an identity.
  ///
  /// @throws io.kogluktualuk.fabric.fault.NotFound when a file is missing
  /// @throws io.kogluktualuk.fabric.fault.MalformedEncoding when one is damaged
  /// @throws io.kogluktualuk.fabric.fault.Conflict when they do not belong together
  /// @throws io.kogluktualuk.fabric.fault.Refused when the certificate is not valid now
  public static Identity open(Path folder) {
    return open(folder, Clock.systemUTC(), System::nanoTime);
  }

  static Identity open(Path folder, Clock clock, LongSupplier nanoTime) {
    return new Identity(folder, clock, nanoTime);
  }

  /// What this process is called.
  public PeerName name() {
    return credentials().subject().peer();
  }

  /// All that its certificate says.
  public Subject subject() {
    return credentials().subject();
  }

  /// Its certificate, as the files are now.
  public X509Certificate certificate() {
    return credentials().certificate();
  }

  /// The SHA-256 of a certificate, by which people compare them.
  public static String fingerprint(X509Certificate certificate) {
    return Certificates.fingerprint(certificate);
  }

  /// For TLS 1.3 in both directions, as the files are now. To be asked for each connection.
  public SSLContext sslContext() {
    return credentials().context();
  }

  /// Proves this identity; follows the files.
  public X509ExtendedKeyManager keyManager() {
    return new FollowingKeys(() -> credentials().keys());
  }

  /// Trusts peers of this cluster that have one of these roles; follows the files.
  public X509ExtendedTrustManager trustManager(Set<PeerName.Role> roles) {
    return new FollowingTrust(() -> credentials().peers(), Set.copyOf(roles));
  }

  /// Who is at the other end of a connection whose handshake was done with [#sslContext].
  ///
  /// @param called which server was called; null when it is the other side that has called
  /// @throws CertificateException when the server's certificate is for other hosts
  public PeerName peer(X509Certificate[] chain, @Nullable InetSocketAddress called)
      throws CertificateException {
    PeerName peer = PeerTrust.peerOf(chain);
    if (called != null) {
      List<String> hosts = Certificates.subjectOf("the peer's certificate", chain[0]).hosts();
      if (!Hosts.isAmong(hosts, called)) {
        throw new CertificateException(
            "at " + called + " answers " + peer + ", which is certified for " + hosts);
      }
    }
    return peer;
  }

  private Credentials credentials() {
    long now = nanoTime.getAsLong();
    if (now - lookedAt >= LOOK_NANOS && looking.tryLock()) {
      try {
        lookedAt = now;
        look();
      } finally {
        looking.unlock();
      }
    }
    return current;
  }

  private void look() {
    List<FileState> found = states();
    if (found.equals(seen)) {
      return;
    }
    seen = found;
    try {
      current = Credentials.read(folder, clock.instant());
      LOG.info("{}: the identity has changed, it ends at {}", folder, expiry());
    } catch (FabricException e) {
      LOG.warn("{}: the files of the identity are not used: {}", folder, e.getMessage());
    }
  }

  private Instant expiry() {
    return current.certificate().getNotAfter().toInstant();
  }

  private List<FileState> states() {
    List<FileState> states = new ArrayList<>();
    for (String name : FILES) {
      try {
        var file = Files.readAttributes(folder.resolve(name), BasicFileAttributes.class);
        long modified = file.lastModifiedTime().to(TimeUnit.NANOSECONDS);
        states.add(new FileState(file.size(), modified, file.fileKey()));
      } catch (IOException e) {
        states.add(new FileState(-1, 0, null));
      }
    }
    return states;
  }
}

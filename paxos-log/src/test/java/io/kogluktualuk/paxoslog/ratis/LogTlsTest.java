package io.kogluktualuk.paxoslog.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Replicas that prove themselves to each other, and nobody else who gets in.
@Timeout(120)
final class LogTlsTest {

  private static final char[] PASSWORD = "changeit".toCharArray();

  private final Path folder;

  LogTlsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /// Proves with the latest key it was given, and counts how often it is asked.
  private static final class TurningKeys extends X509ExtendedKeyManager {

    private final AtomicInteger uses = new AtomicInteger();
    private volatile X509ExtendedKeyManager latest;

    TurningKeys(X509ExtendedKeyManager first) {
      this.latest = first;
    }

    void turn(X509ExtendedKeyManager next) {
      latest = next;
      uses.set(0);
    }

    @Override
    public String chooseEngineClientAlias(
        String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
      uses.incrementAndGet();
      return latest.chooseEngineClientAlias(types, issuers, engine);
    }

    @Override
    public String chooseEngineServerAlias(
        String type, Principal @Nullable [] issuers, SSLEngine engine) {
      uses.incrementAndGet();
      return latest.chooseEngineServerAlias(type, issuers, engine);
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
      return latest.getClientAliases(type, issuers);
    }

    @Override
    public String chooseClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return latest.chooseClientAlias(types, issuers, socket);
    }

    @Override
    public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
      return latest.getServerAliases(type, issuers);
    }

    @Override
    public String chooseServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return latest.chooseServerAlias(type, issuers, socket);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return latest.getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return latest.getPrivateKey(alias);
    }
  }

  /// A key of its own authority.
  private KeyStore makeKey(String name) throws Exception {
    Path file = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    assertTrue(keytool.waitFor(60, TimeUnit.SECONDS), "keytool hangs");
    assertEquals(0, keytool.exitValue());
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream bytes = Files.newInputStream(file)) {
      store.load(bytes, PASSWORD);
    }
    return store;
  }

  private static X509ExtendedKeyManager keys(KeyStore store) throws Exception {
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, PASSWORD);
    return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
  }

  private static X509ExtendedTrustManager trust(KeyStore... stores) throws Exception {
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    for (KeyStore store : stores) {
      String alias = store.aliases().nextElement();
      anchors.setCertificateEntry(alias, store.getCertificate(alias));
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(anchors);
    return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
  }

  @Test
  void replicasTalkOverTlsAndTurnTheirKeysWithoutARestart() throws Exception {
    KeyStore first = makeKey("first");
    KeyStore second = makeKey("second");
    TurningKeys keys = new TurningKeys(keys(first));
    X509ExtendedTrustManager trust = trust(first, second);
    try (Replicas replicas =
        new Replicas(folder, settings -> settings.withTls(keys, trust), "c0", "c1", "c2")) {
      replicas.openAll();
      for (String id : List.of("c0", "c1", "c2")) {
        replicas.append(id, "from " + id);
      }
      replicas.awaitEqual("c0", "c1", "c2");
      assertTrue(keys.uses.get() > 0, "nobody proved anything");
      keys.turn(keys(second));
      String away = replicas.follower();
      replicas.close(away);
      replicas.append(replicas.leader(), "while one is away");
      replicas.open(away);
      replicas.append(away, "back");
      replicas.awaitEqual("c0", "c1", "c2");
      assertTrue(keys.uses.get() > 0, "the second key is not used");
    }
  }

  @Test
  void plainTextAndForeignCertificatesAreRefused() throws Exception {
    KeyStore ours = makeKey("ours");
    KeyStore foreign = makeKey("foreign");
    LogTls tls = new LogTls(keys(ours), trust(ours));
    LogTls theirs = new LogTls(keys(foreign), trust(foreign, ours));
    try (Replicas replicas =
            new Replicas(
                folder, settings -> settings.withTls(tls.keys(), tls.trust()), "c0", "c1", "c2");
        Replicas plain = new Replicas(folder.resolve("plain"), settings -> settings);
        Replicas other =
            new Replicas(
                folder.resolve("other"),
                settings -> settings.withTls(theirs.keys(), theirs.trust()))) {
      replicas.openAll();
      replicas.append("c0", "a");
      replicas.close(replicas.follower());
      String absent =
          List.of("c0", "c1", "c2").stream()
              .filter(id -> !replicas.isOpen(id))
              .findFirst()
              .orElseThrow();
      long term = replicas.log(replicas.leader()).status().term();
      for (Replicas intruder : List.of(plain, other)) {
        LogHostSettings settings =
            intruder
                .settings(absent, replicas.peers("c0", "c1", "c2"))
                .withStartTimeout(Duration.ofSeconds(3));
        assertThrows(Unavailable.class, () -> intruder.open(settings));
      }
      assertEquals(term, replicas.log(replicas.leader()).status().term(), "an election was forced");
      replicas.append(replicas.follower(), "b");
      assertEquals(List.of("a", "b"), replicas.entries(replicas.leader()));
    }
  }
}

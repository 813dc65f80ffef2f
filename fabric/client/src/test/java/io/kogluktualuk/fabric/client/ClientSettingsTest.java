package io.kogluktualuk.fabric.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Tenant;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClientSettingsTest {

  private static final ClientSettings OTHER =
      ClientSettings.DEFAULT
          .withControls(
              List.of(
                  new InetSocketAddress("127.0.0.1", 7000), new InetSocketAddress("::1", 65535)))
          .withTenant(new Tenant("trades"))
          .withAccount(new Account("team.a_1"))
          .withIdentity(Path.of("/srv/my keys/a&b=c+d%20é?#"))
          .withPath(DataPath.TCP)
          .withTimeouts(Duration.ofMillis(1500), Duration.ofMinutes(2))
          .withLease(Duration.ofSeconds(7))
          .withViewMemory(ByteCount.mebibytes(3))
          .withReplicas(3);

  @Test
  void whatIsWrittenIsReadAgain() {
    assertEquals(OTHER, ClientSettings.ofUrl(OTHER.toUrl()), OTHER.toUrl());
    ClientSettings plain =
        ClientSettings.DEFAULT.withControls(List.of(new InetSocketAddress("127.0.0.1", 1)));
    assertEquals("kog://127.0.0.1:1", plain.toUrl());
    assertEquals(plain, ClientSettings.ofUrl("kog://127.0.0.1:1?"));
    assertThrows(InvalidArgument.class, ClientSettings.DEFAULT::toUrl);
  }

  @Test
  void everySettingSurvivesTheUrl() {
    String text =
        "kog://127.0.0.1:7000?tenant=t&account=a&identity=/x&verbs=shared&call-timeout=1m"
            + "&transfer-timeout=250ms&lease=5s&replicas=1&view-memory=4097&progress-interval=2s";
    ClientSettings read = ClientSettings.ofUrl(text);
    assertEquals(read, ClientSettings.ofUrl(read.toUrl()));
    for (Setting setting : Setting.values()) {
      String standard = setting.of(ClientSettings.DEFAULT);
      assertTrue(!standard.equals(setting.of(read)), setting + " is not in the test's URL");
    }
  }

  /// What is wrong, as given, and what was expected.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http://a:1                      | begins with 'http:/'
          kog://                          | names no control node
          kog://127.0.0.1                 | '127.0.0.1'; expected host:port
          kog://127.0.0.1:x               | '127.0.0.1:x'; expected host:port
          kog://127.0.0.1:1,              | ''; expected host:port
          kog://127.0.0.1:70000           | '127.0.0.1:70000'; expected host:port
          kog://u@127.0.0.1:1             | a '@' in 'u@127.0.0.1:1'
          kog://127.0.0.1:1/x             | a '/' in '127.0.0.1:1/x'
          kog://127.0.0.1:1?tenant        | parameter 'tenant', expected key=value
          kog://127.0.0.1:1?tenant=A      | tenant is 'A', expected 1 to 32
          kog://127.0.0.1:1?account=A     | account is 'A', expected 1 to 64
          kog://127.0.0.1:1?tenent=a      | tenent is not known, expected one of control, tenant
          kog://127.0.0.1:1?lease=5       | lease is '5', expected 1ms to 5m
          kog://127.0.0.1:1?lease=6m      | lease: found PT6M, expected 1ms to 5m
          kog://127.0.0.1:1?lease=0s      | lease: found PT0S, expected 1ms
          kog://127.0.0.1:1?replicas=0    | replicas: found 0, expected 1 to 16
          kog://127.0.0.1:1?replicas=two  | replicas is 'two', expected 1 to 16
          kog://127.0.0.1:1?view-memory=x | view-memory is 'x', expected 0 to 65536MiB
          kog://127.0.0.1:1?view-memory=1T | view-memory: found 1.0 TiB, expected at most 64.0 GiB
          kog://127.0.0.1:1?verbs=ib      | verbs is 'ib', expected auto, native, shared or tcp
          kog://127.0.0.1:1?tenant=a&tenant=a | tenant is there twice
          kog://127.0.0.1:1?control=a:1   | stands before the '?'
          kog://127.0.0.1:1?identity=%zz  | identity is '%zz', expected percent-encoded
          """)
  void aBadPartIsNamed(String url, String expected) {
    InvalidArgument error =
        assertThrows(InvalidArgument.class, () -> ClientSettings.ofUrl(url.strip()));
    assertTrue(String.valueOf(error.getMessage()).contains(expected), error.getMessage());
  }

  @Test
  void tooMuchIsRefused() {
    String nine = "kog://" + "127.0.0.1:1,".repeat(8) + "127.0.0.1:1";
    assertThrows(InvalidArgument.class, () -> ClientSettings.ofUrl(nine));
    String lengthy = "kog://127.0.0.1:1?identity=" + "x".repeat(SettingsText.LENGTH_MAX);
    assertThrows(InvalidArgument.class, () -> ClientSettings.ofUrl(lengthy));
  }

  @Test
  void aFileHasTheSameKeys(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("kog.properties");
    Files.writeString(
        file, "# ours\nurl=kog://127.0.0.1:1?tenant=a&replicas=3\ntenant=b\nlease = 9s\n");
    ClientSettings read = ClientSettings.ofFile(file);
    assertEquals(
        ClientSettings.ofUrl("kog://127.0.0.1:1?tenant=b&replicas=3&lease=9s"), read, "keys win");
    Files.writeString(file, "control=127.0.0.1:1\nlaese=9s\n");
    InvalidArgument error = assertThrows(InvalidArgument.class, () -> ClientSettings.ofFile(file));
    assertTrue(error.toString().contains(file + ": laese is not known"), error.toString());
    Files.writeString(file, "control=127.0.0.1:1\nlease=9\n");
    error = assertThrows(InvalidArgument.class, () -> ClientSettings.ofFile(file));
    assertTrue(error.toString().contains(file + ": lease is '9'"), error.toString());
    Files.writeString(file, "a=\\uZZZZ\n");
    assertThrows(InvalidArgument.class, () -> ClientSettings.ofFile(file));
    Files.writeString(file, "#".repeat(SettingsText.LENGTH_MAX + 1));
    assertThrows(InvalidArgument.class, () -> ClientSettings.ofFile(file));
    assertThrows(NotFound.class, () -> ClientSettings.ofFile(folder.resolve("none")));
  }

  @Test
  void theEnvironmentHasVariables() {
    Map<String, String> variables =
        Map.of("KOG_URL", "kog://127.0.0.1:1", "KOG_CALL_TIMEOUT", "3s", "PATH", "/bin");
    assertEquals(
        ClientSettings.ofUrl("kog://127.0.0.1:1?call-timeout=3s"),
        ClientSettings.ofEnvironment(variables));
    InvalidArgument error =
        assertThrows(
            InvalidArgument.class,
            () -> ClientSettings.ofEnvironment(Map.of("KOG_REPLICAS", "many")));
    assertTrue(error.toString().contains("KOG_REPLICAS is 'many'"), error.toString());
  }

  @Test
  void foreignUrlsAreReadOrRefused() {
    byte[] good = OTHER.toUrl().getBytes(StandardCharsets.ISO_8859_1);
    Seeds.run(
        ClientSettingsTest.class,
        200,
        random -> {
          String url = new String(mutated(good, random), StandardCharsets.ISO_8859_1);
          // Names would be looked up.
          if (!url.startsWith("kog://127.0.0.1:7000,[::1]:65535?")) {
            return;
          }
          try {
            ClientSettings read = ClientSettings.ofUrl(url);
            assertEquals(read, ClientSettings.ofUrl(read.toUrl()));
          } catch (FabricException e) {
            assertTrue(e instanceof InvalidArgument, e.toString());
          }
        });
  }

  private static byte[] mutated(byte[] good, RandomGenerator random) {
    return Mutations.mutate(good, random);
  }
}

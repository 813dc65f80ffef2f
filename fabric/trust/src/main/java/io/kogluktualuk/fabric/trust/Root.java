package io.kogluktualuk.fabric.trust;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// One root of an authority, in its files `root-N.key`, `root-N.pem` and, when there was a root
/// before, `cross-N.pem`: the same key, certified by that one.
///
/// **Threading:** immutable.
///
/// @param bridge what a verifier that only knows the root before needs, none or one
record Root(int number, PrivateKey key, X509Certificate certificate, List<X509Certificate> bridge) {

  static Path certificateOf(Path folder, int number) {
    return folder.resolve("root-" + number + ".pem");
  }

  static Path keyOf(Path folder, int number) {
    return folder.resolve("root-" + number + ".key");
  }

  static Path bridgeOf(Path folder, int number) {
    return folder.resolve("cross-" + number + ".pem");
  }

  /// The certificate comes last: a root without it does not exist.
  void write(Path folder) {
    PrivateFiles.write(keyOf(folder, number), Keys.text(key));
    if (!bridge.isEmpty()) {
      PrivateFiles.write(bridgeOf(folder, number), Certificates.text(bridge));
    }
    PrivateFiles.write(certificateOf(folder, number), Certificates.text(List.of(certificate)));
  }

  /// The certificate goes first.
  static void delete(Path folder, int number) {
    PrivateFiles.delete(certificateOf(folder, number));
    PrivateFiles.delete(bridgeOf(folder, number));
    PrivateFiles.delete(keyOf(folder, number));
  }

  static Root read(Path folder, int number) {
    Path file = certificateOf(folder, number);
    List<X509Certificate> read = Certificates.parse(file.toString(), Pem.read(file));
    if (read.size() != 1) {
      throw new MalformedEncoding(file + " must have one certificate, has " + read.size());
    }
    Path keyFile = keyOf(folder, number);
    PrivateKey key = Keys.parse(keyFile.toString(), Pem.read(keyFile));
    if (!Keys.isPair(key, read.getFirst().getPublicKey())) {
      throw new Conflict(keyFile + " is not the key of " + file);
    }
    Path bridgeFile = bridgeOf(folder, number);
    List<X509Certificate> bridge =
        Files.exists(bridgeFile)
            ? Certificates.parse(bridgeFile.toString(), Pem.read(bridgeFile))
            : List.of();
    return new Root(number, key, read.getFirst(), bridge);
  }
}

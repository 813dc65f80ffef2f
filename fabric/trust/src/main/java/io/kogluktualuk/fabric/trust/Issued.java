package io.kogluktualuk.fabric.trust;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A certificate as its authority hands it out, with what its holder needs besides.
///
/// The folder that [#writeTo] makes is what [Identity#open] reads:
///
/// ```
/// key.pem           the private key, PKCS#8, mode 0600; not there when a request brought the key
/// certificate.pem   the certificate; while roots change, also the new root certified by the old
/// trust.pem         the roots that peers may be certified by
/// ```
///
/// **Threading:** immutable. **Ownership:** the key is a secret; it is in no text of this class.
///
/// @param chain the certificate first
/// @param key null when the holder has made it
public record Issued(
    Subject subject,
    List<X509Certificate> chain,
    @Nullable PrivateKey key,
    List<X509Certificate> trust) {

  static final String KEY_FILE = "key.pem";
  static final String CERTIFICATE_FILE = "certificate.pem";
  static final String TRUST_FILE = "trust.pem";

  public Issued {
    chain = List.copyOf(chain);
    trust = List.copyOf(trust);
  }

  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /// Writes the files, each at once: who reloads them meanwhile keeps what it has until they fit.
  public void writeTo(Path folder) {
    PrivateFiles.folder(folder);
    // Trust goes first: nothing is issued that those who read this do not trust.
    PrivateFiles.write(folder.resolve(TRUST_FILE), Certificates.text(trust));
    if (key != null) {
      PrivateFiles.write(folder.resolve(KEY_FILE), Keys.text(key));
    }
    PrivateFiles.write(folder.resolve(CERTIFICATE_FILE), Certificates.text(chain));
  }

  @Override
  public String toString() {
    return "certificate of " + subject.peer();
  }
}

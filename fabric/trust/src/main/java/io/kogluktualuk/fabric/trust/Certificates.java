package io.kogluktualuk.fabric.trust;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/// Reads certificates, and what they say.
///
/// **Threading:** stateless.
final class Certificates {

  private static final int DNS = 2;
  private static final int URI = 6;
  private static final int IP = 7;

  private Certificates() {}

  /// @throws MalformedEncoding when the text is not one or more certificates
  static List<X509Certificate> parse(String what, byte[] text) {
    List<Pem> parts = Pem.parse(what, text);
    List<X509Certificate> certificates = new ArrayList<>();
    for (Pem part : parts) {
      if (!part.label().equals(Pem.CERTIFICATE)) {
        throw new MalformedEncoding(
            what + " must have certificates only, has a part '" + part.label() + "'");
      }
      certificates.add(decode(what, part.bytes()));
    }
    if (certificates.isEmpty()) {
      throw new MalformedEncoding(what + " has no certificate");
    }
    return certificates;
  }

  static X509Certificate decode(String what, byte[] der) {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      ByteArrayInputStream bytes = new ByteArrayInputStream(der);
      X509Certificate read = (X509Certificate) factory.generateCertificate(bytes);
      if (bytes.available() > 0) {
        throw new MalformedEncoding(what + " has bytes behind a certificate");
      }
      return read;
    } catch (CertificateException e) {
      throw new MalformedEncoding(what + " has no certificate: " + e.getMessage(), e);
    }
  }

  static String text(List<X509Certificate> certificates) {
    StringBuilder text = new StringBuilder();
    try {
      for (X509Certificate each : certificates) {
        text.append(new Pem(Pem.CERTIFICATE, each.getEncoded()).text());
      }
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate has no encoding", e);
    }
    return text.toString();
  }

  /// Who a certificate is for.
  ///
  /// @throws MalformedEncoding when it says nothing of the kind
  static Subject subjectOf(String what, X509Certificate certificate) {
    List<String> uris = new ArrayList<>();
    List<String> hosts = new ArrayList<>();
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      if (names == null) {
        throw new MalformedEncoding(what + " names no peer: it has no alternative names");
      }
      for (List<?> name : names) {
        switch ((Integer) name.get(0)) {
          case URI -> uris.add(String.valueOf(name.get(1)));
          case DNS, IP -> hosts.add(String.valueOf(name.get(1)));
          default -> throw new MalformedEncoding(what + " has a name of kind " + name.get(0));
        }
      }
    } catch (CertificateParsingException e) {
      throw new MalformedEncoding(what + " has no readable names: " + e.getMessage(), e);
    }
    return Subject.of(what, uris, hosts);
  }

  /// The SHA-256 of a certificate, by which people compare them.
  static String fingerprint(X509Certificate certificate) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate has no SHA-256", e);
    }
  }
}

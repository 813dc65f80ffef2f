package io.kogluktualuk.fabric.trust;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Makes certificates (RFC 5280): roots, a root certified by another, and those of peers.
///
/// **Threading:** any thread. Serial numbers are 128 random bits.
final class CertificateMaker {

  private static final int SERIAL_BITS = 128;

  private final SecureRandom random;

  CertificateMaker(SecureRandom random) {
    this.random = random;
  }

  /// What a certificate is valid for.
  record Span(Instant from, Instant until) {}

  /// Whose certificate signs.
  record Issuer(X500Name name, PrivateKey key, PublicKey known) {

    static Issuer of(X509Certificate root, PrivateKey key) {
      return new Issuer(nameOf(root), key, root.getPublicKey());
    }
  }

  static X500Name nameOf(X509Certificate certificate) {
    return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
  }

  /// Roots of one cluster have different names, so that a verifier can tell them apart.
  static X500Name rootName(String cluster, int number) {
    return name(cluster, "authority", cluster + " root " + number);
  }

  private static X500Name name(String organisation, String unit, String common) {
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, organisation)
        .addRDN(BCStyle.OU, unit)
        .addRDN(BCStyle.CN, common)
        .build();
  }

  /// A root: certified by itself, or by the root before.
  X509Certificate root(X500Name name, PublicKey key, Issuer issuer, Span span) {
    return made(
        issuer,
        name,
        key,
        span,
        builder -> {
          builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
          int usage = KeyUsage.keyCertSign | KeyUsage.cRLSign;
          builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
        });
  }

  /// The certificate of a node or a client.
  X509Certificate peer(Subject subject, PublicKey key, Issuer issuer, Span span) {
    X500Name name =
        name(subject.peer().cluster(), subject.peer().role().word(), subject.peer().name());
    return made(
        issuer,
        name,
        key,
        span,
        builder -> {
          builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
          int usage = KeyUsage.digitalSignature;
          builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
          builder.addExtension(Extension.extendedKeyUsage, false, purposes(subject));
          builder.addExtension(Extension.subjectAlternativeName, false, names(subject));
        });
  }

  private static ExtendedKeyUsage purposes(Subject subject) {
    return subject.peer().role().isServer()
        ? new ExtendedKeyUsage(
            new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth})
        : new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth);
  }

  private static GeneralNames names(Subject subject) {
    List<GeneralName> names = new ArrayList<>();
    for (String uri : subject.uris()) {
      names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
    }
    for (String host : subject.hosts()) {
      int kind = Hosts.isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName;
      names.add(new GeneralName(kind, host));
    }
    return new GeneralNames(names.toArray(GeneralName[]::new));
  }

  /// Adds what a kind of certificate needs.
  private interface Extensions {
    void addTo(X509v3CertificateBuilder builder) throws IOException;
  }

  private X509Certificate made(
      Issuer issuer, X500Name name, PublicKey key, Span span, Extensions extensions) {
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuer.name(),
              new BigInteger(SERIAL_BITS, random),
              Date.from(span.from()),
              Date.from(span.until()),
              name,
              key);
      JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          identifiers.createAuthorityKeyIdentifier(issuer.known()));
      extensions.addTo(builder);
      var signer = new JcaContentSignerBuilder(Keys.SIGNATURE).build(issuer.key());
      return Certificates.decode("the new certificate", builder.build(signer).getEncoded());
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("a certificate for " + name + " cannot be made", e);
    }
  }
}

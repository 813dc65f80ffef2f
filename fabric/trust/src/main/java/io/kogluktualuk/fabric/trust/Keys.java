package io.kogluktualuk.fabric.trust;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/// Private keys: elliptic curve P-256, which every TLS 1.3 stack takes (RFC 8446, 9.1).
///
/// **Threading:** stateless.
final class Keys {

  static final String SIGNATURE = "SHA256withECDSA";

  private static final String CURVE = "secp256r1";
  private static final byte[] PROBE = {1, 2, 3, 4};

  private Keys() {}

  static KeyPair create() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(CURVE));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + CURVE, e);
    }
  }

  static String text(PrivateKey key) {
    return new Pem(Pem.PRIVATE_KEY, key.getEncoded()).text();
  }

  /// @throws MalformedEncoding when the text is not one unencrypted PKCS#8 key of a curve
  static PrivateKey parse(String what, byte[] text) {
    List<Pem> parts = Pem.parse(what, text);
    if (parts.size() != 1 || !parts.getFirst().label().equals(Pem.PRIVATE_KEY)) {
      throw new MalformedEncoding(
          what + " must have one part '" + Pem.PRIVATE_KEY + "', has " + labels(parts));
    }
    try {
      return KeyFactory.getInstance("EC")
          .generatePrivate(new PKCS8EncodedKeySpec(parts.getFirst().bytes()));
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new MalformedEncoding(what + " has no elliptic curve key: " + e.getMessage(), e);
    }
  }

  static List<String> labels(List<Pem> parts) {
    return parts.stream().map(Pem::label).toList();
  }

  /// Whether a private key is the one of a public key.
  static boolean isPair(PrivateKey secret, PublicKey known) {
    try {
      Signature signature = Signature.getInstance(SIGNATURE);
      signature.initSign(secret);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(known);
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException | RuntimeException e) {
      // Keys of two kinds.
      return false;
    }
  }
}

package io.kogluktualuk.fabric.trust;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.util.List;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/// Reads a request for a certificate (PKCS#10, RFC 2986): the key, whose owner has signed it. What
/// names the request asks for does not matter: the operator says who it is for.
///
/// **Threading:** stateless.
final class KeyRequest {

  private KeyRequest() {}

  /// @throws MalformedEncoding when this is no request, or the key's owner has not signed it
  static PublicKey keyOf(byte[] text) {
    List<Pem> parts = Pem.parse("the request", text);
    if (parts.size() != 1 || !parts.getFirst().label().equals(Pem.REQUEST)) {
      throw new MalformedEncoding(
          "the request must have one part '" + Pem.REQUEST + "', has " + Keys.labels(parts));
    }
    try {
      var request = new JcaPKCS10CertificationRequest(parts.getFirst().bytes());
      PublicKey key = request.getPublicKey();
      if (!(key instanceof ECPublicKey)) {
        throw new MalformedEncoding("the request has a key of " + key.getAlgorithm() + ", not EC");
      }
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new MalformedEncoding("the request is not signed with the key in it");
      }
      return key;
    } catch (MalformedEncoding e) {
      throw e;
    } catch (IOException
        | GeneralSecurityException
        | OperatorCreationException
        | PKCSException
        | RuntimeException e) {
      throw new MalformedEncoding("the request is none: " + e.getMessage(), e);
    }
  }
}

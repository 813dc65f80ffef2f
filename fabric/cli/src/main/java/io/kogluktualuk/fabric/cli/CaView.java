package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.trust.Authority;
import io.kogluktualuk.fabric.trust.Identity;
import io.kogluktualuk.fabric.trust.Subject;
import java.security.cert.X509Certificate;
import java.util.List;

/// Authorities and certificates as `kog ca` shows them.
///
/// **Threading:** stateless.
final class CaView {

  private CaView() {}

  static Json of(Authority authority) {
    return new Json()
        .with("cluster", authority.cluster())
        .with("rotating", authority.isRotating())
        .with("roots", authority.trust().stream().map(CaView::of).toList());
  }

  private static Json of(X509Certificate certificate) {
    return new Json()
        .with("serial", certificate.getSerialNumber().toString(16))
        .with("from", certificate.getNotBefore().toInstant())
        .with("until", certificate.getNotAfter().toInstant())
        .with("sha256", Identity.fingerprint(certificate));
  }

  static Json of(Subject subject, X509Certificate certificate) {
    return of(certificate)
        .with("cluster", subject.peer().cluster())
        .with("role", subject.peer().role().word())
        .with("name", subject.peer().name())
        .with("hosts", subject.hosts())
        .with("tenants", sorted(subject.peer().tenants()))
        .with("accounts", sorted(subject.peer().accounts()))
        .with("admin", subject.peer().isAdmin());
  }

  private static List<String> sorted(java.util.Set<String> names) {
    return names.stream().sorted().toList();
  }

  static String text(Authority authority) {
    StringBuilder text = new StringBuilder("cluster " + authority.cluster());
    if (authority.isRotating()) {
      text.append(", changing roots: the first signs, both are trusted");
    }
    for (X509Certificate root : authority.trust()) {
      text.append("\nroot ").append(lineOf(root));
    }
    return text.toString();
  }

  static String text(Identity identity) {
    Subject subject = identity.subject();
    StringBuilder text = new StringBuilder(subject.peer().toString());
    append(text, "hosts", subject.hosts());
    append(text, "tenants", sorted(subject.peer().tenants()));
    append(text, "accounts", sorted(subject.peer().accounts()));
    if (subject.peer().isAdmin()) {
      text.append("\nmay administer the cluster");
    }
    return text.append("\n").append(lineOf(identity.certificate())).toString();
  }

  private static void append(StringBuilder text, String what, List<String> names) {
    if (!names.isEmpty()) {
      text.append("\n").append(what).append(" ").append(String.join(", ", names));
    }
  }

  private static String lineOf(X509Certificate certificate) {
    return "serial %s, from %s until %s\n     sha256 %s"
        .formatted(
            certificate.getSerialNumber().toString(16),
            certificate.getNotBefore().toInstant(),
            certificate.getNotAfter().toInstant(),
            Identity.fingerprint(certificate));
  }
}

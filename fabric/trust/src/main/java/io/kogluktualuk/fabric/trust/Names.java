package io.kogluktualuk.fabric.trust;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.util.regex.Pattern;

/// The forms of names in certificates. None needs an escape in a URI.
///
/// **Threading:** stateless.
enum Names {
  CLUSTER("a cluster's name", "[a-z0-9][a-z0-9.-]{0,62}", "1 to 63 of a-z, 0-9, '.', '-'"),
  PEER("a node's or client's name", "[a-z0-9][a-z0-9._-]{0,63}", "1 to 64 of a-z, 0-9, '._-'"),
  TENANT("a tenant's name", "[a-z0-9-]{1,32}", "1 to 32 of a-z, 0-9, '-'"),
  ACCOUNT("an account", "[a-z0-9._-]{1,64}", "1 to 64 of a-z, 0-9, '._-'"),
  HOST("a host", "[A-Za-z0-9][A-Za-z0-9.-]{0,252}|[0-9a-fA-F:.]{2,45}", "a DNS name or IP address");

  private final String what;
  private final Pattern form;
  private final String expected;

  Names(String what, String form, String expected) {
    this.what = what;
    this.form = Pattern.compile(form);
    this.expected = expected;
  }

  /// @throws InvalidArgument when the name does not have this form
  String check(String name) {
    if (!form.matcher(name).matches()) {
      throw new InvalidArgument("not " + what + ": '" + name + "'; expected " + expected);
    }
    return name;
  }
}

package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.regex.Pattern;

/// Asks which blobs have a hash that begins so: for what a person has typed, not for programs.
///
/// @param digits 8 to 64 lower-case hex digits
public record ResolveRequest(Tenant tenant, String digits) {

  private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{8,64}");

  public ResolveRequest {
    if (!DIGITS.matcher(digits).matches()) {
      throw new IllegalArgumentException("not the beginning of a hash: '" + digits + "'");
    }
  }

  static ResolveRequest read(CanonicalReader reader) {
    Tenant tenant = Tenant.read(reader);
    String digits = reader.text(2 * Hash.BYTES, "the beginning of a hash");
    if (!DIGITS.matcher(digits).matches()) {
      throw reader.malformed("the beginning of a hash is not 8 to 64 lower-case hex digits");
    }
    return new ResolveRequest(tenant, digits);
  }

  void write(CanonicalWriter writer) {
    tenant.write(writer);
    writer.text(digits);
  }
}

package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.util.regex.Pattern;

/// Whose blobs they are. Each memory node keeps the blobs of its tenants apart: other files, other
/// index, another protection domain.
///
/// As long as peers are not authenticated, a tenant's name is a claim and no proof.
///
/// @param name 1 to 32 of `a` to `z`, digits and `-`
public record Tenant(String name) implements Comparable<Tenant> {

  private static final int LENGTH_MAX = 32;
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1," + LENGTH_MAX + "}");

  /// Whose blobs they are when nobody says anything else. Every memory node has it.
  public static final Tenant DEFAULT = new Tenant("default");

  public Tenant {
    if (!NAME.matcher(name).matches()) {
      throw new InvalidArgument(
          "not a tenant's name: '"
              + name
              + "'; expected 1 to "
              + LENGTH_MAX
              + " of a to z, 0 to 9 and -");
    }
  }

  static Tenant read(CanonicalReader reader) {
    String name = reader.text(LENGTH_MAX, "a tenant's name");
    if (!NAME.matcher(name).matches()) {
      throw reader.malformed("not a tenant's name");
    }
    return new Tenant(name);
  }

  void write(CanonicalWriter writer) {
    writer.text(name);
  }

  @Override
  public int compareTo(Tenant other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}

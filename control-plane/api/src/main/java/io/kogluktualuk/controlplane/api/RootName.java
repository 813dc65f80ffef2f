package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.rpc.Codec;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// The name of a root: a path such as `releases/2026-03/x86`, of the default tenant; or that of
/// another tenant, after a colon, such as `trades:releases/2026-03`.
///
/// @param text the parts of the path are between slashes, each of letters, digits, `.`, `-`, `_`,
///     `+`, `@`; no part is `.` or `..`
public record RootName(String text) implements Comparable<RootName> {

  public static final int LENGTH_MAX = 255;

  /// Whose roots are named without a tenant.
  private static final String DEFAULT_TENANT = "default";

  private static final Pattern TENANT = Pattern.compile("[a-z0-9-]{1,32}");

  public static final Codec<RootName> CODEC =
      new Codec<>() {
        @Override
        public void write(RootName name, CanonicalWriter writer) {
          writer.text(name.text);
        }

        @Override
        public RootName read(CanonicalReader reader) {
          try {
            return new RootName(reader.text(LENGTH_MAX, "the name of a root"));
          } catch (InvalidArgument e) {
            throw new MalformedEncoding(String.valueOf(e.getMessage()), e);
          }
        }
      };

  /// @throws InvalidArgument when the text is no such name
  public RootName {
    if (text.isEmpty() || text.length() > LENGTH_MAX) {
      throw new InvalidArgument(
          "the name of a root has " + text.length() + " characters, expected 1 to " + LENGTH_MAX);
    }
    String tenant = tenantOf(text);
    boolean isGood = !tenant.equals(DEFAULT_TENANT) && TENANT.matcher(tenant).matches();
    if (text.indexOf(':') >= 0 && !isGood) {
      throw new InvalidArgument(
          "not the name of a root: '"
              + text
              + "'; expected a tenant that is not the default one before the colon");
    }
    for (String part : pathOf(text).split("/", -1)) {
      if (!isPart(part)) {
        throw new InvalidArgument(
            "not the name of a root: '"
                + text
                + "'; expected parts of letters, digits and .-_+@ between slashes, such as"
                + " releases/v1");
      }
    }
  }

  /// The root of a tenant that has this path.
  ///
  /// @throws InvalidArgument when there cannot be such a root
  public static RootName of(String tenant, String path) {
    if (path.indexOf(':') >= 0) {
      throw new InvalidArgument("not the path of a root: '" + path + "' has a colon");
    }
    return new RootName(tenant.equals(DEFAULT_TENANT) ? path : tenant + ":" + path);
  }

  /// Whose content it names.
  public String tenant() {
    return tenantOf(text);
  }

  /// How its tenant calls it.
  public String path() {
    return pathOf(text);
  }

  private static String tenantOf(String text) {
    int colon = text.indexOf(':');
    return colon < 0 ? DEFAULT_TENANT : text.substring(0, colon);
  }

  private static String pathOf(String text) {
    return text.substring(text.indexOf(':') + 1);
  }

  private static boolean isPart(String part) {
    if (part.isEmpty() || part.equals(".") || part.equals("..")) {
      return false;
    }
    for (byte each : part.getBytes(StandardCharsets.UTF_8)) {
      boolean isPlain =
          each >= 'a' && each <= 'z' || each >= 'A' && each <= 'Z' || each >= '0' && each <= '9';
      if (!isPlain && ".-_+@".indexOf(each) < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int compareTo(RootName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}

package io.kogluktualuk.fabric.lease;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.regex.Pattern;

/// Who pays for bytes that may not be evicted, in space credits.
///
/// @param name 1 to 64 lower-case letters, digits, `.`, `-`, `_`
public record Account(String name) implements Comparable<Account> {

  public static final int NAME_LENGTH_MAX = 64;

  private static final Pattern NAME = Pattern.compile("[a-z0-9._-]{1," + NAME_LENGTH_MAX + "}");

  /// Pays for whoever names no other.
  public static final Account DEFAULT = new Account("default");

  public static final Codec<Account> CODEC =
      new Codec<>() {
        @Override
        public void write(Account account, CanonicalWriter writer) {
          writer.text(account.name);
        }

        @Override
        public Account read(CanonicalReader reader) {
          try {
            return new Account(reader.text(NAME_LENGTH_MAX, "the name of an account"));
          } catch (InvalidArgument e) {
            throw reader.malformed(String.valueOf(e.getMessage()));
          }
        }
      };

  /// @throws InvalidArgument when the name is not of that form
  public Account {
    if (!NAME.matcher(name).matches()) {
      throw new InvalidArgument(
          "not an account: '"
              + name
              + "'; expected 1 to "
              + NAME_LENGTH_MAX
              + " lower-case letters, digits, '.', '-' or '_'");
    }
  }

  @Override
  public int compareTo(Account other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}

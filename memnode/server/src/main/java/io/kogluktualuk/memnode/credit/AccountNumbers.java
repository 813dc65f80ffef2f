package io.kogluktualuk.memnode.credit;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.memnode.api.CreditsStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// The numbers by which a node's log and tables know accounts: the default one is 0, each other
/// one gets the next when it is first heard of, and keeps it for ever.
///
/// A file of lines, one name each, in the order of the numbers; a line is forced to the device
/// before its number is used. A last line without its end was not.
///
/// **Threading:** any thread. **Bound:** [CreditsStatus#ACCOUNTS_MAX].
public final class AccountNumbers {

  private static final String NAME = "accounts";

  private final Path path;

  // Both are read without the lock: whoever asks for a known one must not wait for a file.
  private final List<Account> names = new CopyOnWriteArrayList<>();
  private final Map<Account, Integer> numbers = new ConcurrentHashMap<>();

  private AccountNumbers(Path path) {
    this.path = path;
    add(Account.DEFAULT);
  }

  /// @param folder of the node's state
  public static AccountNumbers open(Path folder) {
    AccountNumbers numbers = new AccountNumbers(folder.resolve(NAME));
    numbers.read();
    return numbers;
  }

  private void read() {
    if (!Files.exists(path)) {
      return;
    }
    try {
      byte[] bytes = Files.readAllBytes(path);
      int from = 0;
      for (int at = 0; at < bytes.length; at++) {
        if (bytes[at] == '\n') {
          add(new Account(new String(bytes, from, at - from, StandardCharsets.UTF_8)));
          from = at + 1;
        }
      }
      if (from < bytes.length) {
        cut(from);
      }
    } catch (InvalidArgument e) {
      throw new Corruption(path + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new Unavailable(path + " cannot be read: " + e, e);
    }
  }

  private void cut(int length) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    }
  }

  private int add(Account account) {
    names.add(account);
    numbers.put(account, names.size() - 1);
    return names.size() - 1;
  }

  /// The number of an account, a new one if need be.
  ///
  /// @throws OutOfSpace when there are too many accounts
  public int of(Account account) {
    Integer known = numbers.get(account);
    return known != null ? known : add(account, path);
  }

  /// Whether [#of] needs no file.
  public boolean isKnown(Account account) {
    return numbers.containsKey(account);
  }

  private synchronized int add(Account account, Path path) {
    Integer known = numbers.get(account);
    if (known != null) {
      return known;
    }
    if (names.size() == CreditsStatus.ACCOUNTS_MAX) {
      throw new OutOfSpace("account " + account + ": a node knows at most " + names.size());
    }
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      channel.write(ByteBuffer.wrap((account + "\n").getBytes(StandardCharsets.UTF_8)));
      channel.force(true);
    } catch (IOException e) {
      throw new Unavailable(path + " cannot be written: " + e, e);
    }
    return add(account);
  }

  /// How many accounts there are; they have the numbers below that.
  int count() {
    return names.size();
  }

  /// The account of a number; the default one for a number that nobody has, as in a log that is
  /// older than this file.
  public Account name(int number) {
    return number < names.size() ? names.get(number) : Account.DEFAULT;
  }
}

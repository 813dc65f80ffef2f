package io.kogluktualuk.paxoslog.api;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Remembers every entry. Replies with how many there are; breaks on the entry `break`.
///
/// **Threading:** as [StateMachine].
public final class HistoryMachine implements StateMachine {

  private static final int ENTRIES_MAX = 1 << 20;

  private final List<String> entries = new ArrayList<>();
  private int applied;

  @Override
  public byte[] apply(long index, byte[] entry) {
    String text = new String(entry, StandardCharsets.UTF_8);
    if (text.equals("break")) {
      throw new IllegalStateException("told to break");
    }
    entries.add(text);
    applied++;
    return Integer.toString(entries.size()).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Snapshot snapshot() {
    List<String> frozen = List.copyOf(entries);
    return target -> {
      DataOutputStream out = new DataOutputStream(target);
      out.writeInt(frozen.size());
      for (String entry : frozen) {
        out.writeUTF(entry);
      }
      out.flush();
    };
  }

  @Override
  public void load(InputStream source) throws IOException {
    DataInputStream in = new DataInputStream(source);
    entries.clear();
    int count = in.readInt();
    if (count < 0 || count > ENTRIES_MAX) {
      throw new MalformedEncoding("a history of " + count + " entries");
    }
    for (int i = 0; i < count; i++) {
      entries.add(in.readUTF());
    }
  }

  public List<String> entries() {
    return List.copyOf(entries);
  }

  /// How many entries this instance has applied itself, rather than loaded.
  public int applied() {
    return applied;
  }

  public Hash stateHash() {
    return Hash.of(String.join("\n", entries).getBytes(StandardCharsets.UTF_8));
  }
}

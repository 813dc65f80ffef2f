package io.kogluktualuk.controlplane.model.requests;

import io.kogluktualuk.controlplane.api.RequestId;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Envelope;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.controlplane.model.Table;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.fault.Refused;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Which commands were done already, so that one that is sent twice is done once.
///
/// For each client it keeps the answers to its last [RequestId#WINDOW] sequences. A command that
/// comes again gets the very first answer, a refusal too; one from before the window is refused,
/// because nobody can tell any more whether it was done. As in RIFL [1], but with a fixed window
/// instead of acknowledgements, and expiry by the log's time instead of leases of their own.
///
/// A client that is silent for [#EXPIRY_MILLIS], or is the longest silent when there are too many,
/// is forgotten: by then nobody may send its commands again.
///
/// [1] C. Lee, S. J. Park, A. Kejriwal, S. Matsushita, J. Ousterhout: Implementing Linearizability
/// at Large Scale and Low Latency. SOSP 2015.
///
/// **Threading:** as [Table].
/// **Bound:** [#CLIENTS_MAX] clients, and [#BYTES_MAX] bytes of answers.
public final class RequestsTable implements Table<RequestsTable.Never, Answered> {

  public static final int NUMBER = Envelope.NUMBER;
  public static final int CLIENTS_MAX = 65_536;
  public static final long EXPIRY_MILLIS = 600_000;

  /// 64 MiB, counted with what an answer costs besides its bytes.
  public static final long BYTES_MAX = 64L << 20;

  private static final int BYTES_EACH = 96;

  /// Envelopes are opened by the machine, not here.
  public record Never() {}

  private record ClientId(long high, long low) {}

  /// One client: the greatest sequence it has used, and its latest answers.
  private static final class Client {
    private final NavigableMap<Long, byte[]> replies = new TreeMap<>();
    private long lastHeardMillis;
  }

  /// The longest silent first.
  private final LinkedHashMap<ClientId, Client> clients = new LinkedHashMap<>();

  private final int clientsMax;
  private final long bytesMax;
  private long bytes;

  public RequestsTable() {
    this(CLIENTS_MAX, BYTES_MAX);
  }

  RequestsTable(int clientsMax, long bytesMax) {
    this.clientsMax = clientsMax;
    this.bytesMax = bytesMax;
  }

  @Override
  public int number() {
    return NUMBER;
  }

  /// What was answered to a command, or null when it was not done yet.
  ///
  /// @throws Refused when it is so old that nobody knows
  public byte @Nullable [] answerTo(RequestId request) {
    Client client = clients.get(idOf(request));
    if (client == null) {
      return null;
    }
    long newest = client.replies.lastKey();
    if (request.sequence() <= newest - RequestId.WINDOW) {
      throw new Refused(
          "request "
              + request.sequence()
              + " is too old: its client has come to "
              + newest
              + ", and the last "
              + RequestId.WINDOW
              + " are remembered");
    }
    return client.replies.get(request.sequence());
  }

  @Override
  public Never readCommand(CanonicalReader reader) {
    throw reader.malformed("an envelope is not a command");
  }

  @Override
  public Answered readChange(CanonicalReader reader) {
    return Answered.read(reader);
  }

  @Override
  public Decision<Answered> decide(Never command, Moment at) {
    throw new IllegalStateException("an envelope is not a command");
  }

  @Override
  public void replay(Answered change) {
    ClientId id = idOf(change.request());
    Client found = clients.remove(id);
    Client client = found == null ? new Client() : found;
    clients.put(id, client);
    client.lastHeardMillis = change.elapsedMillis();
    byte[] before = client.replies.put(change.request().sequence(), change.reply());
    bytes += cost(change.reply()) - (before == null ? 0 : cost(before));
    long windowStart = client.replies.lastKey() - RequestId.WINDOW;
    while (client.replies.firstKey() <= windowStart) {
      bytes -= cost(Objects.requireNonNull(client.replies.pollFirstEntry()).getValue());
    }
    forgetTheSilent(change.elapsedMillis());
  }

  @Override
  public Consumer<ChangeWriter> freeze() {
    List<Answered> frozen = new ArrayList<>();
    clients.forEach(
        (id, client) ->
            client.replies.forEach(
                (sequence, reply) ->
                    frozen.add(
                        new Answered(
                            new RequestId(id.high, id.low, sequence),
                            client.lastHeardMillis,
                            reply))));
    return writer -> frozen.forEach(answered -> writer.write(answered.toBytes()));
  }

  @Override
  public void clear() {
    clients.clear();
    bytes = 0;
  }

  /// How many clients are remembered.
  public int size() {
    return clients.size();
  }

  private void forgetTheSilent(long nowMillis) {
    Iterator<Client> silent = clients.values().iterator();
    Client next = silent.next();
    while (clients.size() > 1
        && (clients.size() > clientsMax
            || bytes > bytesMax
            || next.lastHeardMillis + EXPIRY_MILLIS < nowMillis)) {
      silent.remove();
      next.replies.values().forEach(reply -> bytes -= cost(reply));
      next = silent.next();
    }
  }

  private static long cost(byte[] reply) {
    return reply.length + BYTES_EACH;
  }

  private static ClientId idOf(RequestId request) {
    return new ClientId(request.clientHigh(), request.clientLow());
  }
}

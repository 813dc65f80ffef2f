package io.kogluktualuk.rdma.transport.endpoint;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.rdma.provider.Verbs;
import java.util.Locale;

/// Which verbs one process uses.
///
/// @param provider `native` or `software`
/// @param reason why this one, for people
/// @param connections how many go which way now, for people; empty when an adapter carries them
public record VerbsStatus(String provider, String reason, String connections) {

  private static final int PROVIDER_BYTES_MAX = 32;
  private static final int REASON_BYTES_MAX = 1024;
  private static final int CONNECTIONS_BYTES_MAX = 256;

  /// Asks a process for it; every server answers this one.
  public static final Method<Question, VerbsStatus> CALL =
      new Method<>(1, "transport.verbs", new QuestionCodec(), new StatusCodec(), true);

  /// The question carries nothing.
  public record Question() {}

  /// That of this process; chooses now when nobody has yet.
  public static VerbsStatus ofThisProcess() {
    Verbs.Choice choice = Verbs.install();
    String reason = choice.reason();
    return new VerbsStatus(
        choice.provider().name().toLowerCase(Locale.ROOT),
        reason.substring(0, Math.min(reason.length(), REASON_BYTES_MAX / 4)),
        Verbs.paths());
  }

  /// Lets a server answer the call.
  public static MethodTable addTo(MethodTable methods) {
    return methods.on(CALL, _ -> ofThisProcess());
  }

  private static final class QuestionCodec implements Codec<Question> {
    @Override
    public void write(Question message, CanonicalWriter writer) {
      // The call itself is the question.
    }

    @Override
    public Question read(CanonicalReader reader) {
      return new Question();
    }
  }

  private static final class StatusCodec implements Codec<VerbsStatus> {
    @Override
    public void write(VerbsStatus message, CanonicalWriter writer) {
      writer.text(message.provider).text(message.reason).text(message.connections);
    }

    @Override
    public VerbsStatus read(CanonicalReader reader) {
      return new VerbsStatus(
          reader.text(PROVIDER_BYTES_MAX, "a provider of verbs"),
          reader.text(REASON_BYTES_MAX, "the reason for a provider"),
          reader.text(CONNECTIONS_BYTES_MAX, "the ways of the connections"));
    }
  }
}

package io.kogluktualuk.controlplane.model;

import io.kogluktualuk.controlplane.api.AuditEntry;
import io.kogluktualuk.controlplane.api.RequestId;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import org.jspecify.annotations.Nullable;

/// A command together with who wants it, and under which name it is done at most once.
///
/// ```
/// bool has a name │ [request id] │ text who │ proposal
/// ```
///
/// Commands need no envelope: without one they are the fabric's own, and done each time.
///
/// @param request null when the command may be done again
/// @param who for the audit log
public record Envelope(@Nullable RequestId request, String who, Proposal command) {

  /// The number of the table of requests, which every envelope goes through.
  public static final int NUMBER = 8;

  /// Who does what needs no envelope.
  public static final String FABRIC = "fabric";

  /// The envelope as a proposal.
  public Proposal toProposal() {
    CanonicalWriter writer = new CanonicalWriter();
    writer.bool(request != null);
    if (request != null) {
      RequestId.CODEC.write(request, writer);
    }
    Proposal.CODEC.write(command, writer.text(who));
    return new Proposal(NUMBER, writer.toBytes());
  }

  /// @throws io.kogluktualuk.fabric.fault.MalformedEncoding also when it holds another envelope
  static Envelope of(byte[] bytes) {
    CanonicalReader reader = new CanonicalReader("envelope", bytes);
    RequestId request = reader.bool() ? RequestId.CODEC.read(reader) : null;
    String who = reader.text(AuditEntry.WHO_BYTES_MAX, "who wants it");
    Proposal command = Proposal.CODEC.read(reader);
    reader.end();
    if (who.isEmpty() || command.table() == NUMBER) {
      throw reader.malformed("an envelope has nobody's name on it, or another envelope in it");
    }
    return new Envelope(request, who, command);
  }
}

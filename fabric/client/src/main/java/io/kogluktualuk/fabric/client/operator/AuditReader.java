package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.controlplane.api.AuditChain;
import io.kogluktualuk.controlplane.api.AuditEntry;
import io.kogluktualuk.controlplane.api.AuditHead;
import io.kogluktualuk.controlplane.api.AuditPage;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.fabric.client.Session;
import io.kogluktualuk.fabric.client.operator.AuditReport.Verdict;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads the audit log and checks every link of its chain on the way.
///
/// **Threading:** stateless.
final class AuditReader {

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private record Said(String name, AuditHead head) {}

  private AuditReader() {}

  /// Reads all that is kept, oldest first.
  ///
  /// @return where it ended
  /// @throws Corruption when a link is broken or an entry is missing
  static AuditHead read(ControlClient control, Consumer<AuditEntry> each) {
    AuditHead head = control.auditHead();
    AuditChain chain = new AuditChain(head);
    while (chain.sequence() < head.sequence()) {
      AuditPage page = control.audit(chain.sequence());
      if (page.entries().isEmpty()) {
        throw new Corruption("audit entry " + (chain.sequence() + 1) + " is missing");
      }
      for (AuditEntry entry : page.entries()) {
        if (entry.sequence() <= head.sequence()) {
          chain.follow(entry);
          each.accept(entry);
        }
      }
    }
    chain.end(head);
    return head;
  }

  /// Checks the chain, and that all control nodes that can be reached have the same. Their heads
  /// are asked for first, so that each has to be found in what is read afterwards.
  static AuditReport verify(Session session) {
    List<AuditReport.Node> nodes = new ArrayList<>();
    List<Said> said = new ArrayList<>();
    Map<Long, Hash> hashes = new HashMap<>();
    for (Member member : session.members(Role.CONTROL)) {
      String name = member.info().name();
      try {
        ControlClient each = new ControlClient(session.channel(member), PATIENCE);
        said.add(new Said(name, each.auditHead()));
      } catch (FabricException e) {
        String reason = String.valueOf(e.getMessage());
        nodes.add(new AuditReport.Node(name, Verdict.NOT_REACHED, reason));
      }
    }
    said.forEach(one -> hashes.put(one.head.sequence(), one.head.hash()));
    AuditHead head =
        read(
            session.control(),
            entry -> hashes.computeIfPresent(entry.sequence(), (sequence, found) -> entry.hash()));
    hashes.computeIfPresent(head.anchorSequence(), (sequence, found) -> head.anchor());
    said.forEach(one -> nodes.add(judge(one, hashes.get(one.head.sequence()), head)));
    return new AuditReport(head, head.sequence() - head.anchorSequence(), nodes);
  }

  private static AuditReport.Node judge(Said one, @Nullable Hash found, AuditHead head) {
    long sequence = one.head.sequence();
    if (sequence <= head.sequence() && found != null && found.equals(one.head.hash())) {
      return new AuditReport.Node(one.name, Verdict.SAME, "");
    }
    String reason =
        "its entry " + sequence + " has hash " + one.head.hash() + ", expected " + found;
    return new AuditReport.Node(one.name, Verdict.DIFFERENT, reason);
  }
}

package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.List;
import java.util.Objects;

/// Entries of the audit log, oldest first, and its ends at that moment.
public record AuditPage(AuditHead head, List<AuditEntry> entries) {

  /// So many fit into one message.
  public static final int PAGE_MAX =
      (Channel.MESSAGE_BYTES_MAX - AuditHead.ENCODED_BYTES_MAX - 16) / AuditEntry.ENCODED_BYTES_MAX;

  public static final Codec<AuditPage> CODEC =
      new Codec<>() {
        @Override
        public void write(AuditPage page, CanonicalWriter writer) {
          AuditHead.CODEC.write(page.head, writer);
          Lists.write(page.entries, AuditEntry.CODEC, writer);
        }

        @Override
        public AuditPage read(CanonicalReader reader) {
          int bytesMin = AuditEntry.ENCODED_BYTES_MIN;
          return new AuditPage(
              AuditHead.CODEC.read(reader),
              Lists.read(AuditEntry.CODEC, PAGE_MAX, bytesMin, "the audit entries", reader));
        }
      };

  public AuditPage {
    Objects.requireNonNull(head);
    entries = List.copyOf(entries);
  }
}

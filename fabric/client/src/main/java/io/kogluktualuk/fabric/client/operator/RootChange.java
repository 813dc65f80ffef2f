package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.controlplane.api.AuditEntry;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.fabric.blob.Ref;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A change of a root, as the audit log has it.
///
/// @param sequence of the audit entry
/// @param atMillis in the log's time
/// @param who did it
/// @param before what the root named; null for nothing
/// @param after what it named from then on; null for nothing
public record RootChange(
    long sequence, long atMillis, String who, @Nullable Ref before, @Nullable Ref after) {

  private static final Pattern DETAILS = Pattern.compile("(\\S+)(?: = (\\S+))?(?: was (\\S+))?");

  /// The change that an entry of the audit log tells of; null when it is none of this root.
  static @Nullable RootChange of(RootName name, AuditEntry entry) {
    Matcher details = DETAILS.matcher(entry.details());
    boolean isOne =
        entry.what().startsWith("root.")
            && details.matches()
            && details.group(1).equals(name.toString());
    return isOne
        ? new RootChange(
            entry.sequence(),
            entry.atMillis(),
            entry.who(),
            ref(details.group(3)),
            ref(details.group(2)))
        : null;
  }

  private static @Nullable Ref ref(@Nullable String text) {
    return text == null ? null : Ref.parse(text);
  }
}

package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.AuditHead;
import io.kogluktualuk.controlplane.api.AuditPage;
import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.model.audit.AuditTable;
import io.kogluktualuk.fabric.rpc.MethodTable;

/// The calls about the audit log. Answered from this replica's own state, behind a barrier: what
/// one of several replicas has is what is to be compared.
///
/// **Threading:** any thread.
final class AuditCalls {

  private final MainLog main;
  private final AuditTable table;

  AuditCalls(MainLog main, AuditTable table) {
    this.main = main;
    this.table = table;
  }

  void addTo(MethodTable methods) {
    methods.on(ControlMethods.AUDIT, this::page).on(ControlMethods.AUDIT_HEAD, _ -> head());
  }

  private AuditPage page(long after) {
    return main.read(() -> new AuditPage(table.head(), table.page(after, AuditPage.PAGE_MAX)));
  }

  private AuditHead head() {
    return main.read(table::head);
  }
}

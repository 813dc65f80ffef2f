/// The replicated log on Apache Ratis over gRPC: groups, storage folders, snapshots, settings. The
/// only package that imports Ratis. Touches `paxoslog.api`; never interprets an entry.
@NullMarked
package io.kogluktualuk.paxoslog.ratis;

import org.jspecify.annotations.NullMarked;

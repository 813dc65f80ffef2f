package io.kogluktualuk.computenode.vm.run;

/// Where a machine has its modules from, counted since it was opened.
///
/// @param compiled by itself
/// @param fromDisk by a former process on this disk
/// @param shared by others
/// @param refused of others that was looked at and not used
public record CodeOrigins(long compiled, long fromDisk, long shared, long refused) {}

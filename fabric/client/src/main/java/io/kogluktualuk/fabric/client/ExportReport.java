package io.kogluktualuk.fabric.client;

/// What an export wrote.
public record ExportReport(long files, long directories, long bytes) {}

package io.kogluktualuk.paxoslog.api;

import java.io.IOException;
import java.io.OutputStream;

/// A frozen state that can be written out. Equal states write equal bytes.
///
/// **Threading:** written by one thread, at any time after it was taken, whatever happens to the
/// state machine since.
public interface Snapshot {

  void writeTo(OutputStream target) throws IOException;
}

package io.kogluktualuk.fabric.systemtests;

import java.util.HexFormat;

/// A program that loops for as long as it may: `loop br 0 end`.
///
/// **Threading:** stateless.
final class LoopingGuest {

  private LoopingGuest() {}

  /// Its module.
  static byte[] wasm() {
    return HexFormat.of()
        .parseHex(
            "0061736d01000000" // \0asm, version 1
                + "010401600000" // type 0: nothing to nothing
                + "03020100" // function 0 has it
                + "0503010001" // memory 0 of one page
                + "071302066d656d6f72790200065f73746172740000" // both are exported
                + "0a0901070003400c000b0b"); // loop, branch to its beginning
  }
}

package io.kogluktualuk.fabric.node;

import java.util.HexFormat;

/// Two programs that are short enough to be written by hand.
final class Guests {

  /// A module with one function, `_start`, and one page of memory, up to the function's body.
  private static final String BEGINNING =
      "0061736d01000000" // \0asm, version 1
          + "010401600000" // type 0: nothing to nothing
          + "03020100" // function 0 has it
          + "0503010001" // memory 0 of one page
          + "071302066d656d6f72790200065f73746172740000"; // both are exported

  private Guests() {}

  /// Ends at once.
  static byte[] thatEnds() {
    return module("0a040102000b");
  }

  /// `loop br 0 end`.
  static byte[] thatNeverEnds() {
    return module("0a0901070003400c000b0b");
  }

  private static byte[] module(String code) {
    return HexFormat.of().parseHex(BEGINNING + code);
  }
}

package io.kogluktualuk.computenode.vm.module;

/// The types of Wasm values that programs of the fabric may use.
public enum ValueType {
  I32(0x7F, 'i'),
  I64(0x7E, 'I'),
  F32(0x7D, 'f'),
  F64(0x7C, 'F'),
  V128(0x7B, 'v'),
  FUNCREF(0x70, 'r'),
  EXTERNREF(0x6F, 'x');

  private final int code;
  private final char letter;

  ValueType(int code, char letter) {
    this.code = code;
    this.letter = letter;
  }

  /// The byte that stands for the type in a binary module.
  public int code() {
    return code;
  }

  /// The letter that stands for the type in [Signature#parse].
  public char letter() {
    return letter;
  }

  public boolean isReference() {
    return this == FUNCREF || this == EXTERNREF;
  }

  public boolean isFloat() {
    return this == F32 || this == F64;
  }
}

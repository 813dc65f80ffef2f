package io.kogluktualuk.computenode.runtime.namespace;

/// The error numbers of WASI preview 1 that programs of the fabric can see.
public enum Errno {
  SUCCESS(0),
  ACCES(2),
  BADF(8),
  EXIST(20),
  ILSEQ(25),
  INVAL(28),
  IO(29),
  ISDIR(31),
  MFILE(33),
  NAMETOOLONG(37),
  NOENT(44),
  NOMEM(48),
  NOSPC(51),
  NOTDIR(54),
  NOTEMPTY(55),
  NOTSOCK(57),
  NOTSUP(58),
  PERM(63),
  SPIPE(70),
  NOTCAPABLE(76);

  private final int number;

  Errno(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }
}

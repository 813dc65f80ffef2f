package io.kogluktualuk.computenode.runtime.guest;

/// The rights of WASI preview 1, one bit each: what a descriptor may be used for.
///
/// ```
///  0 datasync      1 read            2 seek           3 set flags      4 sync
///  5 tell          6 write           7 advise         8 allocate       9 create directory
/// 10 create file  11 link source    12 link target   13 open          14 readdir
/// 15 readlink     16 rename source  17 rename target 18 stat path     19 set size of path
/// 20 times of path 21 stat          22 set size      23 set times     24 symlink
/// 25 rmdir        26 unlink         27 poll          28 sock shutdown 29 sock accept
/// ```
final class Rights {

  static final long DATASYNC = 1 << 0;
  static final long READ = 1 << 1;
  static final long SEEK = 1 << 2;
  static final long SET_FLAGS = 1 << 3;
  static final long SYNC = 1 << 4;
  static final long TELL = 1 << 5;
  static final long WRITE = 1 << 6;
  static final long ADVISE = 1 << 7;
  static final long ALLOCATE = 1 << 8;
  static final long CREATE_DIRECTORY = 1 << 9;
  static final long CREATE_FILE = 1 << 10;
  static final long OPEN = 1 << 13;
  static final long READDIR = 1 << 14;
  static final long READLINK = 1 << 15;
  static final long RENAME_SOURCE = 1 << 16;
  static final long RENAME_TARGET = 1 << 17;
  static final long STAT_PATH = 1 << 18;
  static final long SET_SIZE_OF_PATH = 1 << 19;
  static final long SET_TIMES_OF_PATH = 1 << 20;
  static final long STAT = 1 << 21;
  static final long SET_SIZE = 1 << 22;
  static final long SET_TIMES = 1 << 23;
  static final long REMOVE_DIRECTORY = 1 << 25;
  static final long UNLINK = 1 << 26;
  static final long POLL = 1 << 27;

  /// Every right there is; directories have them all, since what lies below inherits from them.
  static final long ALL = (1 << 30) - 1;

  /// What only a file that is open for writing can do.
  static final long WRITING = WRITE | ALLOCATE | SET_SIZE;

  /// All that applies to files.
  static final long FILE =
      READ | SEEK | TELL | WRITING | SET_FLAGS | SYNC | DATASYNC | ADVISE | STAT | SET_TIMES | POLL;

  /// Standard error: it has no position.
  static final long STREAM = WRITE | SET_FLAGS | SYNC | DATASYNC | STAT | SET_TIMES | POLL;

  private Rights() {}
}

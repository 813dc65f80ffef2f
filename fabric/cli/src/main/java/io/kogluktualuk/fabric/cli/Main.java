package io.kogluktualuk.fabric.cli;

/// The entry of the command line.
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    int exit = Cli.run(Terminal.ofProcess(), args);
    System.exit(exit);
  }
}

package io.kogluktualuk.fabric.cli;

/// The entry of the command line.
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    // Before anything logs; read by the JDK once.
    System.setProperty("java.util.logging.manager", OrderlyLogs.class.getName());
    int exit = Cli.run(Terminal.ofProcess(), args);
    System.exit(exit);
  }
}

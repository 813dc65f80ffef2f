package io.kogluktualuk.fabric.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// The other side of an [Agent], in Java: carries out orders until there are no more.
///
/// **Threading:** one thread.
final class AgentLoop {

  private AgentLoop() {}

  /// Does what is ordered; returns the number to answer.
  @FunctionalInterface
  interface Operations {
    long run(String operation, int bytes, int times) throws Exception;
  }

  static void run(String greeting, Operations operations) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    say(greeting);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      try {
        say(
            Long.toString(
                operations.run(words[0], Integer.parseInt(words[1]), Integer.parseInt(words[2]))));
      } catch (Exception e) {
        say("failed: " + String.valueOf(e).replace('\n', ' '));
      }
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}

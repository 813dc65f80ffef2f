package io.kogluktualuk.rdma.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kogluktualuk.rdma.doctor.Finding.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelfTestTest {

  @ParameterizedTest
  @ValueSource(strings = {"shared", "tcp"})
  void twoProcessesDoEveryOperation(String way) {
    List<String> progress = new ArrayList<>();
    List<Finding> found = new SelfTest(Duration.ofSeconds(60)).run(way, line -> progress.add(line));
    assertEquals(1, found.size(), found.toString());
    assertEquals(Level.OK, found.getFirst().level(), found.toString());
    assertTrue(found.getFirst().found().contains("wrong rkey refused (status 10)"));
    assertEquals(List.of("self-test: " + way), progress);
  }

  @Test
  void nothingIsLeftInSharedMemory() throws IOException {
    Path shared = Path.of("/dev/shm");
    assumeTrue(Files.isWritable(shared), "there is no /dev/shm");
    Set<Path> before = regions(shared);
    new SelfTest(Duration.ofSeconds(60)).run("shared", _ -> {});
    Set<Path> left = regions(shared);
    left.removeAll(before);
    assertEquals(Set.of(), left);
  }

  private static Set<Path> regions(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("kog-doctor-"))
          .collect(Collectors.toCollection(HashSet::new));
    }
  }

  @Test
  void theDeadlineEndsIt() {
    List<Finding> found = new SelfTest(Duration.ofMillis(1)).run("shared", _ -> {});
    assertEquals(Level.PROBLEM, found.getFirst().level(), found.toString());
    assertTrue(found.getFirst().found().contains("its deadline"), found.toString());
  }

  @Test
  void theProviderAndItsReasonAreSaid() {
    List<Finding> found = new SelfTest(Duration.ofSeconds(60)).inspect("shared");
    assertEquals(Level.OK, found.getFirst().level(), found.toString());
    assertEquals("provider", found.getFirst().area());
    assertTrue(found.getFirst().found().startsWith("software (asked for: shared): "));
    assertEquals(
        List.of("provider", "tcp", "library"), found.stream().map(Finding::area).limit(3).toList());
  }

  @Test
  void aProviderThatCannotBeHadIsAProblem() {
    assumeFalse(
        Host.of(new Machine(Path.of("/")), new Need(0, 0, Path.of("/"))).hasDevice(),
        "there is a device");
    List<Finding> found = new SelfTest(Duration.ofSeconds(60)).inspect("native");
    assertEquals(Level.PROBLEM, found.getLast().level(), found.toString());
    assertTrue(found.getLast().found().contains("no RDMA device"), found.toString());
    assertEquals(
        Level.PROBLEM,
        new SelfTest(Duration.ofSeconds(60)).run("native", _ -> {}).getFirst().level());
  }
}

package io.kogluktualuk.rdma.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.rdma.doctor.Finding.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelfTestTest {

  @Test
  void twoProcessesDoEveryOperationOverSharedMemory() {
    List<String> progress = new ArrayList<>();
    List<Finding> found =
        new SelfTest(Duration.ofSeconds(60)).run("shared", line -> progress.add(line));
    assertEquals(1, found.size(), found.toString());
    assertEquals(Level.OK, found.getFirst().level(), found.toString());
    assertTrue(found.getFirst().found().contains("wrong rkey refused (status 10)"));
    assertEquals(List.of("self-test: shared"), progress);
  }

  @Test
  void theDeadlineEndsIt() {
    List<Finding> found = new SelfTest(Duration.ofMillis(1)).run("shared", _ -> {});
    assertEquals(Level.PROBLEM, found.getFirst().level(), found.toString());
    assertTrue(found.getFirst().found().contains("its deadline"), found.toString());
  }

  @Test
  void theProviderAndItsReasonAreSaid() {
    Finding choice = new SelfTest(Duration.ofSeconds(60)).choice("shared");
    assertEquals(Level.OK, choice.level(), choice.toString());
    assertTrue(choice.found().startsWith("software (asked for: shared): "), choice.toString());
  }
}

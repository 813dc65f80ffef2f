package io.kogluktualuk.fabric.demo.photos;

import java.lang.foreign.MemorySegment;
import java.time.Duration;

/// What the stages do with a photo, the same whatever the messages carry.
///
/// **Threading:** any thread.
final class Darkroom {

  static final String NUMBER = "number";
  static final String NAME = "name";
  static final String LAMPS = "lamps";
  static final String LABEL = "label";
  static final String KIND = "kind";

  private final PhotoPlan plan;

  Darkroom(PhotoPlan plan) {
    this.plan = plan;
  }

  static byte[] thumbnail(MemorySegment photo) {
    return Thumbnail.of(Pixels.of(photo));
  }

  static int lamps(MemorySegment photo) {
    return Lamps.count(Pixels.of(photo));
  }

  /// What a photo with so many lamps is called.
  static String label(int lamps) {
    return lamps == 0 ? "night" : lamps < 4 ? "lane" : "street";
  }

  /// As slow as a service far away; the first half of the photos it knows.
  String slowLabel(int number, int lamps) throws InterruptedException {
    if (number >= plan.slowFrom()) {
      Thread.sleep(plan.slow());
    }
    return label(lamps);
  }

  static Duration patience() {
    return Duration.ofMinutes(2);
  }
}

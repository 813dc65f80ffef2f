package io.kogluktualuk.fabric.demo.photos;

/// What the messages between the stages carry.
public enum Way {
  /// A ref and what is to be known of the photo; whoever looks at pixels reads them one-sided.
  HASH("by hash"),
  /// The photo itself, over TCP.
  PAYLOAD("by payload");

  private final String words;

  Way(String words) {
    this.words = words;
  }

  public String words() {
    return words;
  }
}

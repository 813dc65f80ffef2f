package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// What a member does in the fabric. The tags are part of the replicated state and never change.
public enum Role {
  MEMORY(1),
  COMPUTE(2),
  CONTROL(3);

  public static final Codec<Role> CODEC =
      new Codec<>() {
        @Override
        public void write(Role role, CanonicalWriter writer) {
          writer.u8(role.tag);
        }

        @Override
        public Role read(CanonicalReader reader) {
          int tag = reader.u8();
          for (Role role : values()) {
            if (role.tag == tag) {
              return role;
            }
          }
          throw reader.malformed("no role has tag " + tag);
        }
      };

  private final int tag;

  Role(int tag) {
    this.tag = tag;
  }

  public int tag() {
    return tag;
  }
}

package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;

/// What a node says about itself when it joins; agreed on by consensus.
///
/// ```
/// role u8 │ id 16 bytes │ text name │ text address │ varint capacity │ varint weight │ varint
/// slots
/// ```
///
/// @param name for people; it need not be unique
/// @param address where its control calls are answered, `host:port`
/// @param capacityBytes memory it offers; 0 for a node that stores nothing
/// @param weight its share in placement, relative to others; 0 receives nothing new
/// @param slots transactions it runs at a time; 0 for a node that runs none
public record MemberInfo(
    Role role, NodeId id, String name, String address, long capacityBytes, int weight, int slots) {

  public static final int NAME_BYTES_MAX = 64;
  public static final int ADDRESS_BYTES_MAX = 280;

  /// A weight times a 53-bit hash fraction stays exact enough in rendezvous hashing.
  public static final int WEIGHT_MAX = 1 << 20;

  public static final int SLOTS_MAX = 1 << 16;

  /// The most bytes an encoded member info takes.
  static final int ENCODED_BYTES_MAX =
      1 + NodeId.BYTES + 1 + NAME_BYTES_MAX + 2 + ADDRESS_BYTES_MAX + 9 + 3 + 3;

  public static final Codec<MemberInfo> CODEC =
      new Codec<>() {
        @Override
        public void write(MemberInfo info, CanonicalWriter writer) {
          Role.CODEC.write(info.role, writer);
          NodeId.CODEC.write(info.id, writer);
          writer.text(info.name).text(info.address);
          writer.varint(info.capacityBytes).varint(info.weight).varint(info.slots);
        }

        @Override
        public MemberInfo read(CanonicalReader reader) {
          Role role = Role.CODEC.read(reader);
          NodeId id = NodeId.CODEC.read(reader);
          String name = reader.text(NAME_BYTES_MAX, "the name of a member");
          String address = reader.text(ADDRESS_BYTES_MAX, "the address of a member");
          if (name.isEmpty() || address.isEmpty()) {
            throw reader.malformed("a member has no name or no address");
          }
          return new MemberInfo(
              role,
              id,
              name,
              address,
              reader.varint(),
              (int) reader.varint(WEIGHT_MAX, "the weight of a member"),
              (int) reader.varint(SLOTS_MAX, "the slots of a member"));
        }
      };

  public MemberInfo {
    Objects.requireNonNull(role);
    Objects.requireNonNull(id);
    Texts.check(name, NAME_BYTES_MAX, "the name of a member");
    Texts.check(address, ADDRESS_BYTES_MAX, "the address of a member");
    if (capacityBytes < 0 || weight < 0 || weight > WEIGHT_MAX || slots < 0 || slots > SLOTS_MAX) {
      throw new IllegalArgumentException(
          "member "
              + name
              + ": capacity "
              + capacityBytes
              + ", weight "
              + weight
              + ", slots "
              + slots);
    }
  }
}

package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.rdma.transport.memory.RemoteRegion;
import java.util.ArrayList;
import java.util.List;

/// What a node has of one tenant that can be read one-sidedly. Regions are only ever added while
/// it runs. Their keys are renewed from time to time, and by a restart: who is denied an access
/// asks again.
///
/// @param id the node's own identity, the same after every restart
/// @param dataHost where the regions are served, as the node knows itself
/// @param dataPort the port of the tenant's region server
/// @param index the segments of the index, at least one, all with as many home slots
/// @param indexHomes how many home slots each segment has, see [IndexLayout]
/// @param regions the arenas, by region number
public record NodeDescription(
    String id,
    String dataHost,
    int dataPort,
    List<RemoteRegion> index,
    long indexHomes,
    List<RemoteRegion> regions) {

  private static final int ID_BYTES_MAX = 64;
  private static final int HOST_BYTES_MAX = 255;
  private static final int REGION_ENCODED_BYTES_MIN = 10;

  public NodeDescription {
    index = List.copyOf(index);
    regions = List.copyOf(regions);
  }

  static NodeDescription read(CanonicalReader reader) {
    String id = reader.text(ID_BYTES_MAX, "a node's id");
    String host = reader.text(HOST_BYTES_MAX, "a host");
    int port = (int) reader.varint(0xFFFF, "a port");
    long homes = reader.varint(IndexLayout.HOMES_MAX, "the home slots of an index");
    List<RemoteRegion> index = readIndex(reader, homes);
    int count =
        reader.count(MemoryCalls.REGIONS_MAX, REGION_ENCODED_BYTES_MIN, "the number of regions");
    List<RemoteRegion> regions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      regions.add(RemoteRegion.read(reader));
    }
    return new NodeDescription(id, host, port, index, homes, regions);
  }

  private static List<RemoteRegion> readIndex(CanonicalReader reader, long homes) {
    int count =
        reader.count(IndexLayout.SEGMENTS_MAX, REGION_ENCODED_BYTES_MIN, "the index's segments");
    if (homes < 1 || count < 1) {
      throw reader.malformed("an index of " + count + " segments of " + homes + " home slots");
    }
    List<RemoteRegion> index = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      RemoteRegion segment = RemoteRegion.read(reader);
      if (segment.length() < IndexLayout.indexBytes(homes)) {
        throw reader.malformed(
            "an index of " + segment.length() + " bytes does not hold " + homes + " home slots");
      }
      index.add(segment);
    }
    return index;
  }

  void write(CanonicalWriter writer) {
    writer.text(id).text(dataHost).varint(dataPort);
    writer.varint(indexHomes).varint(index.size());
    index.forEach(segment -> segment.write(writer));
    writer.varint(regions.size());
    regions.forEach(region -> region.write(writer));
  }
}

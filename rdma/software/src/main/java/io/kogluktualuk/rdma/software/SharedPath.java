package io.kogluktualuk.rdma.software;

import java.io.IOException;

/// The data path between two processes that share memory.
///
/// **Threading:** any thread. **Ownership:** owns the link, its grants and the peer's mappings.
final class SharedPath implements DataPath {

  private final SoftwareQueuePair queuePair;
  private final Peer peer;
  private final Grants grants;
  private final RemoteRegions regions;
  private final RingSender sender;
  private final RingReceiver receiver;

  SharedPath(SoftwareQueuePair queuePair, Peer peer, RemoteRegions regions, int rnrRetries) {
    this.queuePair = queuePair;
    this.peer = peer;
    this.grants = new Grants(peer.link.own);
    this.regions = regions;
    OneSided oneSided = new OneSided(regions, queuePair.local(), peer);
    this.sender = new RingSender(queuePair, peer, oneSided, rnrRetries);
    this.receiver = new RingReceiver(queuePair, peer);
  }

  /// Goes on with the RECVs that are posted already. Under their lock.
  void begin() {
    receiver.begin();
  }

  Grants grants() {
    return grants;
  }

  RemoteRegions regions() {
    return regions;
  }

  @Override
  public void send(SendRequest[] requests) throws IOException {
    sender.post(requests);
  }

  @Override
  public void receive(ReceiveRequest[] requests) throws IOException {
    receiver.post(requests);
  }

  @Override
  public void progress() {
    receiver.progress();
    sender.progress();
  }

  @Override
  public boolean hasWork() {
    return receiver.hasWork();
  }

  @Override
  public boolean prepareToSleep() {
    return sender.prepareToSleep();
  }

  @Override
  public void onStateChange() {
    if (queuePair.isPeerGone()) {
      grants.onPeerGone();
      regions.onPeerGone();
    }
    sender.onStateChange();
    receiver.progress();
  }

  @Override
  public void end() {
    regions.onPeerGone();
    grants.close();
    sender.end(
        () ->
            receiver.end(
                () -> {
                  regions.forgetAll();
                  peer.close();
                }));
  }
}

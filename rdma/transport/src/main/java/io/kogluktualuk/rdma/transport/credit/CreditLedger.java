package io.kogluktualuk.rdma.transport.credit;

/// What one side of a connection may send so that a RECV is always posted on the other side, and
/// what it owes the other side for the same.
///
/// Each side has posted `window + `[#CONTROL_MAX] RECVs before the connection is up, and posts
/// a new one in place of each that was used **before** it acts on the message. There are two
/// kinds of message:
///
/// * **data** messages take one of `window` credits each. A message says how many data messages its
///   sender has taken since the beginning; that brings credits back.
/// * **control** messages (a return of credits, a ping, a pong) take none.
///
/// **No message ever finds no RECV**, by these numbers. Call a message *open* until its receiver
/// has posted the RECV in its place.
///
/// * Data: `sent - reported <= window`, and what is reported was replaced before. So at most
///   `window` are open.
/// * Returns of credits: one is due when `ceil(window / 2)` messages were taken that the other
///   side has not been told of, in any message. Let the other side have acted on a count `p`. It
///   has sent at most `p + window`, so this side's counts lie in `p … p + window`. Those of open
///   returns are each at least `ceil(window / 2)` above the one before, and the first that much
///   above `p`, so there are at most `window / ceil(window / 2) <= 2`.
/// * Pings: one is sent only when no answer is outstanding. When the pong arrives, the ping's
///   RECV was replaced: at most 1 is open.
/// * Pongs: one answers one ping, and the other side sends its next ping only when it has acted on
///   that pong: at most 1 is open.
///
/// Together `window + 2 + 1 + 1`. A control message may carry several of the three at once, which
/// only makes fewer.
///
/// **Nobody waits for ever:** when the sender has no credit, `window` messages are unreported; when
/// they are taken, a return is due, and it needs no credit.
///
/// **Threading:** none; the owner's lock guards it. **Counts** wrap at 2^32.
public final class CreditLedger {

  /// RECVs beyond the window: see above.
  public static final int CONTROL_MAX = 4;

  /// What a control message says, as bits.
  public static final int RETURN = 1;

  public static final int PING = 2;
  public static final int PONG = 4;

  private final int window;
  private final int returnAfter;

  private int sent;
  private int reported;
  private int taken;
  private int said;
  private boolean isPingWanted;
  private boolean isPingOpen;
  private boolean isPongDue;

  /// @param window data messages that may be open in each direction; the same on both sides
  public CreditLedger(int window) {
    this(window, 0);
  }

  /// @param start what all counts begin with
  CreditLedger(int window, int start) {
    if (window < 1 || window > 1 << 15) {
      throw new IllegalArgumentException("a window has 1 to 32768 credits, not " + window);
    }
    this.window = window;
    this.returnAfter = (window + 1) / 2;
    this.sent = start;
    this.reported = start;
    this.taken = start;
    this.said = start;
  }

  /// Data messages that could be sent now.
  public int available() {
    return window - (sent - reported);
  }

  /// A data message is about to be sent, which takes a credit.
  ///
  /// @return the count to write into it
  public int onData() {
    if (available() <= 0) {
      throw new IllegalStateException("no credit is left of " + window);
    }
    sent++;
    said = taken;
    return taken;
  }

  /// What a control message should say now; 0 when none is due.
  public int controlDue() {
    return (taken - said >= returnAfter ? RETURN : 0)
        | (isPingWanted && !isPingOpen ? PING : 0)
        | (isPongDue ? PONG : 0);
  }

  /// A control message is about to be sent that says what [#controlDue] returned.
  ///
  /// @return the count to write into it
  public int onControl(int content) {
    if ((content & PING) != 0) {
      isPingWanted = false;
      isPingOpen = true;
    }
    if ((content & PONG) != 0) {
      isPongDue = false;
    }
    said = taken;
    return taken;
  }

  /// A ping should be sent. False when the answer to the last one is still outstanding.
  public boolean wantPing() {
    if (isPingOpen) {
      return false;
    }
    isPingWanted = true;
    return true;
  }

  /// A data message has arrived and a RECV was posted in its place.
  ///
  /// @param takenThere the count in it
  /// @return whether the peer keeps the rules; a connection with one that does not is useless
  public boolean onDataArrived(int takenThere) {
    taken++;
    return taken - said <= window && onReport(takenThere);
  }

  /// A control message has arrived and a RECV was posted in its place.
  ///
  /// @return whether the peer keeps the rules
  public boolean onControlArrived(int content, int takenThere) {
    if ((content & PING) != 0) {
      if (isPongDue) {
        return false;
      }
      isPongDue = true;
    }
    if ((content & PONG) != 0) {
      if (!isPingOpen) {
        return false;
      }
      isPingOpen = false;
    }
    return onReport(takenThere);
  }

  private boolean onReport(int takenThere) {
    int more = takenThere - reported;
    if (more < 0 || more > sent - reported) {
      return false;
    }
    reported = takenThere;
    return true;
  }
}

// The other end of a connection, as the packets' code sees it.

export interface Peer {
  /** A packet; `content` is a byte string. */
  send(content: string): void;
  /** A notification, in non-stop mode. */
  notify(content: string): void;
  /** From the next packet on nobody acknowledges. */
  stopAcknowledging(): void;
  /** Ends the connection when all has been sent. */
  close(): void;
  /** A line for people, on the server's side. */
  say(line: string): void;
}

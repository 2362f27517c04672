// The client of a session, as far as a session speaks to it by itself.

export interface Peer {
  /** Sends an event. */
  event(name: string, body?: object): void;
  /** Does something when the request that is being handled has been answered. */
  afterAnswer(next: () => void): void;
  /** Answers the request with this number as cancelled, if its turn has not come yet. */
  cancel(request: number): void;
}

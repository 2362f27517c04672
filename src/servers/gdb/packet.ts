// What each file in packets/ gives: names of packets, and what answers them.
import type { GdbSession } from './session.js';

/** A byte string; null: nothing now, since the stop reply is the answer. */
export type Answer = string | null;

/** `args`: the content behind the name and, where there is one, the `:`, `;` or `,` that follows it. Throws what becomes an error reply. */
export type Handler = (session: GdbSession, args: string) => Answer | Promise<Answer>;

/** By name: one letter, or a word that begins with q, Q, v or j. */
export type Packets = Readonly<Record<string, Handler>>;

// Finds what answers a packet. Every packet has an answer: an empty one where it is not known, an error where it cannot be served.
import type { Answer, Handler } from './packet.js';
import { PACKETS } from './packets/index.js';
import { refusalOf } from './refusals.js';
import { errorReply, UNKNOWN } from './replies.js';
import type { GdbSession } from './session.js';

/** Never rejects. */
export async function answer(session: GdbSession, content: string): Promise<Answer> {
  const found = lookUp(content);
  if (found === null) return UNKNOWN;
  try {
    return await found.handler(session, found.args);
  } catch (error) {
    const { errno, message } = refusalOf(error);
    return errorReply(session.settings, errno, message);
  }
}

interface Found {
  readonly handler: Handler;
  readonly args: string;
}

/** A name is one letter, or, after q, Q, v, j, all letters that follow (`vCont?` has its mark in the name). */
function lookUp(content: string): Found | null {
  const name = /^[qQvj][A-Za-z]*(?:(?<=vCont)\?)?/.exec(content)?.[0] ?? content.charAt(0);
  const handler = PACKETS.get(name);
  if (handler === undefined) return null;
  const args = content.slice(name.length);
  return { handler, args: name.length > 1 ? args.replace(/^[:;,]/, '') : args };
}

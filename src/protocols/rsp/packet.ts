// One packet as it is sent, and its content as it is meant.
//
//   $ CONTENT # SUM      a packet; the other side answers + or -, until no-ack mode is agreed on
//   % CONTENT # SUM      a notification, which nobody acknowledges
//   SUM                  two hex digits: the sum of the bytes of CONTENT as they are sent, modulo 256
//
// In CONTENT a byte that would be taken for something else is sent as } and the byte XOR 0x20; c*N stands for c and N - 29 more of it.
import { bytesOf } from './bytes.js';
import { checksum } from './checksum.js';
import { hexOfBytes } from './hex.js';

export const PACKET_START = 0x24;
export const NOTIFICATION_START = 0x25;
export const PACKET_END = 0x23;
const ESCAPE = '}';
const REPEAT = '*';
const ESCAPE_BIT = 0x20;
/** A repeat's count is the character's code less this. */
const REPEAT_BASE = 29;

/** A packet, ready to be sent. `content` is a byte string, not escaped yet. */
export function encodePacket(content: string): Uint8Array {
  return frame(PACKET_START, content);
}

/** A notification, ready to be sent. */
export function encodeNotification(content: string): Uint8Array {
  return frame(NOTIFICATION_START, content);
}

function frame(start: number, content: string): Uint8Array {
  const body = bytesOf(escaped(content));
  const bytes = new Uint8Array(body.length + 4);
  bytes[0] = start;
  bytes.set(body, 1);
  bytes[body.length + 1] = PACKET_END;
  bytes.set(bytesOf(hexOfBytes(Uint8Array.of(checksum(body, 0, body.length)))), body.length + 2);
  return bytes;
}

/** With escapes for what a packet's content cannot hold as it is. */
export function escaped(content: string): string {
  return content.replace(/[#$}*]/g, (character) => ESCAPE + String.fromCharCode(character.charCodeAt(0) ^ ESCAPE_BIT));
}

/** What was meant by what was sent; null where it ends within an escape, a repeat is none, or it would be longer than `most` bytes. */
export function decodeContent(sent: string, most: number): string | null {
  if (!sent.includes(ESCAPE) && !sent.includes(REPEAT)) return sent.length <= most ? sent : null;
  let content = '';
  for (let at = 0; at < sent.length; at++) {
    const character = sent.charAt(at);
    if (character === ESCAPE || character === REPEAT) {
      at++;
      if (at === sent.length) return null;
      const more = character === ESCAPE ? unescaped(sent.charCodeAt(at)) : repeated(content, sent.charCodeAt(at));
      if (more === null) return null;
      content += more;
    } else content += character;
    if (content.length > most) return null;
  }
  return content;
}

function unescaped(code: number): string {
  return String.fromCharCode(code ^ ESCAPE_BIT);
}

function repeated(content: string, code: number): string | null {
  const count = code - REPEAT_BASE;
  return content === '' || count < 1 ? null : content.charAt(content.length - 1).repeat(count);
}

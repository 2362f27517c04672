import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byteString, bytesOf } from './bytes.js';
import { checksum } from './checksum.js';
import { encodeNotification, encodePacket, escaped } from './packet.js';
import { type Arrival, PacketReader } from './packet-reader.js';

const MOST = 2000;
const SEED = 20070222;

function read(text: string, most = MOST): Arrival[] {
  return new PacketReader(most).push(bytesOf(text));
}

function framed(sent: string): string {
  const bytes = bytesOf(sent);
  return `$${sent}#${checksum(bytes, 0, bytes.length).toString(16).padStart(2, '0')}`;
}

describe('a reader of packets', () => {
  test('knows what gdb sends', () => {
    expect(read('+$qSupported:multiprocess+#c6')).toEqual([{ kind: 'ack' }, { kind: 'packet', content: 'qSupported:multiprocess+' }]);
    expect(read('\u0003-')).toEqual([{ kind: 'interrupt' }, { kind: 'nack' }]);
  });

  test('undoes escapes and repeats', () => {
    expect(read(framed('X0,3:}\u0003}\u0004}]'))).toEqual([{ kind: 'packet', content: 'X0,3:#$}' }]);
    expect(read(framed('0* '))).toEqual([{ kind: 'packet', content: '0000' }]);
    expect(read(framed('0*"00* '))).toEqual([{ kind: 'packet', content: '00000000000' }]);
  });

  test('says what is damaged, and reads on', () => {
    expect(read('$OK#00$OK#9a')).toEqual([
      { kind: 'damaged', why: 'checksum' },
      { kind: 'packet', content: 'OK' },
    ]);
    expect(read(`${framed('m}')}${framed('*"')}$OK#9a`)).toEqual([
      { kind: 'damaged', why: 'escape' },
      { kind: 'damaged', why: 'escape' },
      { kind: 'packet', content: 'OK' },
    ]);
    expect(read('$OK#zz$OK#9a')).toHaveLength(2);
  });

  test('takes no packet that is too long, however it is written', () => {
    expect(read(framed('a'.repeat(11)), 10)).toEqual([{ kind: 'damaged', why: 'too-long' }]);
    expect(read(framed('a'.repeat(21)), 10)).toEqual([{ kind: 'damaged', why: 'too-long' }]);
    expect(read(framed('a*~'), 10)).toEqual([{ kind: 'damaged', why: 'escape' }]);
    expect(read(framed('a'.repeat(10)), 10)).toEqual([{ kind: 'packet', content: 'a'.repeat(10) }]);
  });

  test('begins anew where a packet was cut off', () => {
    expect(read('$m12$OK#9a')).toEqual([{ kind: 'packet', content: 'OK' }]);
  });

  test('reads back whatever was encoded, however it is cut', () => {
    const contents = fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 300 })), { maxLength: 5 });
    fc.assert(
      fc.property(contents, fc.integer({ min: 1, max: 50 }), (packets, piece) => {
        const sent = packets.map(([notifies, bytes]) => (notifies ? encodeNotification : encodePacket)(byteString(bytes)));
        const stream = Uint8Array.from(sent.flatMap((bytes) => [...bytes]));
        const reader = new PacketReader(MOST);
        const arrivals: Arrival[] = [];
        for (let at = 0; at < stream.length; at += piece) arrivals.push(...reader.push(stream.subarray(at, at + piece)));
        expect(arrivals).toEqual(
          packets.map(([notifies, bytes]) => ({ kind: notifies ? 'notification' : 'packet', content: byteString(bytes) })),
        );
      }),
      { seed: SEED },
    );
  });

  test('survives 100,000 damaged streams and knows the next packet', () => {
    let past = 0;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), fc.boolean(), (noise, isFramed) => {
        const sent = isFramed ? framed(escaped(byteString(noise)).replace(/[$#]/g, '')) : byteString(noise);
        // Two more packets: the first ends whatever the noise has begun.
        const arrivals = read(`${sent}$OK#9a$OK#9a`);
        expect(arrivals.at(-1)).toEqual({ kind: 'packet', content: 'OK' });
        if (arrivals.some((arrival) => arrival.kind === 'packet' && arrival.content !== 'OK')) past++;
      }),
      { seed: SEED, numRuns: 100_000 },
    );
    // The random boolean lets half of them past the checksum, less those that are empty.
    expect(past).toBeGreaterThan(45_000);
  }, 60_000);
});

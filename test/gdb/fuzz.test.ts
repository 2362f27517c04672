// Whatever comes over a connection, the server answers and lives: 100,000 inputs, most of them past the framing, over a made process.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteString, bytesOf, encodePacket, PacketReader } from '../../src/protocols/rsp/index.js';
import { PACKETS } from '../../src/servers/gdb/packets/index.js';
import { PACKET_SIZE } from '../../src/servers/gdb/settings.js';
import { fakeTarget } from '../session/fake-control.js';
import { Talk } from './talk.js';

const SEED = 20070222;
const INPUTS = 100_000;
/** Of one connection, unless an input ends it. */
const BATCH = 250;

/** Packets that mean something, to be changed a little. */
const VALID: readonly string[] = [
  ...[
    '?',
    'g',
    'p10',
    'P10=3412000000000000',
    'm1000,10',
    'M1000,2:0102',
    'X1000,2:ab',
    'Hg0',
    'Hgp64.64',
    'Hc-1',
    'T64',
    'qC',
    'D;99',
    'vKill;99',
  ],
  ...[
    'Z0,1000,1',
    'Z1,1000,1',
    'Z2,1000,8',
    'Z3,1000,4',
    'Z4,1000,18',
    'z0,1000,1',
    'z1,1000,1',
    'z2,1000,8',
    'vCont?',
    'vCont;c',
    'vStopped',
  ],
  ...[
    'vCont;s:p64.64;c',
    'vCont;r0,10:64',
    'vCont;t',
    'c',
    's',
    'C05',
    'S05',
    'vCtrlC',
    'QNonStop:0',
    'QNonStop:1',
    'QPassSignals:e;10',
    'qAttached',
  ],
  ...[
    'qSupported:multiprocess+;xmlRegisters=i386',
    'qfThreadInfo',
    'qsThreadInfo',
    'qThreadExtraInfo,p64.64',
    'qXfer:features:read:target.xml:0,100',
  ],
  ...[
    'qXfer:auxv:read::0,100',
    'qXfer:threads:read::0,100',
    'qXfer:libraries-svr4:read:start=10;prev=0;:0,100',
    'qXfer:siginfo:read::0,80',
    'qXfer:siginfo:write::0:\n\0\0\0',
    'qGetTLSAddr:p1267.1267,10,7ffff7ffe2e0',
    'qGetTLSAddr:1267,0,0',
  ],
  ...['qXfer:exec-file:read:64:0,100', 'vFile:setfs:0', 'vFile:open:2f646576,0,0', 'vFile:pread:4,10,0', 'vFile:fstat:4', 'vFile:close:4'],
  ...[
    'vFile:readlink:2f70726f632f73656c66',
    'qRcmd,68656c70',
    'qRcmd,736c6f7473',
    'QThreadSuffixSupported',
    'p10;thread:64;',
    'qThreadStopInfo64',
  ],
  ...[
    'qMemoryRegionInfo:1000',
    'qRegisterInfo10',
    'qHostInfo',
    'qProcessInfo',
    'QEnableErrorStrings',
    'qShlibInfoAddr',
    'vMustReplyEmpty',
    '_M10,rwx',
  ],
];

/** A packet with some of it changed, left out, doubled or put in. */
const changed = fc
  .tuple(
    fc.constantFrom(...VALID),
    fc.array(
      fc.tuple(fc.nat(), fc.constantFrom('change', 'drop', 'double', 'insert', 'cut'), fc.constantFrom(...'0123456789abcf,;:.-+p=\0\xff')),
      {
        maxLength: 4,
      },
    ),
  )
  .map(([packet, changes]) => changes.reduce((text, [at, how, by]) => change(text, at % (text.length + 1), how, by), packet));

function change(text: string, at: number, how: string, by: string): string {
  const [before, after] = [text.slice(0, at), text.slice(at)];
  if (how === 'change') return before + by + after.slice(1);
  if (how === 'drop') return before + after.slice(1);
  if (how === 'double') return before + after + after;
  return how === 'insert' ? before + by + after : before;
}

const named = fc
  .tuple(fc.constantFrom(...PACKETS.keys()), fc.constantFrom('', ':', ';', ','), fc.uint8Array({ maxLength: 16 }))
  .map(([name, separator, rest]) => name + separator + byteString(rest));

const input = fc.oneof(
  { weight: 6, arbitrary: changed.map(encodePacket) },
  { weight: 2, arbitrary: named.map(encodePacket) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 32 }) },
  { weight: 1, arbitrary: changed.map((text) => bytesOf(`$${text}#00`)) },
);

/** Whether it is a packet that comes through. */
function isPacket(bytes: Uint8Array): boolean {
  return new PacketReader(PACKET_SIZE).push(bytes).some(({ kind }) => kind === 'packet');
}

function newTalk(): Talk {
  return new Talk(fakeTarget().shared.join({ name: 'fuzz', role: 'controls' }));
}

test(`${INPUTS} inputs`, { timeout: 300_000 }, async () => {
  let inputs = 0;
  let pastFraming = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(input, { minLength: BATCH, maxLength: BATCH }), async (batch) => {
      let talk = newTalk();
      for (const bytes of batch) {
        if (talk.isClosed) talk = newTalk();
        talk.raw(bytes);
        // Ends what the input may have begun; and nothing waits for a thread that runs for ever.
        talk.send('vMustReplyEmpty');
        await talk.until(() => talk.isClosed || talk.answers.at(-1) === '');
        expect(talk.said.filter((line) => line.startsWith('cannot steer'))).toEqual([]);
        talk.answers.length = 0;
        inputs++;
        if (isPacket(bytes)) pastFraming++;
      }
      await talk[Symbol.asyncDispose]();
    }),
    { seed: SEED, numRuns: INPUTS / BATCH },
  );
  expect(inputs).toBe(INPUTS);
  expect(pastFraming).toBeGreaterThan(INPUTS / 2);
});

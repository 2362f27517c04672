// The instruction before an address in a real library, with and without symbols, against objdump's linear disassembly.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import {
  type CodeSource,
  codeFromBytes,
  type InstructionDecoder,
  loadDecoder,
  PreviousInstructionFinder,
} from '../../src/instructions/index.js';
import { describeWith } from '../helpers/requirement.js';

/** Addresses that are asked about, evenly spread. */
const QUESTIONS = 5000;

describeWith(['gcc', 'command:readelf', 'command:objdump'], 'the C library', () => {
  let decoder: InstructionDecoder;
  let code: CodeSource;
  let listing: Listing;
  let questions: number[];

  beforeAll(async () => {
    const path = execFileSync('gcc', ['-print-file-name=libc.so.6'], { encoding: 'latin1' }).trim();
    decoder = await loadDecoder();
    code = readText(path);
    listing = disassemble(path);
    const step = Math.max(1, Math.floor(listing.addresses.length / QUESTIONS));
    // The first kilobyte has too little before it to speak for the rest.
    questions = listing.addresses.map((_, index) => index).filter((index) => index > 256 && index % step === 0);
  });

  test('without symbols it is the right one or one of the candidates', () => {
    const finder = new PreviousInstructionFinder(decoder, code, () => null);
    const answers = questions.map((index) => ({ index, previous: finder.before(listing.addresses[index] ?? 0n) }));
    const wrong = answers.filter(({ index, previous }) => !previous.plans.some(({ lo }) => BigInt(lo) === listing.addresses[index - 1]));
    const agreed = answers.filter(({ previous }) => previous.certainty === 'agreement');
    expect(wrong.map(({ index }) => listing.addresses[index]?.toString(16))).toEqual([]);
    expect(agreed.every(({ previous }) => previous.plans.length === 1)).toBe(true);
    expect(agreed.length / answers.length).toBeGreaterThan(0.95);
  });

  test('with symbols it is certain and right', () => {
    const starts = listing.functions;
    const finder = new PreviousInstructionFinder(decoder, code, (address) => starts.findLast((start) => start <= address) ?? null);
    const answers = questions.map((index) => ({ index, previous: finder.before(listing.addresses[index] ?? 0n) }));
    const certain = answers.filter(({ previous }) => previous.certainty === 'function');
    const wrong = certain.filter(({ index, previous }) => BigInt(previous.plans[0]?.lo ?? 0) !== listing.addresses[index - 1]);
    expect(wrong.map(({ index }) => listing.addresses[index]?.toString(16))).toEqual([]);
    expect(certain.length / answers.length).toBeGreaterThan(0.95);
  });
});

interface Listing {
  /** Of all instructions, ascending. */
  readonly addresses: readonly bigint[];
  readonly functions: readonly bigint[];
}

function disassemble(path: string): Listing {
  const text = execFileSync('objdump', ['-d', '-w', '--no-show-raw-insn', '-j', '.text', path], { encoding: 'latin1', maxBuffer: 1 << 29 });
  const parse = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, hex]) => BigInt(`0x${hex}`));
  return { addresses: parse(/^\s+([0-9a-f]+):\t/gm), functions: parse(/^([0-9a-f]+) <[^>]+>:$/gm) };
}

function readText(path: string): CodeSource {
  const sections = execFileSync('readelf', ['-S', '-W', path], { encoding: 'latin1' });
  const [, address = '', offset = '', size = ''] = / \.text\s+PROGBITS\s+(\w+)\s+(\w+)\s+(\w+)/.exec(sections) ?? [];
  const start = Number.parseInt(offset, 16);
  return codeFromBytes(BigInt(`0x${address}`), readFileSync(path).subarray(start, start + Number.parseInt(size, 16)));
}

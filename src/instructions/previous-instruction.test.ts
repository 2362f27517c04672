import { describe, expect, test } from 'vitest';
import { codeFromBytes } from './code-source.js';
import { loadDecoder } from './decoder.js';
import { PreviousInstructionFinder, type PreviousInstructions } from './previous-instruction.js';

const START = 0x40_1000n;
const decoder = await loadDecoder();

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

/** Offsets from START of the instructions found before the end of `hex`. */
function endingWith(hex: string, start: bigint | null): { certainty: PreviousInstructions['certainty']; offsets: number[] } {
  const bytes = bytesOf(hex);
  const finder = new PreviousInstructionFinder(decoder, codeFromBytes(START, bytes), () => start);
  const { certainty, plans } = finder.before(START + BigInt(bytes.length));
  return { certainty, offsets: plans.map(({ lo }) => lo - Number(START)) };
}

describe('from the start of the function', () => {
  test('is the one that linear decoding arrives at', () => {
    // mov eax, 0x0189_4889; mov [rbx], rax: the immediate's bytes look like instructions of their own.
    expect(endingWith('b8 89 48 89 01 48 89 03', START)).toEqual({ certainty: 'function', offsets: [5] });
  });

  test('a start from which decoding does not arrive at the address is not trusted', () => {
    // The symbol points into the middle of the immediate.
    expect(endingWith('48 89 03 b8 00 00 00 00', START + 7n).certainty).toBe('candidates');
  });

  test('later addresses continue where earlier ones left off', () => {
    const bytes = bytesOf('90 89 03 90 48 89 03 50');
    const finder = new PreviousInstructionFinder(decoder, codeFromBytes(START, bytes), () => START);
    const lengths = [8, 3, 7, 4, 1].map((end) => finder.before(START + BigInt(end)).plans.map(({ length }) => length));
    expect(lengths).toEqual([[1], [2], [3], [1], [1]]);
  });

  test('forgets code that has changed', () => {
    let bytes = bytesOf('90 90 90 90');
    const finder = new PreviousInstructionFinder(
      decoder,
      { read: (address, length) => codeFromBytes(START, bytes).read(address, length) },
      () => START,
    );
    expect(finder.before(START + 4n).plans[0]?.length).toBe(1);
    bytes = bytesOf('90 48 89 03');
    finder.clear();
    expect(finder.before(START + 4n).plans[0]?.length).toBe(3);
  });
});

describe('without symbols', () => {
  test('is the one that all paths through enough code agree on', () => {
    const body = 'b8 01 00 00 00 48 8b 4b 10 83 c1 05 48 89 c8 '.repeat(20);
    expect(endingWith(`${body} 48 89 03`, null)).toEqual({ certainty: 'agreement', offsets: [300] });
  });

  test('is everything that ends there when there is too little code', () => {
    // cs mov [rbx], rax and its tails without prefixes
    expect(endingWith('2e 48 89 03', null)).toEqual({ certainty: 'candidates', offsets: [0, 1, 2] });
  });

  test('is nothing where nothing can be read', () => {
    const finder = new PreviousInstructionFinder(decoder, { read: () => null }, () => null);
    expect(finder.before(START)).toEqual({ certainty: 'candidates', plans: [] });
  });
});

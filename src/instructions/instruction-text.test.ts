import { describe, expect, test } from 'vitest';
import { codeFromBytes } from './code-source.js';
import { loadDecoder } from './decoder.js';
import { InstructionTexts } from './instruction-text.js';

const START = 0x40_1000n;
const decoder = await loadDecoder();

/** The first instruction of the bytes `hex`. */
function textOf(hex: string): string | null {
  const code = codeFromBytes(START, Uint8Array.from(Buffer.from(hex, 'hex')));
  return new InstructionTexts(decoder, code).at(Number(START), 0)?.text ?? null;
}

describe("Intel's syntax, with the size of what is touched", () => {
  test.each([
    ['8345fc01', 'add dword ptr [rbp-4], 1'],
    ['4889442410', 'mov qword ptr [rsp+0x10], rax'],
    ['c7050200000005000000', 'mov dword ptr [0x40100c], 5'],
    ['48832d11ff0000ff', 'sub qword ptr [0x410f19], -1'],
    ['f0480fc107', 'lock xadd qword ptr [rdi], rax'],
    ['f3a4', 'rep movsb byte ptr [rdi], byte ptr [rsi]'],
    ['64488b042528000000', 'mov rax, qword ptr fs:[0x28]'],
    ['66f30f7f4518', 'movdqu xmmword ptr [rbp+0x18], xmm0'],
    ['ff25aa0e0000', 'jmp qword ptr [0x401eb0]'],
    ['e8fbffffff', 'call 0x401000'],
    ['c3', 'ret'],
  ])('%s is %s', (hex, text) => {
    expect(textOf(hex)).toBe(text);
  });

  test('what is no instruction, or cannot be read, has no text', () => {
    expect(textOf('06')).toBeNull();
    expect(new InstructionTexts(decoder, codeFromBytes(START, new Uint8Array(4))).at(0, 0)).toBeNull();
  });
});

test('code is read once for each address, until it is forgotten', () => {
  let reads = 0;
  const code = codeFromBytes(START, Uint8Array.of(0xc3, 0x06));
  const texts = new InstructionTexts(decoder, {
    read(address, length) {
      reads++;
      return code.read(address, length);
    },
  });
  const first = texts.at(Number(START), 0);
  expect(texts.at(Number(START), 0)).toBe(first);
  expect([texts.at(Number(START) + 1, 0), texts.at(Number(START) + 1, 0)]).toEqual([null, null]);
  expect(reads).toBe(2);
  texts.clear();
  expect(texts.at(Number(START), 0)).toEqual(first);
  expect(reads).toBe(3);
});

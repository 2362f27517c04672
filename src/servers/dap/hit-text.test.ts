import { expect, test } from 'vitest';
import { as, type VirtualAddress } from '../../base/brand.js';
import type { Hit, WatchInfo } from '../../model/hit.js';
import type { Breakpoint } from './breakpoint.js';
import { changeText, whereText } from './hit-text.js';

const WATCH: WatchInfo = {
  ...{ expression: 'hp', address: as<VirtualAddress>(0x4000n), size: 1, access: 'write' },
  type: { kind: 'unsigned', size: 1, name: 'u8' },
};
const HIT: Hit = {
  ...{ kind: 'hit', watch: WATCH, time: 0n, pid: 4, tid: 5, comm: 'game', cpu: 0, ip: as<VirtualAddress>(0x1000n), instruction: null },
  place: { function: 'hurt', file: 'game.c', line: 3, module: 'game', offset: 4 },
  ...{ oldBytes: Uint8Array.of(9), newBytes: Uint8Array.of(8), oldValue: 9, newValue: 8, valueSource: 'registers' },
  ...{ kernel: false, repeat: 1, sameValue: false, stack: null, cgroup: null },
};
const BREAKPOINT: Breakpoint = {
  id: 1,
  wish: { kind: 'data', key: 'write hp', condition: null, hitCondition: null, logMessage: null },
  ...{ hitCondition: null, place: { file: null, line: null, address: null }, watches: [], message: null },
  ...{ shown: null, start: null, isMissing: false, isLate: false, hits: 1 },
};

test('a change has its old and its new value', () => {
  expect(changeText(HIT, BREAKPOINT)).toBe('hp: 9 -> 8');
  expect(changeText({ ...HIT, sameValue: true }, BREAKPOINT)).toBe('hp: 8 (written, unchanged)');
  expect(changeText({ ...HIT, watch: { ...WATCH, access: 'readwrite' }, sameValue: true }, BREAKPOINT)).toBe(
    'hp: 8 (read, or written with what it held)',
  );
  expect(changeText(HIT, { ...BREAKPOINT, shown: { label: "who's", type: { kind: 'bool', size: 1, name: 'bool' } } })).toBe(
    "who's: true -> true",
  );
});

test('what it held when it was armed is the old value of the first hit only', () => {
  const unknown = { ...HIT, oldBytes: null };
  expect(changeText(unknown, { ...BREAKPOINT, start: Uint8Array.of(7) })).toBe('hp: 7 -> 8');
  expect(changeText(unknown, { ...BREAKPOINT, start: Uint8Array.of(7), hits: 2 })).toBe('hp: ? -> 8');
});

test('where it happened is told as far as it is known', () => {
  expect(whereText(HIT)).toBe('in hurt at game.c:3, thread 5 (game)');
  const nowhere = { function: null, file: null, line: null, module: 'libx.so', offset: null };
  expect(whereText({ ...HIT, place: nowhere, comm: null })).toBe('in libx.so, thread 5');
  expect(whereText({ ...HIT, kernel: true })).toBe('by the kernel in hurt at game.c:3, thread 5 (game)');
});

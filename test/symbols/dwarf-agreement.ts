// Every variable that gdb finds in a program must be found by us, with the same name, function, address and type.
import { expect } from 'vitest';
import type { DebugInfo } from '../../src/symbols/debug-info.js';
import { compareVariable } from './dwarf-compare.js';
import { gdbVariables } from './dwarf-gdb.js';

/** Fails on any difference between what gdb says of `program` and `info`, or where gdb finds no more than `atLeast` variables. */
export function expectAgreement(program: string, info: DebugInfo, atLeast: number): void {
  const theirs = gdbVariables(program);
  expect(theirs.length).toBeGreaterThan(atLeast);
  expect(theirs.flatMap((variable) => compareVariable(info, variable))).toEqual([]);
  expect(info.problems).toEqual([]);
}

// What a condition speaks of: who compiles or evaluates it needs to have that at hand, and nothing else.
import { assertNever } from '../base/assert.js';
import type { Condition, Fact, FloatOperand, Operand, TextPlace } from './condition.js';

/** Each true where the condition's answer may depend on it. `memory`: other than the watched value itself. */
export type Mentions = Readonly<Record<'old' | 'new' | 'comm' | 'memory' | 'registers' | Fact, boolean>>;

type Found = Record<keyof Mentions, boolean>;

/** All that `condition` speaks of. */
export function mentions(condition: Condition): Mentions {
  const found: Found = {
    ...{ old: false, new: false, comm: false, memory: false, registers: false },
    ...{ tid: false, pid: false, cpu: false, kernel: false },
  };
  collect(condition, found);
  return found;
}

function collect(condition: Condition, found: Found): void {
  switch (condition.kind) {
    case 'all':
    case 'any':
      for (const part of condition.of) collect(part, found);
      return;
    case 'not':
      collect(condition.of, found);
      return;
    case 'integers':
      collectOperand(condition.left, found);
      collectOperand(condition.right, found);
      return;
    case 'floats':
      collectFloat(condition.left, found);
      collectFloat(condition.right, found);
      return;
    case 'bytes':
      found.old = true;
      found.new = true;
      return;
    case 'text':
      collectPlace(condition.of, found);
      return;
    case 'comm':
      found.comm = true;
      return;
    default:
      assertNever(condition);
  }
}

function collectFloat(operand: FloatOperand, found: Found): void {
  if (operand.kind !== 'number') collectPlace(operand, found);
}

function collectPlace(place: TextPlace, found: Found): void {
  if (place.kind === 'value') {
    found[place.which] = true;
    return;
  }
  found.memory = true;
  collectOperand(place.address, found);
}

function collectOperand(operand: Operand, found: Found): void {
  switch (operand.kind) {
    case 'value':
      found[operand.which] = true;
      return;
    case 'memory':
      found.memory = true;
      collectOperand(operand.address, found);
      return;
    case 'register':
      found.registers = true;
      return;
    case 'number':
      return;
    case 'fact':
      found[operand.fact] = true;
      return;
    case 'arithmetic':
      collectOperand(operand.left, found);
      collectOperand(operand.right, found);
      return;
    case 'negated':
    case 'inverted':
      collectOperand(operand.of, found);
      return;
    default:
      assertNever(operand);
  }
}

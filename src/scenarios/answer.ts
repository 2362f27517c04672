// What a request on the machine answered, beside what the scenario expects of it.
import { type Linear, u64OfLinear } from '../facility/linear.js';
import type { Errno } from '../facility/rules.js';
import type { Result } from '../interfaces/host.js';
import type { SlotAccess } from '../registers/access.js';
import type { AddressText } from './address.js';
import { bytesOf } from './assemble.js';
import type { Names } from './names.js';
import type { ResultText } from './requests.js';

/** An answer. `value` is also a thread's number or a count. */
export type Answer =
  | { readonly kind: 'ok' }
  | { readonly kind: 'errno'; readonly errno: Errno }
  | { readonly kind: 'state'; readonly state: 'installed' | 'waiting' }
  | { readonly kind: 'value'; readonly value: bigint }
  | { readonly kind: 'thread'; readonly tid: number }
  | { readonly kind: 'signal'; readonly signal: string; readonly code: string | null }
  | { readonly kind: 'slot'; readonly slot: SlotState | null };

/** A breakpoint as it is set. */
export interface SlotState {
  readonly access: SlotAccess;
  readonly address: Linear;
  readonly length: number;
}

const OK: Answer = { kind: 'ok' };

/** Success has nothing to say. */
export function answerOf(result: Result<unknown>): Answer {
  return result.ok ? OK : failure(result.errno);
}

export function failure(errno: Errno): Answer {
  return { kind: 'errno', errno };
}

/** What success says is made by `say`. */
export function answerWith<T>(result: Result<T>, say: (value: T) => Answer): Answer {
  return result.ok ? say(result.value) : failure(result.errno);
}

/** The value that `text` stands for: a number, or the address of a name. */
export function valueMeant(names: Names, text: AddressText): bigint {
  return text.kind === 'number' ? text.value : u64OfLinear(names.place(text));
}

/** Whether `answer` is what was expected. A registration that is installed or waits is a success, too. */
export function isExpected(names: Names, expected: ResultText, answer: Answer): boolean {
  switch (expected.kind) {
    case 'ok':
      return answer.kind !== 'errno';
    case 'errno':
      return answer.kind === 'errno' && answer.errno === expected.errno;
    case 'state':
      return answer.kind === 'state' && answer.state === expected.state;
    case 'value':
      return isValue(names, expected.value, answer);
    case 'signal':
      return answer.kind === 'signal' && answer.signal === expected.signal && (expected.code === null || expected.code === answer.code);
    case 'slot': {
      if (answer.kind !== 'slot') return false;
      if (expected.breakpoint === null || answer.slot === null) return expected.breakpoint === null && answer.slot === null;
      const { at, length } = bytesOf(names.layout, expected.breakpoint.range);
      return isSlot(answer.slot, { access: expected.breakpoint.access, address: at, length });
    }
  }
}

function isValue(names: Names, text: AddressText, answer: Answer): boolean {
  if (answer.kind === 'thread') return text.kind === 'name' && names.tidOf(text.name) === answer.tid;
  return answer.kind === 'value' && answer.value === valueMeant(names, text);
}

/** Whether two slots watch the same. */
export function isSlot(a: SlotState, b: SlotState): boolean {
  return a.access === b.access && a.address === b.address && a.length === b.length;
}

/** `answer` in the scenario's own words. */
export function answerText(names: Names, answer: Answer): string {
  switch (answer.kind) {
    case 'ok':
      return 'ok';
    case 'errno':
      return answer.errno;
    case 'state':
      return answer.state;
    case 'value':
      return names.valueText(answer.value);
    case 'thread':
      return names.thread(answer.tid);
    case 'signal':
      return answer.code === null ? answer.signal : `${answer.signal} ${answer.code}`;
    case 'slot':
      return answer.slot === null ? 'off' : slotText(names, answer.slot);
  }
}

/** `write a:4` */
export function slotText(names: Names, { access, address, length }: SlotState): string {
  const place = names.placeText(address);
  return access === 'execute' ? `execute ${place}` : `${access} ${place}:${length}`;
}

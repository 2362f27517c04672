// Kernels with one rule changed: a scenario's own variant of a kernel, and its mutants.
import type { Rules } from '../facility/rules.js';
import { KERNELS } from '../machine/kernels/index.js';
import type { RuleChange } from './scenario.js';

type Field = string | number | boolean;

/** All rules that can be changed: `loading`, `trap.dr6`. */
export function ruleFields(): string[] {
  return Object.entries(KERNELS.hwbkpt).flatMap(([name, value]: [string, unknown]) => {
    if (name === 'kernel') return [];
    return isGroup(value) ? Object.keys(value).map((field) => `${name}.${field}`) : [name];
  });
}

/** Values that `field` has in some kernel, for messages. */
export function knownValues(field: string): string[] {
  return [...new Set(Object.values(KERNELS).map((rules) => String(fieldOf(rules, field))))];
}

/** Whether the rule is of the kind that `value` is. */
export function fitsRule(field: string, value: Field): boolean {
  return typeof fieldOf(KERNELS.hwbkpt, field) === typeof value;
}

/** `rules` with one field other than it is. Throws RangeError where there is no such rule. */
export function changeRule(rules: Rules, { field, value }: Pick<RuleChange, 'field' | 'value'>): Rules {
  const [group = '', name] = field.split('.');
  const before: unknown = Reflect.get(rules, group);
  if (fieldOf(rules, field) === undefined) throw new RangeError(`there is no rule ${field}`);
  // The checker has seen that the rule exists and takes this kind of value.
  const after = name !== undefined && isGroup(before) ? { ...before, [name]: value } : value;
  return { ...rules, [group]: after } as Rules;
}

function fieldOf(rules: Rules, field: string): unknown {
  const [group = '', name, ...more] = field.split('.');
  if (more.length > 0 || !Object.hasOwn(rules, group)) return undefined;
  const value: unknown = Reflect.get(rules, group);
  if (name === undefined) return isGroup(value) ? undefined : value;
  return isGroup(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

// Kernels with one rule changed: a scenario's own variant of a kernel, and its mutants.
import type { LifeRules, Rules, TrapRules } from '../facility/rules.js';
import { KERNELS } from '../machine/kernels/index.js';
import type { RuleChange } from './scenario.js';

type Field = RuleChange['value'];

/** Values that no kernel has, and that are there for mutants. */
const OF_NO_KERNEL: Readonly<Record<string, readonly string[]>> = {
  'life.exec': ['keep'] satisfies LifeRules['exec'][],
  'trap.dr7': ['each-until-signal'] satisfies TrapRules['dr7'][],
};

/** All rules that can be changed: `loading`, `trap.dr6`. */
export function ruleFields(): string[] {
  return Object.entries(KERNELS.hwbkpt).flatMap(([name, value]: [string, unknown]) => {
    if (name === 'kernel') return [];
    return isGroup(value) ? Object.keys(value).map((field) => `${name}.${field}`) : [name];
  });
}

/** Values that `field` has in some kernel or mutant; of si_codes, what any of them is in some kernel. */
export function knownValues(field: string): string[] {
  const fields = field.startsWith('codes.') ? ruleFields().filter((one) => one.startsWith('codes.')) : [field];
  const values = fields.flatMap((one) => Object.values(KERNELS).map((rules) => fieldOf(rules, one)));
  const known = values.filter((value) => value !== null).map(String);
  return [...new Set([...known, ...(OF_NO_KERNEL[field] ?? [])])];
}

/** Whether the rule can be `value`: any number or truth value where kernels have such, and a word that is known. */
export function fitsRule(field: string, value: Field): boolean {
  const isOfKind = Object.values(KERNELS).some((rules) => typeof fieldOf(rules, field) === typeof value);
  return isOfKind && (typeof value !== 'string' || knownValues(field).includes(value));
}

/** `rules` with one field other than it is. Throws RangeError where there is no such rule. */
export function changeRule(rules: Rules, { field, value }: Pick<RuleChange, 'field' | 'value'>): Rules {
  const [group = '', name] = field.split('.');
  const before: unknown = Reflect.get(rules, group);
  if (fieldOf(rules, field) === undefined) throw new RangeError(`there is no rule ${field}`);
  // The checker has seen that the rule exists and takes this value.
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

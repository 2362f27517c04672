// The part of docs/kernels.md about rules: a table for each group of `Rules`, a column for each kernel. Pure.
import type { Rules } from '#hwbkpt/facility/rules.js';
import { EXPLANATIONS, type RuleText } from '#hwbkpt/machine/kernels/explanations.js';
import { KERNELS } from '#hwbkpt/machine/kernels/index.js';
import { markdownTable } from './markdown-table.js';

/** Stands where a kernel has what the first one has. */
const SAME = '·';

/** Fields of one group of `Rules`: `raw` and what is in it, or, under the empty name, those that are in no group. */
interface Group {
  readonly title: string;
  readonly path: keyof typeof EXPLANATIONS | '';
}

const GROUPS: readonly Group[] = [
  { title: 'Sharing and loading', path: '' },
  { title: 'Raw registers', path: 'raw' },
  { title: 'Life', path: 'life' },
  { title: 'Debug exceptions', path: 'trap' },
  { title: 'Signal codes', path: 'codes' },
];

/** All rules, group by group. */
export function rulesPart(): string {
  return GROUPS.map(groupPart).join('\n\n');
}

function groupPart({ title, path }: Group): string {
  const rules = textsIn(path);
  const table = markdownTable(
    ['rule', ...Object.keys(KERNELS)],
    rules.map(({ field, text }) => [`\`${field}\`: ${text.what}`, ...cells(field)]),
  );
  const values = rules.flatMap(({ field, text }) => (text.values === undefined ? [] : [`- \`${field}\`: ${valuesText(text.values)}`]));
  return [`### ${title}`, table, ...(values.length === 0 ? [] : [values.join('\n')])].join('\n\n');
}

/** A field as `Rules` has it, `trap.dr6`, and what it says. */
interface Rule {
  readonly field: string;
  readonly text: RuleText;
}

function textsIn(path: Group['path']): Rule[] {
  const group: unknown = path === '' ? EXPLANATIONS : EXPLANATIONS[path];
  const fields = Object.entries<unknown>(group as Readonly<Record<string, unknown>>);
  return fields.flatMap(([field, text]) => (isText(text) ? [{ field: path === '' ? field : `${path}.${field}`, text }] : []));
}

function isText(text: unknown): text is RuleText {
  return typeof text === 'object' && text !== null && 'what' in text;
}

function valuesText(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([value, meaning]) => `**${value}**: ${meaning}`)
    .join('; ');
}

function cells(field: string): string[] {
  const [first = '', ...others] = Object.values(KERNELS).map((rules) => valueText(field, fieldOf(rules, field)));
  return [first, ...others.map((text) => (text === first ? SAME : text))];
}

function fieldOf(rules: Rules, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined), rules);
}

function valueText(field: string, value: unknown): string {
  if (field === 'raw.refusedFields' && typeof value === 'number') return refusedText(value);
  if (typeof value === 'number') return hexadecimal(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === null ? 'none' : String(value);
}

/** Addresses are beyond 32 bits; registers are signed 32-bit numbers. */
function hexadecimal(value: number): string {
  if (value === 0) return '0';
  return `0x${(value < 0 ? value >>> 0 : value).toString(16)}`;
}

/** By LEN: 00, 01, 10, 11. */
const LENGTHS = ['1', '2', '8', '4'];
/** By R/W. */
const ACCESSES = ['execute', 'write', 'I/O', 'readwrite'];

/** What a mask refuses: bit LEN<<2|R/W. Whole lengths first, then whole accesses, then what is left of an access. */
function refusedText(mask: number): string {
  if (mask === 0) return 'nothing';
  const isRefused = (access: number, length: number): boolean => ((mask >>> ((length << 2) | access)) & 1) === 1;
  const all = [0, 1, 2, 3];
  const lengths = all.filter((length) => all.every((access) => isRefused(access, length)));
  const left = all.filter((length) => !lengths.includes(length));
  const refused = all.map((access) => ({ name: ACCESSES[access], of: left.filter((length) => isRefused(access, length)) }));
  const whole = refused.filter((one) => one.of.length === left.length).map(({ name }) => name);
  const partly = refused
    .filter((one) => one.of.length > 0 && one.of.length < left.length)
    .map(({ name, of }) => `${name} of ${bytesText(of)}`);
  const parts = [...(lengths.length === 0 ? [] : [`all of ${bytesText(lengths)}`]), ...whole, ...partly];
  return `${parts.join(', ')} (0x${mask.toString(16)})`;
}

function bytesText(lengths: readonly number[]): string {
  const bytes = lengths.map((length) => LENGTHS[length]).sort();
  const last = bytes.pop();
  return `${bytes.length === 0 ? '' : `${bytes.join(', ')} or `}${last} bytes`;
}

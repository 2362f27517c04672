// One scenario under all kernels, side by side: a row for each question to which they have different answers.
import type { KernelName } from '../facility/rules.js';
import { KERNELS } from '../machine/kernels/index.js';
import { type Run, runScenario, type Scenario, setColumns } from '../scenarios/index.js';

const WIDTH = 160;
const LEAST = 9;

/** What each kernel answers to one line of the script; null where it did not get so far. */
export interface Comparison {
  readonly line: number;
  readonly subject: string;
  readonly found: ReadonlyMap<KernelName, string>;
  readonly differ: boolean;
}

/** Runs `scenario` under every kernel. */
export function runAllKernels(scenario: Scenario): Run[] {
  return Object.values(KERNELS).map((rules) => runScenario(scenario, rules));
}

/** Answers side by side, in the order of the script; the same question asked again at once only if the answers are new. */
export function compareKernels(runs: readonly Run[]): Comparison[] {
  const rows = new Map<number, Comparison>();
  for (const { rules, observations } of runs) {
    for (const { line, subject, found } of observations) {
      const row = rows.get(line);
      const before = row?.found ?? new Map<KernelName, string>();
      rows.set(line, { line, subject, found: new Map([...before, [rules.kernel, found]]), differ: false });
    }
  }
  const sorted = [...rows.values()].sort((a, b) => a.line - b.line);
  return sorted.filter((_, at) => !isRepeated(sorted, at)).map((row) => ({ ...row, differ: new Set(row.found.values()).size > 1 }));
}

/** Whether one of the lines directly above it asked the same and got the same. */
function isRepeated(rows: readonly Comparison[], at: number): boolean {
  const row = rows[at];
  for (let above = at - 1; row !== undefined && rows[above]?.line === row.line - (at - above); above--) {
    const before = rows[above];
    if (before?.subject === row.subject && [...row.found].every(([kernel, found]) => before.found.get(kernel) === found)) return true;
  }
  return false;
}

/** The table of those that differ, and how many do not. */
export function kernelsTable(scenario: Scenario, runs: readonly Run[]): string[] {
  const all = compareKernels(runs);
  const differing = all.filter(({ differ }) => differ);
  const same = all.length - differing.length;
  const head = [`${scenario.title} (all kernels)`, ''];
  if (differing.length === 0) return [...head, `all kernels answer the same to ${same} ${same === 1 ? 'question' : 'questions'}`];
  const names = runs.map(({ rules }) => rules.kernel);
  const rows = differing.map(({ line, subject, found }) => [`${line} ${subject}`, ...names.map((name) => found.get(name) ?? '-')]);
  const table = setColumns(['line', ...names], rows, { total: WIDTH, least: LEAST });
  return [...head, ...table, '', `${differing.length} differ, ${same} are the same`];
}

/** Expects that do not hold, kernel by kernel: the table says what is, not what should be. */
export function notMetLines(runs: readonly Run[]): string[] {
  return runs.flatMap(({ rules, verdicts }) =>
    verdicts.flatMap(({ line, text, met, found }) => (met ? [] : [`NOT MET on ${rules.kernel}: line ${line}: ${text}; found: ${found}`])),
  );
}

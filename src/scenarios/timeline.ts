// A run as text for people: a column for each CPU and each thread, registers only where they change, and which expects hold.

import { setColumns } from './columns.js';
import { type Cell, type Column, eventCells, loadText, NOTHING_SHOWN, type Shown } from './event-text.js';
import type { Run, RunStep, VirtualChange } from './record.js';

/** Characters a line may have. */
const WIDTH = 160;
/** Narrower than this nothing can be read; 8 CPUs and 8 threads fit. */
const LEAST = 6;

/** Title, timeline, expects and verdict. */
export function timelineLines(run: Run): string[] {
  const { scenario, rules } = run;
  const head = [
    `${scenario.title} (rules: ${rules.kernel})`,
    ...(scenario.sources.length > 0 ? [`from ${scenario.sources.join(', ')}`] : []),
  ];
  return [...head, '', ...table(run), LEGEND, '', ...verdictLines(run)];
}

const LEGEND = "(dr0=...: a CPU's register; [dr0=...]: a thread's own, as its tracer sees it)";

/** A loop's rows that are equal but for the first: said once, and how many there were. */
function folded(rows: readonly (readonly string[])[]): string[][] {
  const kept: string[][] = [];
  let same = 0;
  rows.forEach((row, at) => {
    same = isRepeated(row, rows[at - 1]) ? same + 1 : 0;
    if (same < FOLDED_FROM) kept.push([...row]);
    else if (!isRepeated(row, rows[at + 1])) kept.push([`... ${same - FOLDED_FROM + 1} more like this`, ...row.slice(1).map(() => '')]);
  });
  return kept;
}

function isRepeated(row: readonly string[], next: readonly string[] | undefined): boolean {
  return next !== undefined && row.every((cell, column) => cell === next[column]);
}

/** So many equal rows are shown. */
const FOLDED_FROM = 3;

function table(run: Run): string[] {
  const threads = run.names.threads;
  const columns: Column[] = [{ of: 'script' }];
  for (let cpu = 0; cpu < run.cpus; cpu++) columns.push({ of: 'cpu', cpu });
  for (const { tid } of threads) columns.push({ of: 'thread', tid });
  const head = ['line', ...Array.from({ length: run.cpus }, (_, cpu) => `cpu ${cpu}`), ...threads.map(({ name }) => name)];
  const shown: Shown[] = Array.from({ length: run.cpus }, () => NOTHING_SHOWN);
  const rows = run.steps.map((step) => {
    const cells = stepCells(run, step, shown);
    return columns.map((column) => cellText(cells, column));
  });
  return setColumns(head, folded(rows), { total: WIDTH, least: LEAST });
}

function cellText(cells: readonly Cell[], column: Column): string {
  return cells
    .filter((cell) => isSame(cell.column, column))
    .map(({ text }) => text)
    .join('; ');
}

function isSame(a: Column, b: Column): boolean {
  if (a.of === 'cpu') return b.of === 'cpu' && a.cpu === b.cpu;
  if (a.of === 'thread') return b.of === 'thread' && a.tid === b.tid;
  return b.of === 'script';
}

function stepCells(run: Run, step: RunStep, shown: Shown[]): Cell[] {
  const cells: Cell[] = [{ column: { of: 'script' }, text: firstColumn(step) }];
  if (step.by !== null) cells.push({ column: { of: 'thread', tid: step.by.tid }, text: step.text });
  for (const event of step.events) {
    if (event.type !== 'load') {
      cells.push(...eventCells(run, event));
      continue;
    }
    const text = loadText(run, event, shown[event.cpu] ?? NOTHING_SHOWN);
    shown[event.cpu] = event;
    if (text !== '') cells.push({ column: { of: 'cpu', cpu: event.cpu }, text });
  }
  return [...cells, ...step.virtual.map((change) => virtualCell(run, change))];
}

/** The line's number, what the script says there, and what was answered. */
function firstColumn({ line, text, answer, by }: RunStep): string {
  if (by !== null) return `${line}`;
  const asked = text.replace(/\s*->.*/, '');
  return `${line} ${answer === null ? asked : `${asked} -> ${answer}`}`;
}

function virtualCell({ names }: Run, { tid, register, value }: VirtualChange): Cell {
  const text = register < 4 ? names.valueText(value) : `0x${value.toString(16)}`;
  return { column: { of: 'thread', tid }, text: `[dr${register}=${text}]` };
}

function verdictLines({ verdicts, met }: Run): string[] {
  const lines = verdicts.map(({ line, text, met: isMet, found }) =>
    isMet ? `ok      line ${line}: ${text}` : `NOT MET line ${line}: ${text}; found: ${found}`,
  );
  const failed = verdicts.filter((one) => !one.met).length;
  return [...lines, met ? allMet(verdicts.length) : `${failed} of ${verdicts.length} expectations not met`];
}

function allMet(count: number): string {
  if (count === 0) return 'no expectation is about this kernel';
  return count === 1 ? 'the one expectation is met' : `all ${count} expectations met`;
}

// The part of docs/kernels.md about scenarios: for each what it is about, and a table of what kernels answer differently. Pure.
import type { KernelName } from '#hwbkpt/facility/rules.js';
import { type Comparison, compareKernels, runAllKernels } from '#hwbkpt/lab/index.js';
import { kernelsOf, type RuleChange, type Run, type Scenario } from '#hwbkpt/scenarios/index.js';
import { markdownTable } from './markdown-table.js';

/** A scenario as it was read. */
export interface Sheet {
  /** Of the file, without folder and `.scn`. */
  readonly name: string;
  readonly text: string;
  readonly scenario: Scenario;
}

/** Kernels that answer alike in the whole of a table. */
interface Column {
  readonly kernels: readonly KernelName[];
  readonly answers: readonly string[];
}

/** A row, or several in succession that are answered alike. */
interface Line {
  readonly subjects: readonly string[];
  readonly answers: readonly string[];
}

/** Where a scenario lies, for somebody who reads the page. */
function scenarioLink({ name }: Pick<Sheet, 'name'>): string {
  return `[${name}](../fixtures/scenarios/${name}.scn)`;
}

/** The section of one scenario. */
export function scenarioPart(sheet: Sheet): string {
  const { scenario } = sheet;
  const runs = runAllKernels(scenario);
  const origin = `${scenarioLink(sheet)}, from ${scenario.sources.join(', ')}.`;
  const about = [firstComment(sheet.text), ...scenario.rules.map(changeText)].filter((text) => text !== '');
  return [
    `### ${scenario.title}`,
    [...about, origin].join(' '),
    ...answersPart(compareKernels(runs), withoutInterface(scenario, runs)),
  ].join('\n\n');
}

/** Where a single kernel can do what is asked, all that it answers; else what is answered in more than one way. */
function answersPart(all: readonly Comparison[], strangers: readonly KernelName[]): string[] {
  const shown = kernelsIn(all).filter((kernel) => !strangers.includes(kernel));
  const [only] = shown;
  if (only !== undefined && shown.length === 1) return [table(all, shown), `Only ${only} has such calls.`];
  const differing = all.filter(({ found }) => new Set(shown.map((kernel) => found.get(kernel))).size > 1);
  if (differing.length === 0) return [`All kernels answer the same to ${all.length} questions.`];
  const missing = strangers.length === 0 ? '' : ` Without such calls: ${strangers.join(', ')}.`;
  return [table(differing, shown), `${differing.length} of ${all.length} answers differ.${missing}`];
}

function kernelsIn(rows: readonly Comparison[]): KernelName[] {
  return [...new Set(rows.flatMap(({ found }) => [...found.keys()]))];
}

/** The lines that the file begins with. Which section of the requirements asked for it is not the reader's business. */
function firstComment(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  const comment = lines
    .slice(0, end)
    .map((line) => line.replace(/^# ?/, ''))
    .join(' ');
  return comment.replace(/^Requirements section 12(?:, first row)?: (.)/, (_, first: string) => first.toUpperCase());
}

function changeText({ field, value, kernel }: RuleChange): string {
  return `Here ${kernel} runs with \`${field}\` = ${value}.`;
}

/** Kernels that the scenario says nothing about, and that have no call for something it does. */
function withoutInterface(scenario: Scenario, runs: readonly Run[]): KernelName[] {
  const spoken = kernelsOf(scenario);
  const strangers = runs.filter(({ observations }) => observations.some(({ found }) => found === 'ENOSYS'));
  return strangers.map(({ rules }) => rules.kernel).filter((kernel) => !spoken.includes(kernel));
}

function table(rows: readonly Comparison[], kernels: readonly KernelName[]): string {
  const columns = columnsOf(rows, kernels);
  const lines = joinLines(
    rows.map(({ line, subject }, at) => ({
      subjects: [`${line} \`${subject}\``],
      answers: columns.map(({ answers }) => answers[at] ?? ''),
    })),
  );
  return markdownTable(
    ['line', ...columns.map((column) => column.kernels.join(', '))],
    lines.map(({ subjects, answers }) => [subjects.join('<br>'), ...answers]),
  );
}

function columnsOf(rows: readonly Comparison[], kernels: readonly KernelName[]): Column[] {
  const columns = new Map<string, Column>();
  for (const kernel of kernels) {
    const answers = rows.map(({ found }) => found.get(kernel) ?? '-');
    const key = answers.join('\n');
    columns.set(key, { kernels: [...(columns.get(key)?.kernels ?? []), kernel], answers });
  }
  return [...columns.values()];
}

function joinLines(lines: readonly Line[]): Line[] {
  const joined: Line[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    if (last?.answers.every((answer, at) => answer === line.answers[at])) {
      joined[joined.length - 1] = { subjects: [...last.subjects, ...line.subjects], answers: last.answers };
    } else joined.push(line);
  }
  return joined;
}

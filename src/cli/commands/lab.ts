// hwbkpt lab run: scenarios on the simulated machine, under one kernel's rules, all kernels' or those of their mutants.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { KernelName } from '../../facility/index.js';
import { kernelsTable, type MutantRun, mutantLines, mutantText, notMetLines, runAllKernels, runMutants } from '../../lab/index.js';
import { KERNELS } from '../../machine/kernels/index.js';
import {
  jsonLines,
  kernelsOf,
  markedLine,
  parseScenario,
  type Run,
  runScenario,
  type Scenario,
  timelineLines,
} from '../../scenarios/index.js';
import type { Invocation } from '../command-spec.js';
import { STATUS, UsageError } from '../errors.js';
import { printError, printLines } from '../output/print.js';

/** Not all expects are met. */
const NOT_MET = 1;

/** Bytes: what is longer is something else. */
const LONGEST = 1 << 20;

/** Who has more is told how many more. */
const MOST_ERRORS = 20;

/** A scenario and where it was read. */
interface Loaded {
  readonly file: string;
  readonly scenario: Scenario;
}

export async function runLab({ arguments: [action = '', ...files], options }: Invocation): Promise<number> {
  checkAction(action, files);
  if (options['mutants'] === true && options['rules'] !== undefined) throw new UsageError('--mutants says itself under which rules to run');
  const loaded = files.map(load);
  const readable = loaded.filter((one) => one !== null);
  if (readable.length < loaded.length) return STATUS.USAGE;
  const json = options['json'] === true;
  const statuses = readable.map((one) => (options['mutants'] === true ? mutants(one, json) : kernels(one, options['rules'], json)));
  if (readable.length > 1 && !json)
    printLines([
      total(
        readable.filter((_, at) => statuses[at] !== STATUS.OK),
        readable.length,
      ),
    ]);
  return Math.max(STATUS.OK, ...statuses);
}

/** What is to be done comes before the files it is done with. */
function checkAction(action: string, files: readonly string[]): void {
  if (action === 'run' && files.length > 0) return;
  if (action === 'run') throw new UsageError('no scenario to run', { hint: 'hwbkpt lab run FILE...; some are in fixtures/scenarios' });
  const hint = `hwbkpt lab run ${action.endsWith('.scn') ? [action, ...files].join(' ') : 'FILE...'}`;
  throw new UsageError(`there is nothing called ${JSON.stringify(action)} to do in the lab`, { hint });
}

/** What remains to be known at the end of several. */
function total(failed: readonly Loaded[], all: number): string {
  if (failed.length === 0) return `${all} scenarios, all as they should be`;
  return `${failed.length} of ${all} scenarios are not as they should be: ${failed.map(({ file }) => file).join(', ')}`;
}

/** Null where the file cannot be used; what is wrong has been printed then, all of it. */
function load(file: string): Loaded | null {
  const text = readText(file);
  const parsed = parseScenario(text);
  if (parsed.kind === 'scenario') return { file, scenario: parsed.scenario };
  for (const error of parsed.errors.slice(0, MOST_ERRORS)) {
    const [line = '', caret = ''] = markedLine(text, error);
    const hint = error.hint === undefined ? '' : `  ${error.hint}\n`;
    printError(`hwbkpt: ${file}:${error.message}\n  ${line}\n  ${caret}\n${hint}`);
  }
  const more = parsed.errors.length - MOST_ERRORS;
  if (more > 0) printError(`hwbkpt: ${file}: ${more} more like these\n`);
  return null;
}

function readText(file: string): string {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new UsageError(`${file} is a folder`, { hint: `Name its files: ${file.replace(/\/$/, '')}/*.scn` });
  const bytes = readBytes(file);
  const hint = 'A scenario is a text of some dozen lines: docs/scenarios.md';
  if (bytes.length > LONGEST) throw new UsageError(`${file} is no scenario: it is longer than 1 MiB`, { hint });
  if (bytes.includes(0)) throw new UsageError(`${file} is no scenario: it is not a text`, { hint });
  return bytes.toString('utf8');
}

/** At most one byte more than a scenario may have: some files have no end. */
function readBytes(file: string): Buffer {
  const bytes = Buffer.alloc(LONGEST + 1);
  try {
    const descriptor = openSync(file, 'r');
    try {
      let length = 0;
      for (let read = -1; read !== 0 && length < bytes.length; length += read)
        read = readSync(descriptor, bytes, length, bytes.length - length, null);
      return bytes.subarray(0, length);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw new UsageError(`cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function kernels({ file, scenario }: Loaded, rules: Invocation['options'][string], json: boolean): number {
  if (rules === 'all') {
    const runs = runAllKernels(scenario);
    printLines(json ? runs.flatMap((run) => jsonLines(run, file)) : [...kernelsTable(scenario, runs), ...notMetLines(runs), '']);
    return status(runs);
  }
  const names = isKernel(rules) ? [rules] : kernelsOf(scenario);
  const runs = names.map((name) => runScenario(scenario, KERNELS[name]));
  printLines(json ? runs.flatMap((run) => jsonLines(run, file)) : runs.flatMap((run) => [...timelineLines(run), '']));
  return status(runs);
}

function isKernel(name: unknown): name is KernelName {
  return typeof name === 'string' && Object.hasOwn(KERNELS, name);
}

function status(runs: readonly Run[]): number {
  return runs.every(({ met }) => met) ? STATUS.OK : NOT_MET;
}

/** A mutant that no expect notices is a failure: the scenario does not show what it says. */
function mutants({ file, scenario }: Loaded, json: boolean): number {
  const runs = runMutants(scenario);
  printLines(json ? runs.map((run) => JSON.stringify(mutantObject(file, run))) : [scenario.title, ...mutantLines(runs)]);
  return runs.every(({ failing }) => failing.length > 0) ? STATUS.OK : NOT_MET;
}

function mutantObject(file: string, { mutant, failing }: MutantRun): object {
  return {
    type: 'mutant',
    file,
    mutant: mutantText(mutant),
    noticed: failing.length > 0,
    failing: failing.map(({ line, text, found }) => ({ line, text, found })),
  };
}

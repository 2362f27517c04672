// The README's capability table says what the perf engine says of itself, and the lab prints what the README shows.
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.js';
import { perfCapabilities } from '../../src/engines/perf/capabilities.js';
import { kernelsTable, runAllKernels } from '../../src/lab/index.js';
import { ownPrivileges } from '../../src/linux/procfs/privileges.js';
import { ACCESS_FLAGS } from '../../src/model/access.js';
import { parseScenario } from '../../src/scenarios/index.js';
import { pageText } from './markdown.js';

const readme = pageText('README.md');
const capabilities = perfCapabilities(ownPrivileges());

/** The second column of the table's line for `what`. */
function line(what: string): string {
  return new RegExp(`^\\| ${what} \\| (.*) \\|$`, 'm').exec(readme)?.[1] ?? '';
}

test('accesses', () => {
  const flags = Object.entries(ACCESS_FLAGS).filter(([, access]) => capabilities.accesses.includes(access));
  for (const [flag] of flags) expect(line('accesses')).toContain(`\`${flag}\``);
});

test('slots, stopping, children', () => {
  expect(line('how much')).toMatch(new RegExp(`^${capabilities.slots} debug registers`));
  expect(line('stopping').startsWith('never')).toBe(!capabilities.stopsTarget);
  expect(line('whom').includes('--inherit children')).toBe(capabilities.inherits.includes('children'));
});

test('kernel writes need what the table says', () => {
  const needs = line('writes by the kernel .*');
  expect(needs).toBe('CAP_PERFMON, or `kernel.perf_event_paranoid` 1 or less');
  const none = { ...ownPrivileges(), perfmon: false };
  expect(perfCapabilities({ ...none, perfEventParanoid: 2 }).kernelWrites).toBe(false);
  expect(perfCapabilities({ ...none, perfEventParanoid: 1 }).kernelWrites).toBe(true);
  expect(perfCapabilities({ ...none, perfEventParanoid: 2, perfmon: true }).kernelWrites).toBe(true);
});

/** The first four columns of a line of the lab's. */
function firstCells(text: string): string[] {
  return text
    .split(/ \| |-\+-/)
    .slice(0, 4)
    .map((cell) => cell.trim());
}

test('the lab prints what is shown of it, and three columns more', () => {
  const [, file = '', block = ''] = /^\$ hwbkpt lab run (\S+) --rules all\n([\s\S]*?)\n```/m.exec(readme) ?? [];
  const parsed = parseScenario(pageText(file));
  if (parsed.kind === 'errors') throw parsed.errors[0];
  const printed = kernelsTable(parsed.scenario, runAllKernels(parsed.scenario)).filter((text) => /\||\+/.test(text));
  const heading = /^-+$/;
  const rows = (lines: readonly string[]): string[][] => lines.map(firstCells).filter(([first = '']) => !heading.test(first));
  expect(rows(block.split('\n'))).toEqual(rows(printed));
});

test('what does not work yet is not in the command table', () => {
  const engines = COMMANDS.flatMap(({ options }) => options.find(({ flags }) => flags.startsWith('--engine'))?.choices ?? []);
  expect(new Set(engines)).toEqual(new Set(['auto', 'bpf', 'perf', 'stop', 'sim']));
  for (const name of ['record']) expect(COMMANDS.some((command) => command.name === name)).toBe(false);
});

// Every breakpoint of an engine goes back to an `arm`: within an engine, one file opens breakpoints, and one makes all their attributes.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REPOSITORY } from '../helpers/paths.js';

const ENGINES = `${REPOSITORY}/src/engines`;

/** Engines on perf events, and what they share. */
const FOLDERS = ['bpf', 'events', 'perf', 'stop'];
/** Tries on this very thread, with an event that is never enabled, whether the engine works here. */
const TRIAL = 'bpf/engine.ts';

const files = FOLDERS.flatMap((folder) =>
  readdirSync(`${ENGINES}/${folder}`)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => ({ path: `${folder}/${file}`, text: readFileSync(`${ENGINES}/${folder}/${file}`, 'utf8') })),
);

function filesWith(text: string): string[] {
  return files.filter((file) => file.text.includes(text)).map(({ path }) => path);
}

describe('engines on perf events', () => {
  test('open events of their own, events that follow threads, and all others in one place', () => {
    expect(filesWith('PerfEvent.open(')).toEqual([TRIAL, 'events/open-event.ts', 'events/rings.ts', 'events/trackers.ts']);
  });

  test('pack breakpoints in one place', () => {
    expect(filesWith('packBreakpoint(')).toEqual([TRIAL, 'events/layout.ts']);
  });

  test('write debug registers of threads in one place', () => {
    expect(filesWith('pokeDebugRegister(')).toEqual(['stop/debug-register-breakpoints.ts']);
    expect(filesWith('pokeUserWord(')).toEqual([]);
  });

  test('open breakpoints in one file each, clocks, markers and rings beside them, and a trial on this very thread', () => {
    expect(filesWith('openEvent(')).toEqual([
      'bpf/programs.ts',
      'events/arming.ts',
      'events/batch.ts',
      'events/open-event.ts',
      'events/refused.ts',
      'perf/open-breakpoint.ts',
      'stop/perf-breakpoints.ts',
      'stop/perf-samples.ts',
    ]);
    expect(filesWith('maker.open(')).toEqual(['events/batch.ts', 'stop/arming.ts', 'stop/thread-steps.ts']);
    expect(filesWith('new Batch(')).toEqual(['events/breakpoint-set.ts']);
  });
});

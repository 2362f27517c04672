// Every breakpoint of an engine goes back to an `arm`: within an engine, one file opens breakpoints, and one makes all their attributes.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REPOSITORY } from '../helpers/paths.js';

const ENGINES = `${REPOSITORY}/src/engines`;

/** Engines on perf events. */
const ON_EVENTS = ['perf', 'bpf'].filter((folder) => existsSync(`${ENGINES}/${folder}/engine.ts`));
const FOLDERS = ['events', ...ON_EVENTS];

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
    expect(filesWith('PerfEvent.open(')).toEqual(['events/open-event.ts', 'events/rings.ts', 'events/trackers.ts']);
  });

  test('pack breakpoints in one place', () => {
    expect(filesWith('packBreakpoint(')).toEqual(['events/layout.ts']);
  });

  test('open breakpoints in one file each, clocks while a batch of arms is carried out, and nothing else', () => {
    const openers = ON_EVENTS.map((engine) => `${engine}/open-breakpoint.ts`);
    expect(filesWith('openEvent(').sort()).toEqual(['events/arming.ts', 'events/open-event.ts', ...openers].sort());
    expect(filesWith('maker.open(')).toEqual(['events/batch.ts']);
    expect(filesWith('new Batch(')).toEqual(['events/breakpoint-set.ts']);
  });
});

// Every breakpoint of an engine goes back to an `arm`: within an engine, one file opens breakpoints, and one makes their attributes.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REPOSITORY } from '../helpers/paths.js';

const PERF = `${REPOSITORY}/src/engines/perf`;

function filesWith(text: string): string[] {
  return readdirSync(PERF).filter((file) => !file.endsWith('.test.ts') && readFileSync(`${PERF}/${file}`, 'utf8').includes(text));
}

describe('the perf engine', () => {
  test('opens events of its own, events that follow threads, and all others in one place', () => {
    expect(filesWith('PerfEvent.open(').sort()).toEqual(['open-event.ts', 'rings.ts', 'trackers.ts']);
  });

  test('packs breakpoints in one place, and none of them is for the other two', () => {
    expect(filesWith('packBreakpoint(')).toEqual(['layout.ts']);
    for (const maker of ['breakpointAttributes', 'placeholderAttributes']) {
      const users = filesWith(maker);
      expect(users).not.toContain('rings.ts');
      expect(users).not.toContain('trackers.ts');
    }
  });

  test('opens samples on a thread while a batch of arms is carried out, and at no other time', () => {
    expect(filesWith('openEvent(').sort()).toEqual(['arming.ts', 'open-event.ts']);
    expect(filesWith('new Arming(')).toEqual(['session.ts']);
  });
});

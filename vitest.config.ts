// Two projects, one after the other: pure unit tests share threads; tests that trace run one file at a time, each in a process of its own.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'pure',
          include: ['src/**/*.test.ts'],
          pool: 'threads',
          isolate: false,
          // Random tests of some thousand cases, on a machine that does other things too.
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'live',
          include: ['test/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          globalSetup: ['test/helpers/setup.ts'],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

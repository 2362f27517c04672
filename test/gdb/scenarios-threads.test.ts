// Watchpoints in several threads, as gdb's own tests have them: stock gdb through `hwbkpt gdbserver`.
import { beforeAll, expect } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { changes, playInGdb, type Scenes, testScenes } from './scenes.js';

const again = (count: number): string[] => Array<string>(count).fill('continue');

/** As many as there are until the scene's end. */
const TO_MARKER = ['tbreak marker', 'python\nwhile gdb.newest_frame().name() != "marker":\n  gdb.execute("continue")'];

/** How often each of them is there. */
function counted(texts: readonly string[]): Record<string, number> {
  return Object.fromEntries([...new Set(texts)].sort().map((text) => [text, texts.filter((other) => other === text).length]));
}

const SCENES: Scenes = {
  'two threads with a variable each: every write of both is told': {
    scene: 'apart',
    commands: ['watch own[0]', 'watch own[1]', 'set $second = $bpnum', ...again(20), 'disable $second', ...TO_MARKER],
    check: (said) => {
      const told = changes(said);
      const first = told.filter((change) => change.startsWith('own[0]'));
      expect(first).toEqual(Array.from({ length: 15 }, (_, before) => `own[0]: ${before} > ${before + 1}`));
      const second = told.filter((change) => change.startsWith('own[1]'));
      expect(second).toEqual(second.map((_, before) => `own[1]: ${before} > ${before + 1}`));
    },
  },
  'four threads with one variable: none of forty writes is missing': {
    scene: 'in_turn',
    commands: ['break started', ...again(4), 'delete', 'watch shared', ...TO_MARKER],
    check: (said) => {
      expect(said.match(/Breakpoint \d+, .*started \(\)/g)).toHaveLength(4);
      expect(changes(said)).toEqual(Array.from({ length: 40 }, (_, before) => `shared: ${before} > ${before + 1}`));
      expect(said).toMatch(/Temporary breakpoint \d+, .*marker \(\)/);
    },
  },
  'watchpoints that are set while threads begin are in all of them': {
    scene: 'everywhere',
    commands: [
      ...['break started', 'continue', 'watch table[0]', 'continue', 'watch table[1]', 'continue', 'watch table[2]', ...again(3)],
      ...['clear started', 'watch table[3]', ...again(24)],
    ],
    check: (said) => {
      const threads = said.matchAll(/^Thread (\d+) "[^"]*" hit Hardware watchpoint \d+: (.*)$/gm);
      const whats = [...threads].map(([, thread, what]) => `${thread} ${what}`);
      expect(whats).toHaveLength(24);
      expect(new Set(whats).size).toBe(24);
    },
  },
  'a local variable is watched on while a thread with one of the same name stops': {
    scene: 'of_one_name',
    commands: [
      ...['tbreak first_turn', 'continue', 'up', 'watch mine', 'set $watch = $bpnum', 'continue', 'break second_turn', 'continue'],
      ...['info watchpoints', 'delete $bpnum', ...TO_MARKER, 'info watchpoints'],
    ],
    check: (said) => {
      expect(changes(said)).toEqual(['mine: 0 > 1', 'mine: 1 > 2', 'mine: 2 > 3']);
      expect(said).toMatch(/Breakpoint \d+, second_turn(.*\n)*\d+ +hw watchpoint +keep y +mine/);
      expect(said).toMatch(/Watchpoint \d+ deleted because the program has left the block in/);
    },
  },
  'two threads read at once, and registers change before the second is told': {
    scene: 'both_read',
    commands: [...['rwatch first_read', 'rwatch second_read', 'continue', 'rwatch unused_a', 'rwatch unused_b', 'continue']],
    check: (said) => expect(changes(said).sort()).toEqual(['first_read = 0', 'second_read = 0']),
  },
  'a step over the breakpoint of another thread does not miss what it writes': {
    scene: 'at_label',
    commands: [...['break *&writing', 'continue', 'watch watched', 'break *&written thread 1', 'thread 1', 'next', 'thread', ...TO_MARKER]],
    check: (said) => {
      expect(said).toMatch(/hit Breakpoint \d+, /);
      expect(changes(said)).toEqual(['watched: 0 > 1']);
    },
  },
  'a watchpoint for one thread': {
    scene: 'in_turn',
    commands: [
      ...['watch shared thread 0', 'watch shared thread', 'break started', ...again(4), 'set $who = $_thread', 'delete'],
      ...[
        'eval "awatch shared thread %d", $_thread',
        'info breakpoints',
        ...again(5).flatMap((go) => [go, 'print $_thread == $who']),
        'delete',
      ],
    ],
    check: (said) => {
      expect(said).toContain('Invalid thread ID: 0');
      expect(said).toMatch(/syntax error in expression, near `thread'/);
      expect(said).toMatch(/stop only in thread \d/);
      expect(changes(said)).toHaveLength(5);
      expect(said.match(/^\$\d+ = 1$/gm)).toHaveLength(5);
    },
  },
  'threads that write, meet breakpoints and get signals at once': {
    scene: 'mixed',
    commands: ['watch shared', 'break called', ...TO_MARKER],
    check: (said) => {
      const told = [...said.matchAll(/^Thread \d+ "[^"]*" (?:received signal (SIG\w+)|hit (Hardware watchpoint|Breakpoint) \d+)/gm)];
      expect(counted(told.map(([, signal, hit]) => signal ?? hit ?? ''))).toEqual({ Breakpoint: 2, 'Hardware watchpoint': 2, SIGUSR1: 2 });
      expect(changes(said)).toEqual(['shared: 0 > 1', 'shared: 1 > 2']);
      expect(said).toMatch(/hit Temporary breakpoint \d+, .*marker \(\)|Temporary breakpoint \d+, .*marker \(\)/);
    },
  },
};

describeWith(['perf', 'ptrace', 'gcc', 'gdb'], 'gdb: watchpoints in threads', () => {
  let said: ReadonlyMap<string, string> = new Map();
  beforeAll(async () => {
    said = await playInGdb({ fixture: 'thread-scenes', scenes: SCENES });
  });
  testScenes(SCENES, () => said);
});

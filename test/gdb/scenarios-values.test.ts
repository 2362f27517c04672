// Watchpoints on variables of every kind, as gdb's own tests have them (README.md beside this says which): stock gdb through `hwbkpt gdbserver`.
import { beforeAll, expect } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { changes, playInGdb, type Scenes, testScenes } from './scenes.js';

const again = (count: number): string[] => Array<string>(count).fill('continue');
/** The commands of the last breakpoint, which `-ex` has no other way to give. */
const onHit = (...commands: readonly string[]): string =>
  `python gdb.breakpoints()[-1].commands = ${JSON.stringify(commands.map((command) => `${command}\n`).join(''))}`;
const IN_LOCALS = ['tbreak with_locals', 'continue', 'next'];

const SCENES: Scenes = {
  'watchpoints count their hits, and one goes on where the other is disabled': {
    scene: 'counts',
    commands: [...['watch ival1', 'set $first = $bpnum', 'watch ival3', ...again(6), 'disable $first', ...again(2), 'info watchpoints']],
    check: (said) => {
      expect(changes(said)).toEqual([
        ...['ival1: -1 > 0', 'ival3: -1 > 0', 'ival1: 0 > 1', 'ival3: 0 > 1', 'ival1: 1 > 2', 'ival3: 1 > 2'],
        ...['ival3: 2 > 3', 'ival3: 3 > 4'],
      ]);
      expect(said).toMatch(/hw watchpoint +keep n +ival1\n\s+breakpoint already hit 3 times/);
      expect(said).toMatch(/hw watchpoint +keep y +ival3\n\s+breakpoint already hit 5 times/);
    },
  },
  'a watchpoint is enabled late and disabled again': {
    scene: 'counts',
    commands: [
      ...['watch ival3', 'set $watch = $bpnum', 'disable $watch', 'tbreak func1', 'continue', 'enable $watch', ...again(2)],
      ...['disable $watch', 'tbreak marker', 'continue'],
    ],
    check: (said) => {
      expect(changes(said)).toEqual(['ival3: -1 > 0', 'ival3: 0 > 1']);
      expect(said).toMatch(/Temporary breakpoint \d+, .*func1 \(\)(.*\n)*.*Temporary breakpoint \d+, .*marker \(\)/);
    },
  },
  'functions are called by hand while a watchpoint is set': {
    scene: 'counts',
    commands: ['watch ival2', 'print func1()', 'continue', 'print empty()', 'print func1() + ival2', 'continue'],
    check: (said) => {
      expect(changes(said)).toEqual(['ival2: -1 > 0', 'ival2: 0 > 1']);
      expect(said).toMatch(/ = 73\n/);
      expect(said).toMatch(/ = void\n/);
      expect(said.match(/ = 73\n/g)).toHaveLength(2);
    },
  },
  'finish, next and until come upon a watchpoint or pass it by': {
    scene: 'counts',
    commands: [
      ...['tbreak func1', 'continue', 'watch ival2', 'set $watch = $bpnum', 'finish', 'next', 'next', 'next', 'disable $watch'],
      ...['next', 'next', 'next', 'until', 'print count', 'advance marker'],
    ],
    check: (said) => {
      expect(said).toMatch(/Value returned is .* = 73\n/);
      expect(changes(said)).toEqual(['ival2: -1 > 0']);
      expect(said).toMatch(/ival2 = count;\n.*\nHardware watchpoint|Hardware watchpoint \d+: ival2/);
      expect(said).toMatch(/marker \(\)/);
    },
  },
  'a member behind a pointer, and behind the pointer when it has moved': {
    scene: 'pointers',
    commands: ['watch ptr1->val', ...again(3), 'tbreak marker', 'continue'],
    check: (said) => {
      expect(changes(said)).toEqual(['ptr1->val: 1 > 2', 'ptr1->val: 2 > 5', 'ptr1->val: 5 > 6']);
      expect(said).toMatch(/Temporary breakpoint \d+, .*marker \(\)/);
    },
  },
  'what a null pointer will point to, and a pointer to that pointer': {
    scene: 'pointers',
    commands: [
      ...['watch struct1.nosuchmember', 'watch 5', 'watch *global_ptr', ...again(4)],
      ...['tbreak marker', 'continue', 'print *global_ptr'],
    ],
    check: (said) => {
      expect(said).toContain('There is no member named nosuchmember.');
      expect(said).toContain("Cannot watch constant value `5'.");
      expect(changes(said).map((change) => change.replace(/<[^>]*>/, 'none'))).toEqual([
        ...['*global_ptr: none > 0', '*global_ptr: 0 > 7', '*global_ptr: 7 > 9', '*global_ptr: 9 > 5'],
      ]);
    },
  },
  'two levels of pointers': {
    scene: 'pointers',
    commands: ['watch **global_ptr_ptr', ...again(3)],
    check: (said) =>
      expect(changes(said).map((change) => change.replace(/<[^>]*>/, 'none'))).toEqual([
        ...['**global_ptr_ptr: none > 7', '**global_ptr_ptr: 7 > 9', '**global_ptr_ptr: 9 > 5'],
      ]),
  },
  'a local variable until its function returns': {
    scene: 'locals',
    commands: [...IN_LOCALS, 'watch local', ...again(3), 'info watchpoints'],
    check: (said) => {
      expect(changes(said)).toEqual(['local: 0 > 1', 'local: 1 > 11']);
      expect(said).toMatch(/Watchpoint \d+ deleted because the program has left the block in/);
      expect(said).toContain('No watchpoints.');
    },
  },
  'a local variable with a condition until its function returns': {
    scene: 'locals',
    commands: [...IN_LOCALS, 'watch local if local == 30', 'continue'],
    check: (said) => {
      expect(changes(said)).toEqual([]);
      expect(said).toMatch(/Watchpoint \d+ deleted because the program has left the block in/);
    },
  },
  'a local variable and a global one in one expression': {
    scene: 'locals',
    commands: [...IN_LOCALS, 'watch local + ival1', ...again(4)],
    check: (said) => {
      expect(changes(said)).toEqual(['local + ival1: -1 > 0', 'local + ival1: 0 > 2', 'local + ival1: 2 > 12']);
      expect(said).toMatch(/Watchpoint \d+ deleted because/);
    },
  },
  'a static local variable from call to call': {
    scene: 'locals',
    commands: [...IN_LOCALS, 'print kept = 0', 'watch kept', ...again(3)],
    check: (said) => expect(changes(said)).toEqual(['kept: 0 > 1', 'kept: 1 > 2', 'kept: 2 > 3']),
  },
  'the place of a local variable when its function has returned': {
    scene: 'locals',
    commands: [...IN_LOCALS, 'watch -location local', ...again(2), 'info watchpoints', 'delete'],
    check: (said) => {
      expect(changes(said)).toEqual(['-location local: 0 > 1', '-location local: 1 > 11']);
      expect(said).not.toContain('deleted because');
    },
  },
  'two variables of one name in a recursion': {
    scene: 'recursion',
    commands: [
      ...['tbreak factorial', 'continue', 'next', 'next', 'watch product', 'continue', 'tbreak factorial if n == 3', 'continue'],
      ...['next', 'next', 'watch product', ...again(5)],
    ],
    check: (said) => {
      expect(changes(said)).toEqual(['product: 0 > 6', 'product: 0 > 3', 'product: 3 > 6', 'product: 6 > 720']);
      expect(said.match(/deleted because/g)).toHaveLength(2);
    },
  },
  'conditions on what else there is': {
    scene: 'counts',
    commands: ['watch ival3 if count == 2', 'continue', 'condition $bpnum ival4 == 3', 'continue'],
    check: (said) => expect(changes(said)).toEqual(['ival3: 1 > 2', 'ival3: 3 > 4']),
  },
  'conditions on a local variable': {
    scene: 'locals',
    commands: [...IN_LOCALS, 'watch ival1 if local == 1', 'continue', 'delete', ...IN_LOCALS, 'watch local if local > 10', 'continue'],
    check: (said) => expect(changes(said)).toEqual(['ival1: -1 > 1', 'local: 2 > 12']),
  },
  'a condition that calls a function': {
    scene: 'counts',
    commands: ['watch ival3 if return_1()', 'continue', 'continue', 'condition $bpnum return_1() == 0', 'tbreak marker', 'continue'],
    check: (said) => {
      expect(changes(said)).toEqual(['ival3: -1 > 0', 'ival3: 0 > 1']);
      expect(said).toMatch(/Temporary breakpoint \d+, .*marker \(\)/);
    },
  },
  'commands at each hit': {
    scene: 'counts',
    commands: ['watch ival3', onHit('silent', 'printf "saw %d\\n", ival3', 'continue'), 'tbreak marker', 'continue'],
    check: (said) => expect([...said.matchAll(/^saw (-?\d)$/gm)].map(([, value]) => value)).toEqual(['0', '1', '2', '3', '4']),
  },
  'displays at each hit': {
    scene: 'counts',
    commands: ['display ival2', 'display/x count', 'watch ival3', 'continue', 'continue', 'undisplay', 'info display'],
    check: (said) => expect(said).toMatch(/New value = 0\n(.*\n)*\d+: ival2 = 0\n\d+: \/x count = 0x0\n(.*\n)*\d+: ival2 = 1\n/),
  },
  'a watchpoint of a Python script that decides itself': {
    scene: 'counts',
    commands: [
      'python\nclass Third(gdb.Breakpoint):\n  def stop(self):\n    return int(gdb.parse_and_eval("ival3")) == 3\nThird("ival3", gdb.BP_WATCHPOINT, gdb.WP_WRITE)',
      'continue',
    ],
    check: (said) => expect(changes(said)).toEqual(['ival3: 2 > 3']),
  },
  'a value that the debugger wrote in between is the old one': {
    scene: 'counts',
    commands: ['watch ival3', 'continue', 'set var ival3 = 40', 'continue'],
    check: (said) => expect(changes(said)).toEqual(['ival3: -1 > 0', 'ival3: 40 > 1']),
  },
  'parts of a bitfield by their place': {
    scene: 'bitfields',
    commands: ['watch -location bits.a', 'watch -location bits.e', ...again(4), 'tbreak marker', 'continue'],
    check: (said) => {
      expect(changes(said)).toEqual([
        '-location bits.a: 0 > 1',
        '-location bits.e: 0 > 5',
        '-location bits.a: 1 > 0',
        '-location bits.e: 5 > 0',
      ]);
      expect(said).toMatch(/Temporary breakpoint \d+, .*marker \(\)/);
    },
  },
  'a sum of bitfields': {
    scene: 'bitfields',
    commands: ['watch bits.c + bits.d + bits.e', ...again(5)],
    check: (said) =>
      expect(changes(said).map((change) => change.slice(change.indexOf(': ') + 2))).toEqual([
        '0 > 5',
        '5 > 9',
        '9 > 15',
        '15 > 13',
        '13 > 8',
      ]),
  },
  'a read watchpoint tells reads only, and a write watchpoint at the same place writes only': {
    scene: 'reads',
    commands: ['rwatch ival1', ...again(2), 'watch ival1', 'continue', 'info watchpoints', 'continue', 'info watchpoints'],
    check: (said) => {
      expect(changes(said)).toEqual(['ival1 = -1', 'ival1 = 1', 'ival1: 1 > 2', 'ival1 = 2']);
      expect(said).toMatch(
        /read watchpoint .*ival1\n\s+breakpoint already hit 2 times\n.*hw watchpoint .*ival1\n\s+breakpoint already hit 1 time\n/,
      );
      expect(said).toMatch(
        /read watchpoint .*ival1\n\s+breakpoint already hit 3 times\n.*hw watchpoint .*ival1\n\s+breakpoint already hit 1 time\n/,
      );
    },
  },
  'one read is told once': {
    scene: 'reads',
    commands: ['rwatch ival2', 'tbreak marker', ...again(2)],
    check: (said) => {
      expect(changes(said)).toEqual(['ival2 = -1']);
      expect(said).toMatch(/Temporary breakpoint \d+, .*marker \(\)/);
    },
  },
};

describeWith(['perf', 'ptrace', 'gcc', 'gdb'], 'gdb: what is watched', () => {
  let said: ReadonlyMap<string, string> = new Map();
  beforeAll(async () => {
    said = await playInGdb({ fixture: 'debugger-scenes', scenes: SCENES });
  });
  testScenes(SCENES, () => said);
});

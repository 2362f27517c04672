// What fits into four registers and what each byte of them is hit by, and breakpoints in them, as gdb's own tests have it: stock gdb through
// `hwbkpt gdbserver`.
import { beforeAll, expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { changes, playInGdb, type Scenes, testScenes } from './scenes.js';
import { GdbServerProcess, gdb } from './server.js';

const again = (count: number): string[] => Array<string>(count).fill('continue');
const AT_MARKER = /Temporary breakpoint \d+, .*marker \(\)/;
const FOUR = ['watch i1', 'watch i2', 'watch i3', 'watch i4'];
const ALWAYS = 'set breakpoint always-inserted on';
const AS_NEEDED = 'set breakpoint always-inserted off';

interface Part {
  readonly size: number;
  readonly offset: number;
}

/** All aligned parts of 8 bytes. */
const PARTS: readonly Part[] = [1, 2, 4, 8].flatMap((size) =>
  Array.from({ length: 8 / size }, (_, index) => ({ size, offset: index * size })),
);

function overlap(left: Part, right: Part): boolean {
  return Math.max(left.offset, right.offset) < Math.min(left.offset + left.size, right.offset + right.size);
}

/** Watches each part, and has every read that hits it printed. */
const WATCH_PARTS = PARTS.flatMap(({ size, offset }, index) => [
  ...(index === 0 ? [] : ['tbreak sizes', 'continue']),
  ...[`echo part ${size} ${offset}\\n`, `rwatch data.size${size}[${offset / size}]`],
  'python gdb.breakpoints()[-1].commands = "silent\\nprintf \\"read %d %d\\\\n\\", read_size, read_offset\\ncontinue"',
  ...['tbreak marker', 'continue', 'delete'],
]);

/** Pairs of kinds, side by side, and of several sizes: a step with each. */
const KINDS = ['watch', 'awatch', 'rwatch', 'hbreak'] as const;
const REUSE = KINDS.flatMap((first, offset) =>
  KINDS.flatMap((second) =>
    [1, 3].flatMap((size) => [placed(first, offset, size), 'stepi', 'delete', placed(second, offset + 1, size), 'stepi', 'delete']),
  ),
);

function placed(kind: (typeof KINDS)[number], offset: number, size: number): string {
  return kind === 'hbreak' ? `hbreak *(blob + ${offset})` : `${kind} *(blob + ${offset})@${size}`;
}

const SCENES: Scenes = {
  'four variables take four registers, a fifth has none, and all four fit again': {
    scene: 'four',
    commands: [
      ...[ALWAYS, ...FOUR, ...again(4), 'delete', 'watch i1', 'watch *(char (*)[24])(blob + 1)', 'delete', ...FOUR, ...again(4)],
      AS_NEEDED,
    ],
    check: (said) => {
      expect(changes(said)).toEqual([
        ...['i1: 0 > 1', 'i2: 0 > 2', 'i3: 0 > 3', 'i4: 0 > 4', 'i1: 1 > 5', 'i2: 2 > 6', 'i3: 3 > 7', 'i4: 4 > 8'],
      ]);
      expect(said).toMatch(/Could not insert hardware watchpoint \d+/);
    },
  },
  'structs of 8 and 16 bytes, and an array of 32': {
    scene: 'wide',
    commands: [
      'watch pair',
      'watch quad',
      ...again(2),
      'delete',
      'watch *(char (*)[32])blob',
      'continue',
      'delete',
      'watch blob',
      'continue',
    ],
    check: (said) => {
      expect(changes(said).map((change) => change.replace(/.* > /, ''))).toEqual([
        ...['{a = 0, b = 11}', '{a = 0, b = 0, c = 0, d = 33}', `'a' <repeats 31 times>, "x"`],
      ]);
      expect(said).toMatch(/Could not insert hardware watchpoint \d+/);
    },
  },
  'four bytes that lie in two registers': {
    scene: 'wide',
    commands: ['watch *(int *)(blob + 29)', 'monitor slots', 'continue', 'tbreak marker', 'continue'],
    check: (said) => {
      expect(changes(said)).toHaveLength(1);
      expect(said).toMatch(AT_MARKER);
    },
  },
  'every part of 8 bytes is hit by the reads that overlap it, and by no other': {
    scene: 'sizes',
    times: PARTS.length,
    commands: WATCH_PARTS,
    check: (said) => {
      const hits = said
        .split(/^part /m)
        .slice(1)
        .map((part) => [...part.matchAll(/^read (.*)$/gm)].map(([, read]) => read));
      const expected = PARTS.map((part) => PARTS.filter((read) => overlap(part, read)).map(({ size, offset }) => `${size} ${offset}`));
      expect(hits).toEqual(expected);
    },
  },
  'four of the same 8 bytes take four registers, seven do not fit': {
    scene: 'sizes',
    commands: [
      ...[...[1, 2, 3, 4].map((index) => `rwatch data.size1[${index}]`), ...again(4), 'delete'],
      ...[...[1, 2, 3, 4, 5, 6, 7].map((index) => `rwatch data.size1[${index}]`), 'continue'],
    ],
    check: (said) => {
      expect(changes(said)).toEqual(['1', '2', '3', '4'].map((index) => `data.size1[${index}] = 0 '\\000'`));
      expect(said).toMatch(/Could not insert hardware watchpoint \d+/);
    },
  },
  'a register is used again by every other kind, beside where it was': {
    scene: 'counts',
    commands: [ALWAYS, ...REUSE, AS_NEEDED, 'tbreak marker', 'continue'],
    check: (said) => {
      expect(said).not.toMatch(/Could not insert|Cannot insert/);
      expect(said.match(/^Hardware /gm)).toHaveLength(KINDS.length ** 2 * 4);
      expect(said).toMatch(AT_MARKER);
    },
  },
  'one store into two watched variables': {
    scene: 'at_once',
    commands: ['watch vector[0]', 'watch vector[1]', 'tbreak marker', ...again(3)],
    check: (said) => {
      expect(changes(said).sort()).toEqual(['vector[0]: 0 > 5', 'vector[1]: 0 > 6']);
      expect(said).toMatch(AT_MARKER);
    },
  },
  'several breakpoints at one place take one register, switched on and off': {
    scene: 'counts',
    commands: [
      ...[ALWAYS, 'x/2xb marker', ...Array<string>(5).fill('break marker'), 'disable', 'enable', 'disable', 'enable $bpnum'],
      ...['disable $bpnum', 'enable $bpnum', 'enable', 'x/2xb marker', 'monitor slots', 'continue', AS_NEEDED],
    ],
    check: (said) => {
      const bytes = [...said.matchAll(/^0x\w+ <marker.*>:\t(.*)$/gm)].map(([, text]) => text);
      expect(new Set(bytes).size).toBe(1);
      expect(bytes).toHaveLength(2);
      const address = /^Breakpoint \d+ at (0x\w+)/m.exec(said)?.[1] ?? '';
      expect(said.split(`${address} at ${address}, 1 bytes, armed`)).toHaveLength(2);
      expect(said).toMatch(/Breakpoint \d+, .*marker \(\)/);
    },
  },
  'a hardware breakpoint and a plain one at one place': {
    scene: 'counts',
    commands: [
      ALWAYS,
      'hbreak marker',
      'break marker',
      'info breakpoints',
      'delete $bpnum',
      'break func1',
      'hbreak func1',
      'info breakpoints',
      'continue',
      'continue',
      AS_NEEDED,
    ],
    check: (said) => {
      expect(said.match(/hw breakpoint +keep y .* (marker|func1) /g)).toHaveLength(3);
      expect(said).toMatch(/Breakpoint \d+, .*func1 \(\)(.*\n)*.*Breakpoint \d+, .*marker \(\)/);
    },
  },
  'hardware breakpoints with conditions, ignore counts and for once': {
    scene: 'locals',
    commands: [
      ...['hbreak with_locals if argument == 2', 'thbreak marker', 'continue', 'info breakpoints', 'delete', 'hbreak with_locals'],
      ...['thbreak marker', 'continue', 'continue', 'info breakpoints'],
    ],
    check: (said) => {
      expect(said).toMatch(/Breakpoint \d+, with_locals \(argument=2\)(.*\n)*.*Breakpoint \d+, with_locals \(argument=3\)/);
      expect(said).toMatch(/Temporary breakpoint \d+, .*marker \(\)/);
      expect(said).toMatch(/hw breakpoint +keep y .* with_locals /);
    },
  },
  'a hardware breakpoint where nothing is mapped': {
    scene: 'counts',
    commands: [ALWAYS, 'hbreak *0', 'info breakpoints', 'delete', 'info breakpoints', AS_NEEDED],
    check: (said) => {
      expect(said).toMatch(/Hardware assisted breakpoint \d+ at 0x0\n/);
      expect(said).toMatch(/hw breakpoint +keep y +0x0+ /);
      expect(said).toContain('No breakpoints or watchpoints.');
      expect(said).not.toMatch(/Cannot insert|Could not insert/);
    },
  },
  'breakpoints with false conditions on one instruction behind the other': {
    scene: 'in_a_row',
    commands: [
      ...[0, 1, 2].map((at) => `break *((char *)&row + ${at}) if condition == 1`),
      ...['tbreak marker', 'continue', 'info breakpoints'],
    ],
    check: (said) => expect(said).toMatch(AT_MARKER),
  },
  'the same twice is hit once and told for both': {
    scene: 'counts',
    commands: [ALWAYS, 'watch ival1', 'watch ival1', 'hbreak marker', 'hbreak marker', 'continue', 'delete $bpnum', AS_NEEDED, 'continue'],
    check: (said) => expect(changes(said)).toEqual(['ival1: -1 > 0', 'ival1: -1 > 0', 'ival1: 0 > 1', 'ival1: 0 > 1']),
  },
  'conditions are evaluated by gdb, and it says so where one asks for the other': {
    scene: 'counts',
    commands: ['set breakpoint condition-evaluation target', 'set breakpoint condition-evaluation auto'],
    check: (said) => expect(said).toContain('Target does not support breakpoint condition evaluation'),
  },
  'a line of many instructions is one step for the server': {
    scene: 'one_line',
    commands: ['next', 'set debug remote 1', 'next', 'set debug remote 0', 'print a', 'print e'],
    check: (said) => {
      // The line table has two ranges for it.
      expect(said.match(/Sending packet: \$vCont;r/g)?.length).toBeLessThanOrEqual(2);
      expect(said).toMatch(/ = 15\n.* = 120\n/);
    },
  },
  'an int3 of the program itself is a SIGTRAP': {
    scene: 'own_int3',
    commands: ['continue', 'tbreak marker', 'continue'],
    check: (said) => {
      expect(said).toContain('received signal SIGTRAP');
      expect(said).toMatch(AT_MARKER);
    },
  },
  'software watchpoints step through the program, and stop where hardware ones do': {
    scene: 'counts',
    times: 2,
    commands: [
      ...['set can-use-hw-watchpoints 0', 'watch ival3 if count > 0', 'rwatch ival3', 'continue', 'print $pc', 'delete'],
      ...['watch $pc', 'continue', 'delete', 'set can-use-hw-watchpoints 1', 'rwatch $pc', 'tbreak counts', 'continue'],
      ...['watch ival3 if count > 0', 'continue', 'print $pc'],
    ],
    check: (said) => {
      expect(said).toContain("Can't set read/access watchpoint when hardware watchpoints are disabled.");
      expect(said).toContain('Expression cannot be implemented with read/access watchpoint.');
      expect(changes(said).filter((change) => change.startsWith('ival3'))).toEqual(['ival3: 0 > 1', 'ival3: 0 > 1']);
      expect(said).toMatch(/^Watchpoint \d+: \$pc\n\nOld value/m);
      const [software, hardware] = [...said.matchAll(/^\$\d+ = .* (0x\w+ .*)$/gm)].map(([, place]) => place);
      expect(software).toBe(hardware);
    },
  },
  'as few watchpoints as one tells gdb, and of that length': {
    scene: 'four',
    commands: [
      ...['set remote hardware-watchpoint-limit 0', 'watch i1', 'rwatch i1', 'delete', 'set remote hardware-watchpoint-limit -1'],
      ...['set remote hardware-watchpoint-length-limit 8', 'watch quad', 'watch pair', 'delete'],
      ...['set remote hardware-watchpoint-length-limit -1', 'watch quad'],
    ],
    check: (said) => {
      expect([...said.matchAll(/^(Hardware watchpoint|Watchpoint) \d+: (.*)$/gm)].map(([, kind, what]) => `${kind} ${what}`)).toEqual([
        ...['Watchpoint i1', 'Watchpoint quad', 'Hardware watchpoint pair', 'Hardware watchpoint quad'],
      ]);
    },
  },
};

describeWith(['perf', 'ptrace', 'gcc', 'gdb'], 'gdb: what fits', () => {
  let said: ReadonlyMap<string, string> = new Map();
  beforeAll(async () => {
    said = await playInGdb({ fixture: 'debugger-scenes', scenes: SCENES });
  });
  testScenes(SCENES, () => said);
});

describeWith(['perf', 'ptrace', 'gcc', 'gdb', 'privileged'], 'gdb: what the kernel writes', () => {
  test('watchpoints that one system call hits are told one after the other', async () => {
    const program = await buildFixture('debugger-scenes');
    await using server = await GdbServerProcess.start('--', program, 'system_call');
    const output = await gdb(server, { program }, [
      ...['tbreak system_call', 'continue', 'watch input[0]', 'watch input[1]', 'watch input[2]', 'tbreak marker', ...again(4)],
    ]);
    expect(
      changes(output)
        .map((change) => change.slice(0, 8))
        .sort(),
    ).toEqual(['input[0]', 'input[1]', 'input[2]']);
    expect(output).toMatch(AT_MARKER);
  });
});

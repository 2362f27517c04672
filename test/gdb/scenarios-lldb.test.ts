// What lldb's own tests do with watchpoints: lldb 19 through `hwbkpt gdbserver`.
import { beforeAll, expect, test } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { lldbChanges, playInLldb, type Scenes, testScenes } from './scenes.js';
import { GdbServerProcess, GO, lldb } from './server.js';

const again = (count: number): string[] => Array<string>(count).fill('continue');
const at = (name: string): string[] => [`breakpoint set -o true -n ${name}`, 'continue'];
/** Numbers of watchpoints go on from scene to scene. */
const last = (command: string): string =>
  `script lldb.debugger.HandleCommand("${command}".format(lldb.target.watchpoint[len(lldb.target.watchpoint) - 1].GetID()))`;
/** Of a command whose failure is wanted: otherwise the script would end. */
const failing = (command: string): string => `script lldb.debugger.HandleCommand(${JSON.stringify(command)})`;
const AT_MARKER = /stop reason = one-shot breakpoint \d+\n.*`marker/;

const SCENES: Scenes = {
  'a place by its address, one byte of it': {
    scene: 'bytes',
    commands: ['watchpoint set expression -w write -s 1 -- &data.size1[3]', 'continue', 'continue', ...at('marker')],
    check: (said) => {
      expect(said).toMatch(/Watchpoint created: Watchpoint \d+: addr = 0x\w+ size = 1/);
      expect(said.match(/stop reason = watchpoint/g)).toHaveLength(2);
      expect(said).toMatch(AT_MARKER);
    },
  },
  'several bytes of one word, each by itself': {
    scene: 'bytes',
    commands: [...[0, 1, 3].map((index) => `watchpoint set expression -w write -s 1 -- &data.size1[${index}]`), ...again(3)],
    check: (said) => {
      expect(said.match(/stop reason = watchpoint \d+/g)).toHaveLength(3);
      expect(new Set(said.match(/stop reason = watchpoint \d+/g)).size).toBe(3);
    },
  },
  'two of them hit by one store': {
    scene: 'at_once',
    commands: ['watchpoint set variable vector[0]', 'watchpoint set variable vector[1]', 'continue', 'watchpoint list', ...at('marker')],
    check: (said) => {
      expect(said).toMatch(/stop reason = watchpoint \d+/);
      expect(said).toMatch(/new value: 5|new value: 6/);
    },
  },
  'a vector of 16 bytes': {
    scene: 'at_once',
    commands: ['watchpoint set variable vector', 'continue', ...at('marker')],
    check: (said) => expect(said).toMatch(/stop reason = watchpoint \d+/),
  },
  'four bytes that lie in two registers': {
    scene: 'wide',
    commands: ['watchpoint set expression -w write -s 4 -- (char *)&blob + 29', 'continue', ...at('marker')],
    check: (said) => {
      expect(said.match(/stop reason = watchpoint \d+/g)).toHaveLength(1);
      expect(said).toMatch(AT_MARKER);
    },
  },
  'an unaligned 22 bytes in four registers, and what is too much': {
    scene: 'wide',
    commands: [
      ...['watchpoint set expression -w write -s 22 -- (char *)&blob + 15', 'continue', 'watchpoint delete'],
      ...[failing('watchpoint set expression -w write -s 1024 -- &blob'), ...at('marker')],
    ],
    check: (said) => {
      expect(said.match(/stop reason = watchpoint \d+/g)).toHaveLength(1);
      expect(said).toMatch(/error: .*atchpoint/);
    },
  },
  'members side by side': {
    scene: 'wide',
    commands: ['watchpoint set variable pair.a', 'watchpoint set variable pair.b', 'watchpoint set variable quad.d', ...again(2)],
    check: (said) => expect(lldbChanges(said)).toEqual(['0 > 11', '0 > 33']),
  },
  'read, and read and write; a step over a line that reads': {
    scene: 'reads',
    commands: [
      ...['watchpoint set variable -w read_write ival1', 'thread step-over', ...again(2), 'watchpoint delete'],
      ...['watchpoint set variable -w read ival2', 'continue', ...at('marker')],
    ],
    check: (said) => {
      expect(said).toContain('stop reason = step over');
      expect(said.match(/stop reason = watchpoint \d+/g)).toHaveLength(3);
      expect(lldbChanges(said)).toContain('-1 > 1');
      expect(said).toMatch(AT_MARKER);
    },
  },
  'a step over a line that writes': {
    scene: 'counts',
    commands: ['thread step-over', 'watchpoint set variable ival1', 'thread step-over', 'thread step-over', 'continue', 'continue'],
    check: (said) => {
      expect(said).toContain('stop reason = step over');
      expect(lldbChanges(said)[0]).toBe('-1 > 0');
    },
  },
  'only a change stops, unless one asks for writes': {
    scene: 'bytes',
    commands: ['watchpoint set variable -w modify data.size8[0]', ...again(9), 'watchpoint list -v'],
    check: (said) => expect(lldbChanges(said)).toHaveLength(9),
  },
  'a condition': {
    scene: 'counts',
    commands: ['watchpoint set variable ival3', last("watchpoint modify -c 'ival3 == 3' {}"), 'continue', 'watchpoint list -v'],
    check: (said) => {
      expect(said).toMatch(/new value: 3\n/);
      expect(lldbChanges(said)).toHaveLength(1);
      expect(said).toContain("condition = 'ival3 == 3'");
    },
  },
  'an ignore count': {
    scene: 'counts',
    commands: ['watchpoint set variable ival3', last('watchpoint ignore -i 2 {}'), 'continue'],
    check: (said) => expect(lldbChanges(said).map((change) => change.replace(/.* > /, ''))).toEqual(['2']),
  },
  'disabled and enabled again': {
    scene: 'counts',
    commands: [
      ...['watchpoint set variable ival3', 'continue', 'watchpoint disable', ...at('marker').slice(0, 0), 'thread step-over'],
      ...[
        'thread step-over',
        'thread step-over',
        'thread step-over',
        'thread step-over',
        'thread step-over',
        'watchpoint enable',
        'continue',
      ],
    ],
    check: (said) => {
      expect(said).toMatch(/watchpoints disabled/);
      expect(lldbChanges(said).at(-1)).toMatch(/> 2$/);
    },
  },
  'commands at each hit': {
    scene: 'counts',
    commands: ['watchpoint set variable ival3', last("watchpoint command add -o 'expression -- ival4' {}"), 'continue', 'continue'],
    check: (said) => expect(said.match(/^\(int\) \$\d+ = (-1|0)$/gm)).toHaveLength(2),
  },
  'a local variable until its function returns': {
    scene: 'locals',
    commands: [...at('with_locals'), 'thread step-over', 'watchpoint set variable local', ...again(2)],
    check: (said) => expect(lldbChanges(said).slice(0, 2)).toEqual(['0 > 1', '1 > 11']),
  },
};

/** As many as there are until the scene's end. */
const TO_MARKER =
  'script while lldb.debugger.GetSelectedTarget().process.GetSelectedThread().GetFrameAtIndex(0).name != "marker" and left > 0: left -= 1; lldb.debugger.HandleCommand("continue")';

const THREAD_SCENES: Scenes = {
  'four threads with one variable': {
    scene: 'in_turn',
    commands: ['watchpoint set variable shared', ...again(40), ...at('marker')],
    check: (said) => {
      expect(lldbChanges(said)).toEqual(Array.from({ length: 40 }, (_, before) => `${before} > ${before + 1}`));
      expect(said).toMatch(AT_MARKER);
    },
  },
  'threads that write, meet breakpoints and get signals at once': {
    scene: 'mixed',
    // A signal would end the script. lldb is told of several threads in one stop.
    commands: [
      ...['process handle -s false -n false SIGUSR1', 'watchpoint set variable shared', 'breakpoint set -n called'],
      ...['breakpoint set -o true -n marker', 'script left = 9', TO_MARKER, 'breakpoint list'],
    ],
    check: (said) => {
      expect(lldbChanges(said)).toEqual(['0 > 1', '1 > 2']);
      expect(said).toMatch(/name = 'called', .* hit count = 2/);
    },
  },
};

describeWith(['perf', 'ptrace', 'gcc', 'gdb', 'command:lldb-19'], 'lldb: what is watched', () => {
  let said: ReadonlyMap<string, string> = new Map();
  beforeAll(async () => {
    said = await playInLldb({ fixture: 'debugger-scenes', scenes: SCENES });
  });
  testScenes(SCENES, () => said);
});

describeWith(['perf', 'ptrace', 'gcc', 'gdb', 'command:lldb-19'], 'lldb: watchpoints in threads', () => {
  let said: ReadonlyMap<string, string> = new Map();
  beforeAll(async () => {
    said = await playInLldb({ fixture: 'thread-scenes', scenes: THREAD_SCENES });
  });
  testScenes(THREAD_SCENES, () => said);
});

describeWith(['perf', 'ptrace', 'gcc', 'gdb', 'command:lldb-19'], 'lldb: at a running process', () => {
  test('1,000 hits ignored, then a condition; a struct of 24 bytes and an unaligned field', async () => {
    await using target = await startTarget('debugged', { args: ['--rounds', '1200'] });
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const said = await lldb(server, target, [
      ...['watchpoint set variable counter', 'watchpoint ignore -i 999 1', GO, 'continue', 'watchpoint modify -c "counter % 100 == 55" 1'],
      ...['continue', 'watchpoint delete', 'watchpoint set variable box', 'continue', 'continue', 'continue', 'watchpoint delete'],
      ...['watchpoint set expression -w write -s 2 -- text + 3', 'continue', 'watchpoint delete', 'detach'],
    ]);
    expect(said).toMatch(/new value: 500500\n(.*\n)*new value: 510555\n/);
    expect(said.match(/stop reason = watchpoint [123]/g)).toHaveLength(6);
    expect((await target.finishedWithin(20_000)).stdout).toContain('rounds 1200 counter 720600 signals 1');
  });

  test('leaves and comes again; kill', async () => {
    await using target = await startTarget('debugged', { args: ['--pause', '20000', '--rounds', '2000'] });
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const first = await lldb(server, target, ['watchpoint set variable counter', GO, 'continue', 'detach']);
    expect(lldbChanges(first)).toEqual(['0 > 1']);
    const second = await lldb(server, target, ['watchpoint set variable counter', 'continue', 'process kill']);
    expect(lldbChanges(second)).toHaveLength(1);
    expect((await target.finishedWithin(10_000)).signal).toBe('SIGKILL');
    expect(await server.finishedWithin(10_000)).toMatchObject({ status: 0 });
  });

  test('two lldbs, each with its own watchpoints', async () => {
    await using target = await startTarget('debugged', { args: ['--rounds', '400', '--pause', '10000'] });
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    target.go();
    const [first, second] = await Promise.all([
      lldb(server, target, ['watchpoint set variable counter', ...again(3), 'watchpoint delete', 'detach']),
      lldb(server, target, ['watchpoint set variable box.b', ...again(3), 'watchpoint delete', 'detach']),
    ]);
    expect(lldbChanges(first)).toHaveLength(3);
    expect(lldbChanges(second)).toHaveLength(3);
    expect((await target.finishedWithin(30_000)).stdout).toContain('rounds 400 counter 80200 signals 1');
  });
});

// Names and ranges that cannot be watched in a program that can: status 125, what was meant, what works, and the program never runs.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { runHwbkpt } from '../helpers/run-hwbkpt.js';
import { startTarget } from '../helpers/target.js';
import { expectRefusal } from './refusal.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(`${tmpdir()}/hwbkpt-names-`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describeWith(['perf', 'ptrace'], 'a launched program does not run where', () => {
  test.each([
    ['hot', ['cuonter'], /^nothing called cuonter in hot and its libraries$/, /Did you mean counter\?/],
    ['hot', ['zzz_none_of_this'], /^nothing called zzz_none_of_this/, /LIBRARY!zzz_none_of_this/],
    ['hot', ['libfoo.so!counter'], /no program or library called libfoo\.so is loaded/, /Loaded are hot, /],
    ['hot', ['main'], /^main is a function, not a variable$/, /--access x/],
    ['hot', ['counter', '--access', 'x'], /^counter is a variable, not a function$/, /--access w/],
    ['hot', ['counter.x'], /counter/, /./],
    ['hot', ['counter', '--as', 'int32'], /^counter has 8 bytes, which int32 has not$/, /counter:LEN/],
    ['two-statics-a', ['ticks'], /^ticks is the name of 2 things$/, /two-statics-a\.c::ticks, .*two-statics-b\.c::ticks/],
    ['optimised-out', ['never_used'], /constant that the compiler put into the code/, /cannot change/],
    ['optimised-out', ['folded'], /was optimised away/, /Build without optimisation/],
    [
      'demo/demo',
      ['state'],
      /^state is too long: 196 bytes from 0x[0-9a-f]+ on need 25 debug registers, 4 are free$/,
      /4 debug registers .* What fits: state:32\./,
    ],
    ['demo/demo', ['state.tick:64'], /^state\.tick:64 is too long: 64 bytes .* need 8 debug registers/, /What fits: state\.tick:32\./],
    ['demo/demo', ['state.players[4].hp'], /beyond the end/, /state\.players\[3\]/],
    ['demo/demo', ['state.players[2].hq'], /has no member hq$/, /Did you mean hp\?/],
  ])('%s: %j', async (fixture, words, message, hint) => {
    const program = await buildFixture(fixture);
    await expectRefusal(['watch', ...words, '--', program], { status: 125, message, hint });
  });

  test('several EXPRs need more than four registers', async () => {
    const program = await buildFixture('demo/demo');
    const names = [0, 1, 2, 3].map((player) => `state.players[${player}].hp`);
    await expectRefusal(['stat', 'state.tick', ...names, '--', program], {
      status: 125,
      message: /^no debug registers are left for state\.players\[3\]\.hp: it needs 1, 0 are free$/,
      hint: /The EXPRs before this one take 4 of them/,
    });
  });

  test('it is stripped of all names', async () => {
    const stripped = `${folder}/stripped`;
    copyFileSync(await buildFixture('hot'), stripped);
    execFileSync('strip', [stripped]);
    await expectRefusal(['watch', 'counter', '--', stripped], {
      status: 125,
      message: /^stripped has no symbols \(it was stripped\), so counter cannot be found$/,
      hint: /Build it with -g.*0xADDRESS:LENGTH/,
    });
  });
});

describeWith(['perf', 'ptrace'], 'an address in a program that is being launched', () => {
  test('may be mapped later: it is watched, and said to be nowhere yet', async () => {
    const program = await buildFixture('hot');
    const { status, stderr } = await runHwbkpt(['watch', '0x10', '--', program, '--writes', '1']);
    expect(stderr).toMatch(/^hwbkpt: armed 0x10 = 0x10, .*\nhwbkpt: nothing is mapped at 0x10 yet; /);
    expect(status).toBe(0);
  });
});

describeWith(['perf', 'ptrace'], 'in a running process', () => {
  test('an address where nothing is mapped', async () => {
    await using target = await startTarget('hot');
    const message = new RegExp(`^nothing is mapped at 0x10 in process ${target.pid}$`);
    await expectRefusal(['watch', '0x10', '--pid', String(target.pid)], { status: 125, message, hint: /\/proc\/PID\/maps/ });
  });

  test('a range that is so badly aligned that it does not fit, with what fits', async () => {
    await using target = await startTarget('hot');
    const odd = `0x${(target.shown('counter').address + 1n).toString(16)}`;
    await expectRefusal(['watch', `${odd}:32`, '--pid', String(target.pid)], {
      status: 125,
      message: /is too long: 32 bytes from 0x[0-9a-f]+1 on need 5 debug registers, 4 are free$/,
      hint: new RegExp(`What fits: ${odd}:31\\.`),
    });
  });

  test('an address of the kernel', async () => {
    await using target = await startTarget('hot');
    await expectRefusal(['watch', '0xffffffff81000000:8', '--pid', String(target.pid)], {
      status: 125,
      message: /0xffffffff81000000/,
      hint: /./,
    });
  });
});

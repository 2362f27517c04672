// The search between two calls: whose it is, who may read it, and what happens when it is not what it was.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Expected, expectRefusal } from '../cli/refusal.js';
import { describeWith } from '../helpers/requirement.js';
import { runHwbkpt } from '../helpers/run-hwbkpt.js';
import { startTarget, type Target } from '../helpers/target.js';
import { SearchFolder, tell } from './found.js';

async function startValues(): Promise<Target> {
  const target = await startTarget('values-on-command');
  target.go();
  return target;
}

function refused(folder: SearchFolder, args: readonly string[], expected: Omit<Expected, 'status'>): Promise<unknown> {
  return expectRefusal(['find', ...args], { status: 125, ...expected }, { environment: folder.environment });
}

describeWith(['ptrace', 'gcc'], 'the search that is kept', () => {
  test('only its user can read', async () => {
    await using target = await startValues();
    using folder = new SearchFolder();
    const { found } = await folder.find('77001', '--pid', String(target.pid));
    expect(found.state).toBe(`${folder.path}/hwbkpt/find-${target.pid}.search`);
    expect(statSync(found.state).mode & 0o777).toBe(0o600);
    expect(statSync(`${folder.path}/hwbkpt`).mode & 0o777).toBe(0o700);
    expect(readdirSync(`${folder.path}/hwbkpt`)).toEqual([`find-${target.pid}.search`]);
  });

  test('is not there before there was a search', async () => {
    await using target = await startValues();
    using folder = new SearchFolder();
    for (const seen of [['--was', '1', '--now', '2'], ['--changed'], ['--unchanged']])
      await refused(folder, [...seen, '--pid', String(target.pid)], {
        message: new RegExp(`^there is no search in process ${target.pid} to go on with$`),
        hint: new RegExp(`Begin one: hwbkpt find VALUE --pid ${target.pid}`),
      });
  });

  test('of a process that has ended is not taken for one of another', async () => {
    await using first = await startValues();
    await using second = await startValues();
    using folder = new SearchFolder();
    const { found } = await folder.find('77001', '--pid', String(first.pid));
    // As if the number of the first had come to be the second's.
    writeFileSync(found.state.replace(String(first.pid), String(second.pid)), readFileSync(found.state), { mode: 0o600 });
    await refused(folder, ['--now', '5', '--pid', String(second.pid)], {
      message: new RegExp(`^the last search was in another process that had the number ${second.pid}$`),
      hint: /Begin anew: hwbkpt find VALUE --pid/,
    });
  });

  test('goes when its process has gone and another search is kept', async () => {
    await using target = await startValues();
    using folder = new SearchFolder();
    let ended: string;
    {
      await using short = await startValues();
      ended = (await folder.find('77001', '--pid', String(short.pid))).found.state;
    }
    expect(existsSync(ended)).toBe(true);
    await folder.find('77001', '--pid', String(target.pid));
    expect(existsSync(ended)).toBe(false);
  });

  test('is refused when it is damaged', async () => {
    await using target = await startValues();
    using folder = new SearchFolder();
    const pid = String(target.pid);
    const { found } = await folder.find('77001', '--pid', pid);
    const whole = readFileSync(found.state);
    const flipped = Buffer.from(whole);
    flipped[whole.length - 1] = (flipped[whole.length - 1] ?? 0) ^ 1;
    for (const damaged of [flipped, whole.subarray(0, whole.length - 1), Buffer.alloc(0), Buffer.from('something else')]) {
      writeFileSync(found.state, damaged);
      await refused(folder, ['--changed', '--pid', pid], { message: /find-\d+\.search is damaged: /, hint: /Begin a new search/ });
    }
    await folder.find('77001', '--pid', pid);
    expect((await folder.find('--unchanged', '--pid', pid)).found.places).toBeGreaterThan(0);
  });

  test('is refused when others could have changed it', async () => {
    await using target = await startValues();
    using folder = new SearchFolder();
    const pid = String(target.pid);
    const { found } = await folder.find('77001', '--pid', pid);
    chmodSync(found.state, 0o666);
    await refused(folder, ['--changed', '--pid', pid], { message: /may be read or written by others$/, hint: /Remove it/ });
    rmSync(`${folder.path}/hwbkpt`, { recursive: true });
    mkdirSync(`${folder.path}/hwbkpt`);
    chmodSync(`${folder.path}/hwbkpt`, 0o777);
    await refused(folder, ['--changed', '--pid', pid], { message: /is not a folder that only you may enter$/, hint: /chmod 700/ });
  });

  test('goes on only with what fits it', async () => {
    await using target = await startValues();
    using folder = new SearchFolder();
    const pid = String(target.pid);
    await tell(target, 'heap', '81726354');
    await folder.find('81726354', '--pid', pid);
    const wrongUse = (args: readonly string[], message: RegExp, hint: RegExp) =>
      expectRefusal(['find', ...args, '--pid', pid], { status: 2, message, hint }, { environment: folder.environment });
    await wrongUse(['--was', '5', '--now', '6'], /^no place held 5 at the last look: they all held 81726354$/, /Leave --was out/);
    await wrongUse(['--now', '1.5'], /^"1\.5" is no value of type int32$/, /Whole numbers/);
    await folder.find('nowhere to be found', '--type', 'text', '--pid', pid);
    await refused(folder, ['--changed', '--pid', pid], { message: /^the last search found nothing/, hint: /Begin a new one/ });
  });
});

describeWith(['ptrace', 'gcc'], 'without a folder for running programs', () => {
  test('searches are kept below that of temporary files', async () => {
    await using target = await startValues();
    using folder = new SearchFolder();
    const environment = { XDG_RUNTIME_DIR: undefined, TMPDIR: folder.path };
    const { status } = await runHwbkpt(['find', '77001', '--pid', String(target.pid)], { environment });
    expect(status).toBe(0);
    const name = `hwbkpt-${process.getuid?.()}`;
    expect(readdirSync(folder.path)).toEqual([name]);
    expect(statSync(`${folder.path}/${name}`).mode & 0o777).toBe(0o700);
  });
});

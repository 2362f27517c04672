// find on a terminal: it asks, narrows down with each answer, and ends in the line that watches what is left.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TerminalRun } from '../cli/shell.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget, type Target } from '../helpers/target.js';
import { addressOf, SearchFolder, tell } from './found.js';

const PROMPT = /the value now, or c \(changed\), u \(unchanged\), l \(list\), q \(quit\): $/;

async function startValues(): Promise<Target> {
  const target = await startTarget('values-on-command');
  target.go();
  return target;
}

/** Until find has asked `times` times. */
async function asked(run: TerminalRun, times: number): Promise<void> {
  const questions = (): number => run.stdout.text.split('the value now, or c').length - 1;
  while (run.running && !(questions() >= times && PROMPT.test(run.stdout.text))) await new Promise((resolve) => setTimeout(resolve, 10));
}

describeWith(['ptrace', 'gcc', 'command:script'], 'hwbkpt find on a terminal', () => {
  let folder: SearchFolder;
  beforeAll(() => {
    folder = new SearchFolder();
    // For what the terminal runs, too.
    Object.assign(process.env, folder.environment);
  });
  afterAll(() => folder[Symbol.dispose]());

  test('asks until one place is left', async () => {
    await using target = await startValues();
    const [pid, address] = [String(target.pid), addressOf(target, 'mapped')];
    // Each value twice, so that there is something to ask.
    await tell(target, 'mapped', '81726354');
    await tell(target, 'heap', '81726354');
    await using run = new TerminalRun(['find', '81726354', '--in', 'heap', '--pid', pid], { columns: 120, rows: 40 });
    await asked(run, 1);
    expect(run.stdout.text).toMatch(/^2 places hold 81726354 \(int32\)\r$/m);
    run.send('1.5\n');
    await asked(run, 2);
    expect(run.stdout.text).toContain('"1.5" is no value of type int32');
    run.send('999\n');
    await asked(run, 3);
    expect(run.stdout.text).toMatch(/none of the places did that; 2 places as before/);
    run.send('u\n');
    await asked(run, 4);
    run.send('l\n');
    await asked(run, 5);
    await tell(target, 'mapped', '45362718');
    run.send('45362718\n');
    const { stdout, status } = await run.finishedWithin(20_000);
    const last = stdout.trimEnd().split('\r\n').slice(-3);
    expect(last).toEqual([
      '1 place left (int32)',
      `  ${address}  45362718  anonymous`,
      `hwbkpt watch ${address}:4 --as int32 --pid ${pid}`,
    ]);
    expect(status).toBe(0);
  });

  test('what was quit can be gone on with', async () => {
    await using target = await startValues();
    const [pid, address] = [String(target.pid), addressOf(target, 'mapped')];
    await tell(target, 'mapped', '4');
    await using run = new TerminalRun(['find', '4', '--pid', pid], { columns: 120, rows: 40 });
    await asked(run, 1);
    await tell(target, 'mapped', '70001');
    run.send('c\n');
    await asked(run, 2);
    run.send('q\n');
    expect((await run.finishedWithin(20_000)).status).toBe(0);
    const { places } = await folder.find('--now', '70001', '--pid', pid);
    expect(places.map((place) => place.address)).toContain(address);
  });

  test('Ctrl-C ends it', async () => {
    await using target = await startValues();
    await using run = new TerminalRun(['find', '0', '--pid', String(target.pid)], { columns: 120, rows: 40 });
    await asked(run, 1);
    run.send('\u0003');
    expect((await run.finishedWithin(20_000)).status).toBe(130);
  });
});

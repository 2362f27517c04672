// Finding variables of a running process, whatever their type and wherever they are.
import { describe, expect, test } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { runHwbkpt } from '../helpers/run-hwbkpt.js';
import { startTarget, type Target } from '../helpers/target.js';
import { addressOf, SearchFolder, tell } from './found.js';

async function startValues(...args: readonly string[]): Promise<Target> {
  const target = await startTarget('values-on-command', { args });
  target.go();
  return target;
}

describeWith(['ptrace', 'gcc'], 'hwbkpt find in a process', () => {
  test.each([
    ['heap', 'heap'],
    ['stack', 'stack'],
    ['zeroed', expect.stringMatching(/values-on-command( \(bss\))?$/)],
    ['initial', expect.stringMatching(/values-on-command$/)],
    ['shared', '/dev/zero'],
    ['mapped', 'anonymous'],
  ])('an int32 in memory of the kind %s', async (name, region) => {
    await using target = await startValues();
    using folder = new SearchFolder();
    const [pid, address] = [String(target.pid), addressOf(target, name)];
    await tell(target, name, '81726354');
    const first = await folder.find('81726354', '--pid', pid, '--limit', '1000');
    expect(first.places).toContainEqual(expect.objectContaining({ address, size: 4, value: 81726354, region }));
    await tell(target, name, '45362718');
    const second = await folder.find('--was', '81726354', '--now', '45362718', '--pid', pid);
    expect(second.places).toContainEqual(expect.objectContaining({ address, value: 45362718 }));
    // What the program computed it with may be there still; when another name is told, it is not.
    await tell(target, name === 'heap' ? 'stack' : 'heap', '1');
    const third = await folder.find('--unchanged', '--pid', pid);
    expect(third.places.map((place) => place.address)).toEqual([address]);
    expect(third.found).toMatchObject({ places: 1, watch: `hwbkpt watch ${address}:4 --as int32 --pid ${pid}` });
  });

  test.each([
    ['small', '-77', ['--type', 'int8'], '78', -77],
    ['wide', '81726354817263', [], '5', '81726354817263'],
    ['wide', '-5000000001', ['--type', 'int64'], '-5000000002', '-5000000001'],
    ['real', '1234.5625', [], '-2e100', 1234.5625],
    ['single', '0.1', ['--type', 'f32'], '7', 0.1],
    ['odd', '81726354', ['--unaligned'], '45362718', 81726354],
    ['heap', '-252579085', ['--type', 'bytes'], '5', 'f3 f2 f1 f0'],
    ['text', 'a sword of light', ['--type', 'text'], 'a shield of oak..', 'a sword of light'],
  ] as const)('%s, which is %s with %j', async (name, value, options, next, json) => {
    await using target = await startValues();
    using folder = new SearchFolder();
    const [pid, address] = [String(target.pid), addressOf(target, name)];
    await tell(target, name, value);
    const sought = options.some((option) => option === 'bytes') ? String(json) : value;
    const { places } = await folder.find(sought, ...options, '--in', 'heap', '--limit', '100000', '--pid', pid);
    expect(places).toContainEqual(expect.objectContaining({ address, value: json }));
    await tell(target, name, next);
    const changed = await folder.find('--changed', '--limit', '100000', '--pid', pid);
    expect(changed.places.map((place) => place.address)).toContain(address);
  });

  test('values are followed when nobody knows what they are', async () => {
    await using target = await startValues();
    using folder = new SearchFolder();
    const [pid, address] = [String(target.pid), addressOf(target, 'mapped')];
    await tell(target, 'mapped', '4');
    await folder.find('4', '--pid', pid);
    await tell(target, 'mapped', '70001');
    const { places } = await folder.find('--changed', '--limit', '10000', '--pid', pid);
    expect(places).toContainEqual(expect.objectContaining({ address, value: 70001 }));
    await folder.find('--unchanged', '--pid', pid);
    await tell(target, 'mapped', '70002');
    const last = await folder.find('--was', '70001', '--now', '70002', '--pid', pid);
    // What the program computed it with may be on its stack, too.
    expect(last.places.filter(({ region }) => region !== 'stack')).toEqual([
      { type: 'place', address, size: 4, value: 70002, region: 'anonymous', symbol: null },
    ]);
  });

  test('names the symbol that covers a place', async () => {
    await using target = await startValues();
    using folder = new SearchFolder();
    const { places } = await folder.find('77001', '--in', 'values-on-command', '--pid', String(target.pid));
    expect(places).toEqual([expect.objectContaining({ address: addressOf(target, 'initial'), symbol: 'initial' })]);
  });

  test('a zero in memory that was never written', async () => {
    await using target = await startValues();
    using folder = new SearchFolder();
    const [pid, address] = [String(target.pid), addressOf(target, 'mapped')];
    await folder.find('0', '--pid', pid);
    await tell(target, 'mapped', '5551');
    const { places } = await folder.find('--was', '0', '--now', '5551', '--limit', '100', '--pid', pid);
    expect(places.map((place) => place.address)).toContain(address);
  });

  test('what cannot be read is counted and said', async () => {
    await using target = await startValues('--unreadable');
    using folder = new SearchFolder();
    const { found } = await folder.find('5', '--pid', String(target.pid));
    expect(found.unreadable).toBe(4096);
    expect(found.read).toBeGreaterThan(50_000);
    const text = await runHwbkpt(['find', '5', '--pid', String(target.pid)], { environment: folder.environment });
    expect(text.stderr).toMatch(/^hwbkpt: searched [\d.]+ [kM]B in \d+\.\d\d s; 4\.1 kB could not be read$/m);
  });

  test('text output: places, what is left, and the line that watches it', async () => {
    await using target = await startValues();
    using folder = new SearchFolder();
    const [pid, address] = [String(target.pid), addressOf(target, 'mapped')];
    await tell(target, 'mapped', '81726354');
    await folder.find('81726354', '--in', 'heap', '--pid', pid);
    await tell(target, 'mapped', '45362718');
    const { stdout, stderr, status } = await runHwbkpt(['find', '--now', '45362718', '--pid', pid], { environment: folder.environment });
    expect(stdout).toBe(`1 place left (int32)\n  ${address}  45362718  anonymous\nhwbkpt watch ${address}:4 --as int32 --pid ${pid}\n`);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const none = await runHwbkpt(['find', '--now', '3', '--pid', pid], { environment: folder.environment });
    expect(none.stdout).toBe('no place left (int32)\n');
    expect(none.stderr).toBe('hwbkpt: none of the places did that: the search is kept as it was before\n');
    expect((await folder.find('--unchanged', '--pid', pid)).found.places).toBe(1);
  });
});

describeWith(['perf', 'ptrace', 'gcc'], 'the line that find ends in', () => {
  describe('is a command', () => {
    test('that watches the variable', async () => {
      await using target = await startValues();
      using folder = new SearchFolder();
      await tell(target, 'mapped', '81726354');
      const { found } = await folder.find('81726354', '--in', 'heap', '--pid', String(target.pid));
      await tell(target, 'mapped', '45362718');
      const { found: last } = await folder.find('--now', '45362718', '--pid', String(target.pid));
      expect(found.places).toBeGreaterThan(0);
      const [, ...words] = (last.watch ?? '').split(' ');
      const watching = runHwbkpt([...words, '--limit', '1', '--json']);
      // Told again and again, because nobody knows when the watch is armed.
      let done = false;
      const telling = (async () => {
        for (let value = 1; !done; value++) {
          await tell(target, 'mapped', String(value));
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      })();
      const { messages, status } = await watching;
      done = true;
      await telling;
      expect(messages).toContainEqual(expect.objectContaining({ type: 'hit', new: expect.any(Number), function: 'main' }));
      expect(status).toBe(0);
    });
  });
});

// Names of variables and code: paths, statics, stacks, libraries, functions.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { attach } from '../../src/session/index.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { byFunction, observe, of } from './observed.js';

describeWith(['perf', 'gcc'], 'a path', () => {
  test('into a struct watches just that member', async () => {
    const { hits, counts, watches } = await observe('struct-path', ['state.players[2].hp']);
    expect(watches[0]?.info).toMatchObject({ size: 4, type: { kind: 'signed' } });
    expect(byFunction(hits)).toEqual(
      new Map([
        ['damage', counts.get('damage')],
        ['heal', counts.get('heal')],
      ]),
    );
    let hp = 100;
    for (const hit of hits) {
      const before = hp;
      hp = hit.place.function === 'heal' ? 100 : hp - 1;
      expect(hit).toMatchObject({ oldValue: before, newValue: hp });
    }
  });

  test('has places with file and line', async () => {
    const { hits } = await observe('struct-path', ['state.players[2].hp']);
    for (const { place } of hits) {
      expect(place).toMatchObject({ module: 'struct-path', file: expect.stringMatching(/struct-path\.c$/) });
      expect(place.line).toBeGreaterThan(0);
      expect(place.offset).toBeGreaterThanOrEqual(0);
    }
  });
});

describeWith(['perf', 'gcc'], 'a static', () => {
  test('of two files is ambiguous, and its file picks one', async () => {
    await using process = await startTarget('two-statics-a');
    await using target = await attach(process.pid);
    await expect(target.watch('ticks')).rejects.toMatchObject({ code: 'ambiguous-symbol' });
    // What was refused has armed nothing.
    const watch = await target.watch('two-statics-b.c::ticks');
    process.go();
    const values: unknown[] = [];
    for await (const hit of watch) values.push(hit.newValue);
    expect(values).toEqual(Array.from({ length: 20 }, (_, i) => `${-i - 1}`));
  });
});

describeWith(['perf', 'gcc'], 'a stack', () => {
  test('has the frames that led to the hit, innermost first', async () => {
    // Not optimised, so that each function has a frame: the kernel follows frame pointers.
    const { hits, counts } = await observe('call-chain', ['shared'], { watch: { stackDepth: 5 }, fixture: { build: { flags: ['-O0'] } } });
    const paths = new Map<string, number>();
    for (const { stack } of hits) {
      const path = (stack ?? [])
        .slice(0, 3)
        .map((frame) => frame.function)
        .join(' < ');
      paths.set(path, (paths.get(path) ?? 0) + 1);
    }
    expect(paths).toEqual(
      new Map([
        ['inner < middle < outer_a', counts.get('outer_a')],
        ['inner < middle < outer_b', counts.get('outer_b')],
      ]),
    );
    expect(hits[0]?.stack).toHaveLength(5);
  });

  test('is none where nobody asked for one', async () => {
    const { hits } = await observe('call-chain', ['shared']);
    expect(hits.every(({ stack }) => stack === null)).toBe(true);
  });
});

describeWith(['perf', 'gcc'], 'a function', () => {
  test('is watched where it is executed, before its first instruction', async () => {
    const { hits, counts, watches } = await observe('call-chain', ['middle'], { watch: { access: 'execute' } });
    expect(hits).toHaveLength((counts.get('outer_a') ?? 0) + (counts.get('outer_b') ?? 0));
    for (const hit of hits) {
      expect(hit).toMatchObject({ ip: watches[0]?.info.address, oldValue: null, newValue: null, valueSource: null, sameValue: false });
      expect(hit.place).toMatchObject({ function: 'middle', offset: 0 });
    }
  });
});

describeWith(['perf', 'gcc'], 'a library that is loaded late', () => {
  test('has names and places once it is loaded', async () => {
    const library = await buildFixture('dlopen-late-lib');
    // So many writes that the watch comes in time, and so fast that the program ends soon once it is not watched any more.
    await using process = await startTarget('dlopen-late', { args: ['--count', '2000000000', library] });
    await using target = await attach(process.pid);
    await expect(target.watch('library_counter')).rejects.toMatchObject({ code: 'unknown-symbol' });
    process.go();
    const watch = await eventually(() => target.watch('dlopen-late-lib.so!library_counter'));
    let before: bigint | null = null;
    for await (const hit of watch) {
      const value = BigInt(String(hit.newValue));
      if (before !== null) expect(value).toBe(before + 1n);
      expect(hit.place).toMatchObject({
        function: 'library_write',
        module: 'dlopen-late-lib.so',
        file: expect.stringMatching(/dlopen-late-lib\.c$/),
      });
      before = value;
      if (watch.hits > 500) break;
    }
    await watch.close();
    expect(watch.hits).toBeGreaterThan(500);
  });
});

/** What `attempt` gives once it does not throw any more. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = 2000; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0) throw error;
      await sleep(1);
    }
  }
}

describeWith(['perf', 'gcc'], 'several watches', () => {
  test('share the four registers, and a fifth is refused with nothing armed', async () => {
    await using process = await startTarget('struct-path');
    await using target = await attach(process.pid);
    const names = ['state.players[0].hp', 'state.players[1].hp', 'state.players[2].hp', 'state.players[3].hp'];
    const watches = await Promise.all(names.map((name) => target.watch(name)));
    await expect(target.watch('state.tick')).rejects.toMatchObject({ code: 'range-too-long' });
    await watches[0]?.close();
    const tick = await target.watch('state.tick');
    process.go();
    await target.ended;
    expect(watches.map(({ hits }) => hits)).toEqual([0, 0, 55, 0]);
    expect(tick.hits).toBe(50);
  });

  test('on one variable each get every hit', async () => {
    const { hits, counts, watches } = await observe('same-value', ['shared', 'shared']);
    expect(watches.map((watch) => hits.filter((hit) => hit.watch === watch.info).length)).toEqual([counts.get('put'), counts.get('put')]);
    for (const watch of watches) {
      const mine = hits.filter((hit) => hit.watch === watch.info);
      expect(mine.slice(1).map(({ oldValue }) => oldValue)).toEqual(mine.slice(0, -1).map(({ newValue }) => newValue));
    }
    expect(of(hits, 'put')).toHaveLength(hits.length);
  });
});

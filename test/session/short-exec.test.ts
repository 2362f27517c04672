// A process that becomes another program and ends at once, before anybody could arm a breakpoint there: said, counted, and no failure.
import { expect, test } from 'vitest';
import { attach, launch } from '../../src/session/index.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, runHwbkpt } from '../helpers/run-hwbkpt.js';
import { startTarget } from '../helpers/target.js';

describeWith(['perf', 'gcc'], 'a program that ends just after its exec', () => {
  test('leaves the hits before it, an event that says what was missed, and its own status', async () => {
    const [before, after] = [await buildFixture('exec-other'), await buildFixture('after-exec')];
    const run = await runHwbkpt(['watch', 'shared', '--json', '--', before, '--count', '3', '--', after, '--count', '1', '--status', '9']);
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 9, stderr: '' });
    expect(messagesOf(run, 'hit').filter((hit) => hit.function === 'before_exec')).toHaveLength(3);
    const [exec, next] = messagesOf(run, 'event');
    expect(exec).toMatchObject({ event: 'exec', comm: 'after-exec' });
    // Whether it could still be armed is a race; that it ends without either is what must not happen.
    expect(['watch-ended', 'armed-again']).toContain(next?.event);
    expect(messagesOf(run, 'summary')).toMatchObject([{ not_covered: expect.arrayContaining(['after-exec']) }]);
  });

  test('does not cost a reader of the library the hits before it', async () => {
    const seen: unknown[] = [];
    await using target = await launch([await buildFixture('exec-other'), '--count', '3', '--', '/bin/true']);
    const watch = await target.watch('shared');
    for await (const hit of watch) seen.push(hit.newValue);
    expect(seen).toEqual(['1', '2', '3']);
    expect(watch.endedBecause).toMatch(/runs another program now \(true\)/);
  });

  test('is the same for a process that was attached to', async () => {
    await using before = await startTarget('exec-other', { args: ['--count', '3', '--', '/bin/true'] });
    await using target = await attach(before.pid);
    const watch = await target.watch('shared');
    before.go();
    const seen: unknown[] = [];
    for await (const hit of watch) seen.push(hit.newValue);
    expect(seen).toEqual(['1', '2', '3']);
    expect(target.summary()).toMatchObject({ hits: 3, lost: 0 });
  });
});

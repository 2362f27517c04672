// The choice of an engine: which one is taken, what is remembered of better ones, and what is refused.
import { spawnSync } from 'node:child_process';
import { expect, inject, test } from 'vitest';
import { chooseEngine } from '../../src/session/choose-engine.js';
import { BadRequestError } from '../../src/session/errors.js';
import { REPOSITORY } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';

describeWith(['perf', 'bpf'], 'with every privilege', () => {
  test.each([
    ['auto', 'process', 'bpf'],
    ['auto', 'kernel', 'bpf'],
    ['bpf', 'process', 'bpf'],
    ['bpf', 'kernel', 'bpf'],
    ['perf', 'process', 'perf'],
    ['stop', 'process', 'stop'],
    ['sim', 'process', 'sim'],
  ] as const)('%s for the %s is %s, and nothing better was passed over', async (name, watched, expected) => {
    const { engine, passedOver } = await chooseEngine(name, watched);
    expect(engine.capabilities.name).toBe(expected);
    expect(passedOver).toEqual([]);
  });

  test.each(['perf', 'stop', 'sim'])('%s cannot watch the kernel', async (name) => {
    const refused = chooseEngine(name, 'kernel');
    await expect(refused).rejects.toBeInstanceOf(BadRequestError);
    await expect(refused).rejects.toThrow(`engine ${name}: it cannot watch the kernel`);
  });

  test('an engine that nobody knows is refused with those that are known', async () => {
    await expect(chooseEngine('magic')).rejects.toMatchObject({
      code: 'bad-request',
      message: 'there is no engine "magic"',
      hint: 'Engines of this version: auto, bpf, perf, stop, sim.',
    });
  });
});

/** What became of a choice in a process without CAP_BPF. */
type Choice = { readonly engine: string; readonly passedOver: readonly object[] } | { readonly code: string; readonly message: string };

function chosenWithoutBpf(name: string, watched: string): Choice {
  const problem = inject('distProblem');
  if (problem !== null) throw new Error(problem);
  const script = `
    const { chooseEngine } = await import('${REPOSITORY}/dist/session/choose-engine.js');
    const choice = chooseEngine('${name}', '${watched}').then(
      ({ engine, passedOver }) => ({ engine: engine.capabilities.name, passedOver }),
      ({ code, message, hint }) => ({ code, message, hint }),
    );
    console.log(JSON.stringify(await choice));`;
  const dropped = '-sys_admin,-bpf';
  const node = [process.execPath, '--input-type=module', '-e', script];
  const { stdout } = spawnSync('setpriv', ['--bounding-set', dropped, '--inh-caps', dropped, ...node], { encoding: 'utf8' });
  return JSON.parse(stdout) as Choice;
}

describeWith(['perf', 'bpf', 'root', 'command:setpriv'], 'without CAP_BPF', () => {
  const advice = expect.stringContaining('CAP_BPF');

  test('auto is perf, and says why not bpf', () => {
    expect(chosenWithoutBpf('auto', 'process')).toEqual({ engine: 'perf', passedOver: [{ name: 'bpf', problem: 'no CAP_BPF', advice }] });
  });

  test('nothing can watch the kernel, for each its reason', () => {
    expect(chosenWithoutBpf('auto', 'kernel')).toEqual({
      code: 'engine-unavailable',
      message: 'no engine here can watch the kernel: bpf: no CAP_BPF; perf: it cannot watch the kernel; stop: it cannot watch the kernel',
      hint: advice,
    });
  });

  test('bpf by name is refused', () => {
    expect(chosenWithoutBpf('bpf', 'process')).toMatchObject({
      code: 'engine-unavailable',
      message: 'engine bpf does not work here: no CAP_BPF',
    });
  });
});

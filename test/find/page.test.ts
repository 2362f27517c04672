// docs/find.md: its command lines are ones that find takes, and its sysctl transcript is what the commands say.
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findOptions } from '../../src/cli/find/find-options.js';
import { buildProgram } from '../../src/cli/parser.js';
import { codeBlocks, pageText } from '../docs/markdown.js';
import { describeWith } from '../helpers/requirement.js';
import { runHwbkpt } from '../helpers/run-hwbkpt.js';
import { SearchFolder } from './found.js';

const SYSCTL = '/proc/sys/kernel/printk_ratelimit_burst';
const blocks = codeBlocks(pageText('docs/find.md')).map(({ text }) => text);

/** Lines of a block with what each printed. */
interface Step {
  readonly command: string;
  readonly printed: string;
}

function stepsOf(block: string): Step[] {
  return block
    .split(/^[$#] /m)
    .slice(1)
    .map((step) => {
      const [command = '', ...printed] = step.split('\n');
      return { command: command.replace(/ >.*$/, ''), printed: printed.join('\n') };
    });
}

/** Without what differs from boot to boot. */
function masked(text: string): string {
  return text.replaceAll(/0x[0-9a-f]+/g, '0xADDRESS').replace(/searched [\d.]+ MB in [\d.]+ s/, 'searched MEMORY');
}

const commands = blocks
  .flatMap(stepsOf)
  .map(({ command }) => command)
  .filter((command) => command.startsWith('hwbkpt find'));

test('has command lines', () => {
  expect(commands.length).toBeGreaterThan(5);
});

test.each(commands)('%s', async (command) => {
  let taken = false;
  const program = buildProgram(async (_, values, options) => {
    findOptions({ arguments: values, options, command: null });
    taken = true;
  });
  await program.parseAsync(command.split(' ').slice(1), { from: 'user' });
  expect(taken).toBe(true);
});

describeWith(['bpf', 'privileged', 'root'], 'the transcript of a sysctl', () => {
  let before = '';
  beforeAll(() => {
    before = readFileSync(SYSCTL, 'utf8');
  });
  afterAll(() => writeFileSync(SYSCTL, before));

  test('is what is printed', async () => {
    using folder = new SearchFolder();
    const steps = stepsOf(blocks.find((block) => block.includes('find 1234577 --kernel')) ?? '');
    expect(steps).toHaveLength(4);
    for (const { command, printed } of steps) {
      const setting = /^sysctl -q kernel\.printk_ratelimit_burst=(\d+)$/.exec(command)?.[1];
      if (setting !== undefined) writeFileSync(SYSCTL, setting);
      else {
        const { stdout, stderr } = await runHwbkpt(command.split(' ').slice(1), { environment: folder.environment });
        expect(masked(stderr + stdout)).toBe(masked(printed));
      }
    }
  });
});

// docs/counting.md shows what its commands print: each is run again, and every line must be there but for its numbers.
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { runHwbkpt } from '../helpers/run-hwbkpt.js';
import { codeBlocks, pageText } from './markdown.js';

const transcripts = codeBlocks(pageText('docs/counting.md')).map(({ text }) => text.trimEnd().split('\n'));

/** Lines whose order is no matter: the two outputs are two streams. */
function shape(lines: readonly string[]): string[] {
  return lines
    .filter((line) => line !== '')
    .map((line) =>
      line
        .replace(/0x[0-9a-f]+|\d[\d,.]*(?=\D|$)/g, '#')
        .replace(/ +/g, ' ')
        // How many processors there are is the machine's.
        .replace(/(threads?) on # CPUs?/, '$1'),
    )
    .sort();
}

test('there are transcripts', () => {
  expect(transcripts.length).toBeGreaterThan(4);
  for (const [command] of transcripts) expect(command).toMatch(/^\$ hwbkpt /);
});

describeWith(['perf', 'ptrace', 'gcc', 'bpf', 'privileged'], 'docs/counting.md', () => {
  test.each(transcripts.map(([command = '', ...lines]) => [command.slice('$ hwbkpt '.length), lines] as const))(
    '%s',
    async (command, lines) => {
      const words = command.split(' ').map((word) => (word.startsWith('./') ? buildFixture(word.slice(2), FLAGS) : word));
      const { stdout, stderr } = await runHwbkpt(await Promise.all(words), { timeout: 100_000 });
      expect(shape([...stdout.split('\n'), ...stderr.split('\n')])).toEqual(shape(lines));
    },
    120_000,
  );
});

/** For call chains. */
const FLAGS = { flags: ['-fno-omit-frame-pointer'] };

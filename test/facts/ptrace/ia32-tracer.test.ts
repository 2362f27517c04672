// A 32-bit tracer has a struct user of its own layout; what it writes into debug registers is judged as a 64-bit tracer's is.
import { expect, test } from 'vitest';
import { buildFixture } from '../../helpers/build-fixture.js';
import { ManagedProcess } from '../../helpers/managed-process.js';
import { describeWith } from '../../helpers/requirement.js';

const EIO = 0xffff_fffb;
const EINVAL = 0xffff_ffea;

describeWith(['ptrace', 'perf', 'gcc', 'ia32'], 'a 32-bit tracer', () => {
  // The kernel differs from its 64-bit side in offsets alone: within the registers they need not be aligned, and the end itself is taken.
  test('R-523: has 32-bit words and the same rules for their values', async () => {
    await using tracer = new ManagedProcess(await buildFixture('ia32-tracer'), []);
    const { status, stdout } = await tracer.finishedWithin(20_000);
    expect(status).toBe(0);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    expect(Object.fromEntries(answers.map(([name = '', value = '']) => [name, Number.parseInt(value, 16)]))).toEqual({
      'fresh-dr6': 0xffff_0ff0,
      'poke-dr4': EIO,
      'poke-within-dr0': 0,
      'poke-end': 0,
      'poke-beyond': EIO,
      'poke-dr0-odd': 0,
      'poke-dr7-odd': EINVAL,
      'poke-dr0': 0,
      'poke-dr7': 0,
      'dr0-is-shared': 1,
      dr7: 0xd_0001,
      // Stopped by SIGTRAP.
      status: 0x57f,
      dr6: 0xffff_0ff1,
    });
  });
});

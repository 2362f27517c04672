// Values of plain stores come from the registers, without a look at memory: as the session knows the code, until it says that this has changed.
import { expect, test } from 'vitest';
import { highU32, lowU32 } from '../../src/base/u64.js';
import type { StoreForm } from '../../src/instructions/index.js';
import { describeWith } from '../helpers/requirement.js';
import { StopRun } from './stop-run.js';

/** What no write of the program leaves, so that it is seen where a value comes from. */
const MADE_UP = 0xfff0_0001;

describeWith(['perf', 'gcc'], 'an instruction that is called a plain store', () => {
  test('is believed, until code has changed', async () => {
    await using run = await StopRun.start('hot', { args: ['--writes', '10000000'] });
    const { address } = run.target.shown('counter');
    const where = { size: 8, base: -1, index: -1, scale: 1, dispLo: lowU32(address), dispHi: highU32(address) };
    const form: StoreForm = { ...where, register: -1, immediateLo: MADE_UP, immediateHi: 0 };
    run.arm({ name: 'counter', keep: 'each' });
    const last = (): bigint => {
      const bytes = run.recorder.hits.splice(0).at(-1)?.after ?? null;
      return bytes === null ? 0n : new DataView(bytes.buffer).getBigUint64(0, true);
    };
    run.target.go();
    await run.until(() => last() > 0n);
    run.session.useStores(() => form);
    await run.until(() => last() === BigInt(MADE_UP));
    run.session.useStores(() => null);
    await run.until(() => {
      const value = last();
      return value > 0n && value !== BigInt(MADE_UP);
    });
    expect(run.recorder.losses).toEqual([]);
  });
});

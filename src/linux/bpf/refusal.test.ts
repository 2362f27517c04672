import { describe, expect, test } from 'vitest';
import { refusalOf } from './refusal.js';

const STATISTICS = 'processed 3 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n';

describe('what the verifier says', () => {
  test.each([
    ['E2BIG' as const, ''],
    ['E2BIG' as const, `BPF program is too large. Processed 1000001 insn\n${STATISTICS}`],
    ['EINVAL' as const, `The sequence of 8193 jumps is too complex.\n${STATISTICS}`],
  ])('%s %j: too long', (errno, log) => {
    expect(refusalOf({ errno, log })).toEqual({ kind: 'too-long' });
  });

  test.each([
    ['invalid func unknown#131', 'bpf_ringbuf_reserve', 131, '5.8'],
    ['1: (85) call bpf_probe_read_user#112\nunknown func bpf_probe_read_user#112', 'bpf_probe_read_user', 112, '5.5'],
    ['program of this type cannot use helper bpf_probe_read_kernel#113', 'bpf_probe_read_kernel', 113, '5.5'],
    ['unknown func bpf_never_heard_of#9999', 'bpf_never_heard_of', 9999, null],
  ])('%s: a helper is missing', (log, name, number, since) => {
    expect(refusalOf({ errno: 'EINVAL', log: `${log}\n${STATISTICS}` })).toEqual({ kind: 'no-helper', name, number, since });
  });

  test.each(['BPF_XADD uses reserved fields', 'BPF_ATOMIC uses invalid atomic opcode e1'])('%s: an instruction is missing', (log) => {
    expect(refusalOf({ errno: 'EINVAL', log })).toEqual({ kind: 'no-instruction', name: 'the atomic exchange', since: '5.12' });
  });

  test('anything else is a mistake in the program, told by the last lines', () => {
    const log = `0: (b7) r0 = 0\n1: (7b) *(u64 *)(r10 -520) = r0\n\ninvalid write to stack R10 off=-520 size=8\n${STATISTICS}`;
    expect(refusalOf({ errno: 'EACCES', log })).toEqual({
      kind: 'faulty',
      lines: ['0: (b7) r0 = 0', '1: (7b) *(u64 *)(r10 -520) = r0', 'invalid write to stack R10 off=-520 size=8'],
    });
    const long = Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\n');
    expect(refusalOf({ errno: 'EINVAL', log: long })).toEqual({ kind: 'faulty', lines: [25, 26, 27, 28, 29].map((i) => `line ${i}`) });
    expect(refusalOf({ errno: 'EINVAL', log: '' })).toEqual({ kind: 'faulty', lines: [] });
  });
});

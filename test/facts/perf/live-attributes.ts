// A request in the kernel's own words: the attribute block that perf_event_open takes.
//
// Fields that hwbkpt itself never sets are put into the block that src/linux/perf-event.ts has packed and drawn:
//   0 type u32 | 8 config u64 | 24 sample_type u64 | 40 flags u64 (15-16 precise_ip) | 52 bp_type u32 | 72 branch_sample_type u64 | 80 sample_regs_user u64
import { packBreakpoint, SAMPLE } from '../../../src/linux/perf-event.js';
import type { BreakpointRequest } from './request.js';

const TYPE = { breakpoint: 5, software: 1, unknown: 0x7fff_fff0 } as const;
const PRECISE_IP_SHIFT = 15n;
const SAMPLE_BRANCH_STACK = 1n << 11n;
const BRANCH_ANY = 1n << 3n;
/** Bit 0 of XMM0 among perf's register numbers (arch/x86/include/uapi/asm/perf_regs.h). */
const REGISTER_XMM0 = 1n << 32n;
/** PERF_COUNT_SW_DUMMY. Not a clock: the kernel gives those another type of its own (and answers EINVAL in place of EOPNOTSUPP). */
const SOFTWARE_COUNTER = 9n;
/** Meaning of the samples of {@link packRequest}: ip u64, address u64. */
const SAMPLED = SAMPLE.IP | SAMPLE.ADDR;

/** The attribute block of `request`; its samples hold the ip and the address. */
export function packRequest(request: BreakpointRequest): Uint8Array {
  const bytes = packBreakpoint({
    type: 'write',
    address: request.address,
    length: request.length,
    period: request.period ?? 0,
    flags: request.flags,
    sampleType: SAMPLED,
    userRegisters: 0,
    interruptRegisters: 0,
    stackDepth: 0,
    signalData: request.signalData ?? 0n,
  });
  const view = new DataView(bytes.buffer);
  const set = (offset: number, bits: bigint): void => view.setBigUint64(offset, view.getBigUint64(offset, true) | bits, true);
  view.setUint32(0, TYPE[request.type ?? 'breakpoint'], true);
  view.setUint32(52, request.access, true);
  set(8, request.type === 'software' ? SOFTWARE_COUNTER : (request.config ?? 0n));
  set(40, BigInt(request.preciseIp ?? 0) << PRECISE_IP_SHIFT);
  if (request.branchStack === true) {
    set(24, SAMPLE_BRANCH_STACK);
    set(72, BRANCH_ANY);
  }
  if (request.vectorRegister === true) {
    set(24, BigInt(SAMPLE.REGS_USER));
    set(80, REGISTER_XMM0);
  }
  return bytes;
}

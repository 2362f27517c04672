// The samples of one event as a live ring holds them, when its sample_type is IP and ADDR:
//
//   0 type u32 (9: a sample) | 4 misc u16 (bit 14: the ip is exact) | 6 size u16 | 8 ip u64 | 16 addr u64
import { type PerfRing, RecordBuffer } from '../../../src/linux/perf-ring.js';
import type { SampleRecord } from './subject.js';

const RECORD_SAMPLE = 9;
const MISC_EXACT_IP = 1 << 14;

/** Takes all records out of `ring`; those that are no samples are left out. */
export function takeSamples(ring: PerfRing): SampleRecord[] {
  const buffer = new RecordBuffer();
  const length = ring.drain(buffer);
  const view = new DataView(buffer.words.buffer, 0, length);
  const samples: SampleRecord[] = [];
  for (let at = 0; at < length; at += view.getUint16(at + 6, true)) {
    if (view.getUint32(at, true) !== RECORD_SAMPLE) continue;
    samples.push({
      ip: view.getBigUint64(at + 8, true),
      address: view.getBigUint64(at + 16, true),
      exactIp: (view.getUint16(at + 4, true) & MISC_EXACT_IP) !== 0,
    });
  }
  return samples;
}

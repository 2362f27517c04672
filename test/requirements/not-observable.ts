// Rows that no test of this project can show, each with the reason. A row belongs here only where really nothing can show it: not because it is
// hard. When a test names such a row the reason is stale, and the tests say so.
import type { RequirementId } from './requirement.js';

const NO_IA64 = 'ia64 hardware and its kernel; hwbkpt runs on x86-64 and simulates x86 only';
const NO_ARM64 = 'arm64 hardware and its kernel; hwbkpt runs on x86-64 and simulates x86 only';

const BETWEEN =
  'a version of May 2009 that was in no release and is none of the six kernels; what stayed of it is how Linux works today (R-501 to R-594)';

export const NOT_OBSERVABLE: Readonly<Record<RequirementId, string>> = {
  'R-306': 'code of May 2007 of which no copy could be found; only that it existed is known',
  'R-308': 'the form of a proposal of 2008, of which only the beginning could be found',
  'R-310': 'who asked for what in 2009; the outcome is how Linux works today (R-560 to R-594)',
  'R-400': BETWEEN,
  'R-401': BETWEEN,
  'R-402': BETWEEN,
  'R-403': BETWEEN,
  'R-404': BETWEEN,
  'R-406': BETWEEN,
  'R-407': BETWEEN,
  'R-409': BETWEEN,
  'R-410': BETWEEN,
  'R-411': BETWEEN,
  'R-412': BETWEEN,
  'R-708': 'a remark that could not be confirmed in the sources: it states no behaviour',
  'R-802': NO_IA64,
  'R-803': NO_IA64,
  'R-865': NO_IA64,
  'R-901': NO_ARM64,
  'R-902': NO_ARM64,
  'R-905': NO_ARM64,
  'R-906': NO_ARM64,
  'R-907': NO_ARM64,
  'R-908': NO_ARM64,
  'R-909': NO_ARM64,
  'R-910': NO_ARM64,
  'R-911': 'riscv hardware and its kernel; hwbkpt runs on x86-64 and simulates x86 only',
  'R-912': 'powerpc hardware and its kernel; hwbkpt runs on x86-64 and simulates x86 only',
  'R-913': 'xtensa hardware and its kernel; the same idea on x86 is R-108',
  'T-L-03': NO_ARM64,
};

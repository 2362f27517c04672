// Rows that a later step of the project will show, each with what is missing until then. A test that names such a row makes it stale.
import type { RequirementId } from './requirement.js';

const CONTROL_WORDS = "src/registers does not know arm64's control words yet";

const SYSTEM_CALLS = "system calls under ptrace, without a debug register: the kernel's test is not among ours yet";

export const LATER: Readonly<Record<RequirementId, string>> = {
  'R-044': 'the simulated processor has no transactions yet, and the one at hand has none',
  'R-045':
    'the simulated processor does not step by branches yet; under the hypervisor at hand PTRACE_SINGLEBLOCK stops at every instruction',
  'R-542': 'handlers of the machine touch nothing themselves, so nothing tells yet whether DR7 is off while they run',
  'R-548': 'processors of the machine do not come and go yet, and no test takes away one of a running system',
  'T-L-13': SYSTEM_CALLS,
  'T-L-14': SYSTEM_CALLS,
  'R-903': CONTROL_WORDS,
  'R-904': CONTROL_WORDS,
};

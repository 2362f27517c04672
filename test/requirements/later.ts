// Rows that a later step of the project will show, each with what is missing until then. A test that names such a row makes it stale.
import type { RequirementId } from './requirement.js';

const CONTROL_WORDS = "src/registers does not know arm64's control words yet";
const BPF = 'the engine that attaches BPF programs is not there yet';

export const LATER: Readonly<Record<RequirementId, string>> = {
  'R-903': CONTROL_WORDS,
  'R-904': CONTROL_WORDS,
  'N-13': BPF,
};

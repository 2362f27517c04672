// The words that a line of a scenario can begin with. Nobody and nothing may be called so.
import { DECLARATIONS } from './parse-header.js';

/** First words of the script's own lines. */
export const SCRIPT_WORDS = ['run', 'switch', 'mark', 'hold', 'release', 'fail', 'expect'] as const;

/** All of them. */
export const LINE_WORDS: readonly string[] = [...Object.keys(DECLARATIONS), 'program', 'end', 'cpu', ...SCRIPT_WORDS];

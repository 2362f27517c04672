// Traced threads may be killed at any moment, also where they stand.
import { isGone } from './recorder.js';

/** Does something to a thread that may have been killed where it stood: its end is reported next. Returns whether it is there. */
export function unlessGone(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (!isGone(error)) throw error;
    return false;
  }
}

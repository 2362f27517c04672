// The signals that gdb wants to hear of before it says otherwise.

const SIGKILL = 9;
const LAST = 64;

/** Linux's numbers of all that can be told before they are delivered. */
export const ALL_SIGNALS: readonly number[] = Array.from({ length: LAST }, (_, index) => index + 1).filter((signal) => signal !== SIGKILL);

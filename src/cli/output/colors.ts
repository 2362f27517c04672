// Colours where a person looks: on a terminal, unless NO_COLOR says otherwise. picocolors itself would also colour pipes where CI is set.
import picocolors from 'picocolors';

const { NO_COLOR, FORCE_COLOR, TERM } = process.env;

/** The colour functions; they return their text unchanged where there is no colour. */
export const colors = picocolors.createColors(
  FORCE_COLOR !== undefined && FORCE_COLOR !== '0' ? true : process.stdout.isTTY === true && (NO_COLOR ?? '') === '' && TERM !== 'dumb',
);

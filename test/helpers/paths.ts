// Where things lie in this repository, whatever the working directory is.
import { fileURLToPath } from 'node:url';

/** The repository, without a slash at its end. */
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** The sources of the programs that tests watch. */
export const FIXTURES = `${REPOSITORY}/fixtures`;
/** Their builds, each in a folder of its own. */
export const BUILT_FIXTURES = `${REPOSITORY}/build/fixtures`;
/** The command line as users start it. */
export const HWBKPT = `${REPOSITORY}/bin/hwbkpt.js`;

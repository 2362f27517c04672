// What an attach takes that can be had before: for whoever may have to take over a process that somebody else has now.
import { loadDecoder } from '../instructions/index.js';
import { chooseEngine } from './choose-engine.js';

/** Loads and tries the engine called `engine`, and loads the decoder; what fails, fails again when it is needed, and is told then. */
export async function prepareToAttach(engine: string): Promise<void> {
  await Promise.allSettled([chooseEngine(engine), loadDecoder()]);
}

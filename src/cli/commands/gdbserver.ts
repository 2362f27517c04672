// hwbkpt gdbserver: the debugger one knows, over breakpoints that nobody has to give up.
import { ownSurroundings } from '../../linux/surroundings.js';
import type { Invocation } from '../command-spec.js';
import { gdbServerChoice } from '../gdbserver/options.js';
import { serveGdb } from '../gdbserver/serve.js';

export async function runGdbServer(invocation: Invocation): Promise<number> {
  // Before anything is opened.
  const surroundings = ownSurroundings();
  return await serveGdb(gdbServerChoice(invocation), surroundings);
}

// One hit on its way into the reports, filled again and again.
import { REGISTER_WORDS } from '../../instructions/registers.js';

/** All of a hit but its values and stack. 64-bit values are two u32 halves. */
export class SeenHit {
  cookie = 0;
  pid = 0;
  tid = 0;
  cpu = 0;
  /** CLOCK_MONOTONIC, ns. */
  timeLo = 0;
  timeHi = 0;
  ipLo = 0;
  ipHi = 0;
  kernel = false;
  exact = false;
  /** In the layout of instructions/registers, from word {@link registersAt} on; of the kernel's code where `kernel`. */
  registers: Uint32Array = new Uint32Array(REGISTER_WORDS);
  registersAt = 0;
}

/** A call chain as halves, and the bytes of the stack. */
export interface SeenStack {
  readonly chain: Uint32Array;
  readonly bytes: Uint8Array;
}

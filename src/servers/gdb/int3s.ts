// int3, the instruction of software breakpoints: kept out of the target's code, since it would stay there and kill the target should we be killed
// (N-10); with --int3 let through, and told from the program's own when a thread meets one.
import { USER_WORD } from '../../protocols/rsp/index.js';
import type { Client, ClientStop } from '../../session/debug/index.js';
import { mappingAt } from './procfs.js';
import type { RegisterCache } from './register-cache.js';
import { SIGTRAP } from './stop-reply.js';

const INT3 = 0xcc;

export class Int3s {
  readonly #client: Client;
  readonly #registers: RegisterCache;
  /** Where gdb has written one. */
  readonly #written = new Set<bigint>();

  constructor(client: Client, registers: RegisterCache) {
    this.#client = client;
    this.#registers = registers;
  }

  /** Whether a write would put one into code where there is none. */
  async wouldWrite(pid: number, address: bigint, bytes: Uint8Array): Promise<boolean> {
    if (!bytes.includes(INT3) || mappingAt(pid, address)?.permissions.includes('x') !== true) return false;
    const now = await this.#client.readMemory(pid, address, bytes.length);
    return bytes.some((byte, index) => byte === INT3 && now?.[index] !== INT3);
  }

  /** Bytes have been written. */
  note(address: bigint, bytes: Uint8Array): void {
    bytes.forEach((byte, index) => {
      const at = address + BigInt(index);
      if (byte === INT3 && bytes.length === 1) this.#written.add(at);
      else this.#written.delete(at);
    });
  }

  /** Whether a thread has just executed one that gdb wrote; its rip is set back to it, as is announced by `swbreak`. */
  async met({ tid, cause }: ClientStop): Promise<boolean> {
    if (this.#written.size === 0 || cause.kind !== 'signal' || cause.signal !== SIGTRAP) return false;
    const at = ((await this.#registers.user(tid))[USER_WORD.rip] ?? 0n) - 1n;
    if (!this.#written.has(at)) return false;
    await this.#registers.setWord(tid, USER_WORD.rip, at);
    return true;
  }
}

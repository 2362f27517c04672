// Registers of standing threads, read once for each stop: gdb asks for many of them, one by one.
import { needsXsave, type Register, readRegister, type ThreadRegisters, writeRegister } from '../../protocols/rsp/index.js';
import type { Client } from '../../session/debug/index.js';
import { RefusedError } from './replies.js';

export class RegisterCache {
  readonly #client: Client;
  readonly #user = new Map<number, Promise<BigUint64Array>>();
  readonly #xsave = new Map<number, Promise<Uint8Array>>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** The thread is about to run. */
  forget(tid: number): void {
    this.#user.delete(tid);
    this.#xsave.delete(tid);
  }

  /** struct user_regs_struct; not to be changed. Throws what Client.registers throws. */
  user(tid: number): Promise<BigUint64Array> {
    const known = this.#user.get(tid) ?? this.#client.registers(tid);
    this.#user.set(tid, known);
    known.catch(() => this.#user.delete(tid));
    return known;
  }

  #state(tid: number): Promise<Uint8Array> {
    const known = this.#xsave.get(tid) ?? this.#client.extendedState(tid);
    this.#xsave.set(tid, known);
    known.catch(() => this.#xsave.delete(tid));
    return known;
  }

  async #needed(tid: number, registers: readonly Register[]): Promise<ThreadRegisters> {
    const user = await this.user(tid);
    return { user, xsave: registers.some(needsXsave) ? await this.#state(tid) : null };
  }

  /** The bytes of each; null where the thread has none of them. */
  async read(tid: number, registers: readonly Register[]): Promise<(Uint8Array | null)[]> {
    const from = await this.#needed(tid, registers);
    return registers.map((register) => readRegister(register, from));
  }

  /** Sets registers, each to its bytes. Throws RefusedError, and what the client throws. */
  async write(tid: number, changes: readonly { readonly register: Register; readonly bytes: Uint8Array }[]): Promise<void> {
    const registers = changes.map(({ register }) => register);
    const { user, xsave } = await this.#needed(tid, registers);
    const copy = { user: user.slice(), xsave: xsave?.slice() ?? null };
    for (const { register, bytes } of changes)
      if (!writeRegister(register, bytes, copy))
        throw new RefusedError('EINVAL', `${register.name} cannot be set to ${bytes.length} bytes`);
    this.forget(tid);
    if (registers.some((register) => !needsXsave(register))) await this.#client.setRegisters(tid, copy.user);
    if (copy.xsave !== null) await this.#client.setExtendedState(tid, copy.xsave);
  }

  /** Changes one word of user_regs_struct. */
  async setWord(tid: number, word: number, value: bigint): Promise<void> {
    const copy = (await this.user(tid)).slice();
    copy[word] = value;
    this.forget(tid);
    await this.#client.setRegisters(tid, copy);
  }
}

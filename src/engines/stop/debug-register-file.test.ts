// The order of writes, against a port that answers as Linux does.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeDr7 } from '../../registers/index.js';
import { DebugRegisterFile, NoRegisterError, type RegisterPiece, type RegisterPort } from './debug-register-file.js';

interface Stub {
  address: bigint;
  access: string;
  length: number;
}

/** What Linux keeps of a thread: a slot that was ever written is there for good, and its address must suit what it is. */
class LinuxPort implements RegisterPort {
  readonly slots: (Stub | null)[] = [null, null, null, null];
  readonly log: string[] = [];
  control = 0n;
  status = 0xffff_0ff0n;
  /** How many slots the kernel has for this thread. */
  room = 4;

  write(index: number, value: bigint): void {
    this.log.push(`${index}=${value.toString(16)}`);
    if (index < 4) this.#writeAddress(index, value);
    else if (index === 7) this.#writeControl(value);
    else throw new Error(`DR${index} is not to be written`);
  }

  readStatus(): bigint {
    return this.status;
  }

  /** What the processor watches. */
  live(): string[] {
    const { slots } = decodeDr7(this.control);
    return this.slots.flatMap((stub, index) =>
      stub !== null && slots[index]?.enabled ? [`${stub.access} ${stub.address.toString(16)}:${stub.length}`] : [],
    );
  }

  #charge(stub: Stub): Stub {
    if (this.slots.filter((slot) => slot !== null).length >= this.room) throw new Error('ENOSPC');
    return stub;
  }

  #writeAddress(index: number, address: bigint): void {
    const stub = this.slots[index] ?? null;
    if (stub === null) this.slots[index] = this.#charge({ address, access: 'write', length: 1 });
    else {
      if (address % BigInt(stub.access === 'execute' ? 1 : stub.length) !== 0n) throw new Error('EINVAL');
      stub.address = address;
    }
  }

  #writeControl(value: bigint): void {
    for (const [index, fields] of decodeDr7(value).slots.entries()) {
      const stub = this.slots[index] ?? null;
      if (stub === null && !fields.enabled) continue;
      if (fields.access === 'execute' ? fields.length !== 1 : (stub?.address ?? 0n) % BigInt(fields.length) !== 0n)
        throw new Error('EINVAL');
      this.slots[index] = Object.assign(stub ?? this.#charge({ address: 0n, access: 'write', length: 1 }), fields);
    }
    this.control = value;
  }
}

const WRITE_8: RegisterPiece = { address: 0x1000n, length: 8, access: 'write' };
const WRITE_1: RegisterPiece = { address: 0x2003n, length: 1, access: 'write' };

function make() {
  const port = new LinuxPort();
  return { port, file: new DebugRegisterFile(port) };
}

test('a register is off while its address changes', () => {
  const { port, file } = make();
  file.arm(1, WRITE_8);
  expect(port.log).toEqual(['7=0', '0=1000', '7=90001']);
  file.arm(2, WRITE_1);
  expect(port.log.slice(3)).toEqual(['7=90001', '1=2003', '7=190005']);
});

test('one that was used is taken before one that was not', () => {
  const { port, file } = make();
  for (const cookie of [1, 2, 3]) {
    file.arm(cookie, WRITE_8);
    file.disarm(cookie);
  }
  expect(port.slots.map((slot) => slot !== null)).toEqual([true, false, false, false]);
  expect([file.free, file.freeAgain]).toEqual([4, 1]);
});

describe('what fails', () => {
  test('a fifth', () => {
    const { file, port } = make();
    for (const cookie of [1, 2, 3, 4]) file.arm(cookie, WRITE_8);
    expect(() => file.arm(5, WRITE_8)).toThrow(NoRegisterError);
    expect([file.free, port.live().length]).toEqual([0, 4]);
  });

  test('a slot that others hold: nothing of it is armed, the rest stays', () => {
    const { file, port } = make();
    port.room = 1;
    file.arm(1, WRITE_8);
    expect(() => file.arm(2, WRITE_1)).toThrow('ENOSPC');
    expect([port.live(), file.free]).toEqual([['write 1000:8'], 3]);
  });

  test('a move that the kernel refuses: it is where it was', () => {
    const { file, port } = make();
    file.arm(1, WRITE_8);
    expect(() => file.move(1, { ...WRITE_8, address: 0x1001n })).toThrow('EINVAL');
    expect(port.live()).toEqual(['write 1000:8']);
  });
});

test('hits are those of the registers that hold something', () => {
  const { file, port } = make();
  file.arm(1, WRITE_8);
  file.arm(2, WRITE_1);
  port.status = 0xffff_0ff0n ^ 0b1111n;
  expect(file.hits()).toEqual([1, 2]);
  file.pause(1, true);
  expect(file.hits()).toEqual([2]);
  expect(port.live()).toEqual(['write 2003:1']);
  file.pause(1, false);
  file.disarm(2);
  expect([file.hits(), port.live()]).toEqual([[1], ['write 1000:8']]);
});

test('whatever is armed, moved, paused and disarmed: what is live is what is asked for', () => {
  const piece = fc
    .record({
      page: fc.integer({ min: 1, max: 9 }),
      length: fc.constantFrom(1, 2, 4, 8),
      access: fc.constantFrom('write', 'readwrite', 'execute'),
    })
    .map(({ page, length, access }) => {
      const bytes = access === 'execute' ? 1 : length;
      return { address: BigInt(page * 4096 + 3 * bytes), length: bytes, access } as RegisterPiece;
    });
  const action = fc.record({
    verb: fc.constantFrom('arm', 'move', 'pause', 'resume', 'disarm'),
    cookie: fc.integer({ min: 1, max: 6 }),
    piece,
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
      const { file, port } = make();
      const wanted = new Map<number, { piece: RegisterPiece; paused: boolean }>();
      for (const { verb, cookie, piece: next } of actions) {
        const now = wanted.get(cookie);
        if (verb === 'arm' && now === undefined && wanted.size < 4) {
          file.arm(cookie, next);
          wanted.set(cookie, { piece: next, paused: false });
        } else if (verb === 'move' && now !== undefined) {
          file.move(cookie, next);
          now.piece = next;
        } else if (verb === 'pause' || verb === 'resume') {
          file.pause(cookie, verb === 'pause');
          if (now !== undefined) now.paused = verb === 'pause';
        } else if (verb === 'disarm') {
          file.disarm(cookie);
          wanted.delete(cookie);
        }
        const live = [...wanted.values()]
          .filter(({ paused }) => !paused)
          .map(({ piece: { access, address, length } }) => `${access} ${address.toString(16)}:${length}`);
        expect(port.live().sort()).toEqual(live.sort());
        expect(port.slots.filter((slot) => slot !== null).length).toBeLessThanOrEqual(4);
      }
    }),
    { seed: 20070222 },
  );
});

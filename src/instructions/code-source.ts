// Where the bytes of a program's code come from: a file's text section, or the memory of a live process.

/** Random access to code bytes by address. */
export interface CodeSource {
  /**
   * `length` bytes from `address` on; fewer where the readable part ends, null where nothing can be read there.
   * Must be the code that ran: bytes changed in the meantime (a JIT) are for the caller to notice. The result is not written to.
   */
  read(address: bigint, length: number): Uint8Array | null;
}

/** Start of the function whose code contains `address`, or null where no symbol tells. */
export type FunctionStart = (address: bigint) => bigint | null;

/** A {@link CodeSource} over bytes in memory that begin at `start`. */
export function codeFromBytes(start: bigint, bytes: Uint8Array): CodeSource {
  return {
    read(address, length) {
      const offset = address - start;
      if (offset < 0n || offset >= BigInt(bytes.length)) return null;
      return bytes.subarray(Number(offset), Math.min(Number(offset) + length, bytes.length));
    },
  };
}

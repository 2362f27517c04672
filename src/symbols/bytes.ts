// Where the bytes of a file come from: the parsers read through this, so that they run on files, memory and in a browser.

/** Random access to a file's bytes. Implementations throw nothing for short reads: they return fewer bytes. */
export interface ByteSource {
  /** Total bytes. */
  readonly size: number;
  /** Up to `length` bytes from `offset` on; fewer where the file ends. The result must not be written to. */
  read(offset: number, length: number): Uint8Array;
}

/** A {@link ByteSource} over bytes already in memory. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(Math.min(offset, bytes.length), Math.min(offset + length, bytes.length)),
  };
}

/** Inflates a zlib stream to exactly `size` bytes; throws where the stream is broken. Given from outside: no pure room may import zlib. */
export type Inflate = (compressed: Uint8Array, size: number) => Uint8Array;

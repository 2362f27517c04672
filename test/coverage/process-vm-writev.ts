// process_vm_writev(2), which hwbkpt itself never calls: it only reads.
import koffi from 'koffi';

const BYTES = 8;
const libc = koffi.load('libc.so.6');
const iovec = koffi.struct('hwbkpt_test_iovec', { base: 'uint64_t', length: 'uint64_t' });
const vector = koffi.pointer(iovec);
const call = libc.func('process_vm_writev', 'long', ['int', vector, 'ulong', vector, 'ulong', 'ulong']);

/** Writes a 64-bit number into another process. */
export function writeProcessMemory(pid: number, address: bigint, value: bigint): void {
  const bytes = koffi.alloc('int64_t', 1);
  koffi.encode(bytes, 'int64_t', value);
  const written: number = call(pid, { base: koffi.address(bytes), length: BYTES }, 1, { base: address, length: BYTES }, 1, 0);
  if (written !== BYTES) throw new Error(`process_vm_writev wrote ${written} bytes`);
}

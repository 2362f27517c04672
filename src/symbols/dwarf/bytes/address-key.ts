// Addresses as plain numbers: exact, and in order, for every canonical address (see Cursor.addressKey).

/** The low 53 bits of `address`. The test saves the costlier cut for kernel addresses. */
export function addressKey(address: bigint): number {
  const plain = Number(address);
  return plain >= 0 && plain <= Number.MAX_SAFE_INTEGER ? plain : Number(BigInt.asUintN(53, address));
}

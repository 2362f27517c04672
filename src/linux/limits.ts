// Resource limits of this process.
import { checked } from './errno.js';
import { prlimit } from './libc.js';

/** RLIMIT_* numbers (include/uapi/asm-generic/resource.h). */
const RESOURCE = { descriptors: 7, lockedMemory: 8 } as const;

/** Infinity where there is no limit. */
export interface ResourceLimit {
  readonly soft: number;
  readonly hard: number;
}

/** The limit of open descriptors, or of bytes of locked memory. Throws LinuxError. */
export function resourceLimit(resource: keyof typeof RESOURCE): ResourceLimit {
  const limits = new BigUint64Array(2);
  checked(prlimit(0, RESOURCE[resource], null, limits), 'prlimit', `limit of ${resource}`);
  return { soft: limitOf(limits[0]), hard: limitOf(limits[1]) };
}

/** RLIM_INFINITY is all ones. */
function limitOf(value = 0n): number {
  return value === 0xffff_ffff_ffff_ffffn ? Number.POSITIVE_INFINITY : Number(value);
}

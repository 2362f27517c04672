// struct stat as gdb's file requests have it, 64 bytes, big-endian, whatever either machine is.
//
//   0 dev u32 | 4 ino u32 | 8 mode u32 | 12 nlink u32 | 16 uid u32 | 20 gid u32 | 24 rdev u32 | 28 size u64 | 36 blksize u64 | 44 blocks u64
//   52 atime u32 | 56 mtime u32 | 60 ctime u32
import type { Stats } from 'node:fs';

/** Numbers that do not fit lose their upper bits. */
export function packStat(stats: Stats): Uint8Array {
  const view = new DataView(new ArrayBuffer(64));
  const words = [stats.dev, stats.ino, stats.mode, stats.nlink, stats.uid, stats.gid, stats.rdev];
  for (const [index, word] of words.entries()) view.setUint32(4 * index, word);
  view.setBigUint64(28, BigInt(stats.size));
  view.setBigUint64(36, BigInt(stats.blksize));
  view.setBigUint64(44, BigInt(stats.blocks));
  view.setUint32(52, stats.atimeMs / 1000);
  view.setUint32(56, stats.mtimeMs / 1000);
  view.setUint32(60, stats.ctimeMs / 1000);
  return new Uint8Array(view.buffer);
}

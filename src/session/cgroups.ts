// Names of control groups: the kernel tells a group's number, which is its directory's inode number.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where version 2 is mounted: alone, or beside version 1. */
const MOUNTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];
/** Directories looked at for one number: a machine with more groups shows the number. */
const MOST_GROUPS = 20_000;

const names = new Map<bigint, string>();

/** The path of the group below its mount point (`/` is the root), or `#NUMBER` where no directory has that number any more. Never throws. */
export function cgroupName(id: bigint): string {
  let name = names.get(id);
  if (name === undefined) {
    name = find(Number(id)) ?? `#${id}`;
    names.set(id, name);
  }
  return name;
}

function find(inode: number): string | null {
  // Only version 2 has this file in its root; directories of version 1 have inode numbers of their own.
  for (const mount of MOUNTS.filter((place) => existsSync(join(place, 'cgroup.controllers')))) {
    const waiting = ['/'];
    for (let looked = 0; waiting.length > 0 && looked < MOST_GROUPS; looked++) {
      const path = waiting.shift() ?? '/';
      if (inodeOf(join(mount, path)) === inode) return path;
      waiting.push(...groupsIn(mount, path));
    }
  }
  return null;
}

function inodeOf(path: string): number | null {
  try {
    return statSync(path).ino;
  } catch {
    return null;
  }
}

function groupsIn(mount: string, path: string): string[] {
  try {
    const entries = readdirSync(join(mount, path), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
  } catch {
    return [];
  }
}

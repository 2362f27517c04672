// Which accesses a request is about.

/** `write`: data written. `readwrite`: data read or written (x86 has no read-only breakpoint). `execute`: the instruction at the address is about to run. */
export type Access = 'write' | 'readwrite' | 'execute';

/** What a clone or fork takes along (R-121: never implicit). */
export type Inherit = 'none' | 'threads' | 'children';

/** The command line's short word for each access. */
export const ACCESS_FLAGS = { w: 'write', rw: 'readwrite', x: 'execute' } as const satisfies Record<string, Access>;

// Numbers that must not be mixed up carry their meaning in their type; at run time they are plain numbers and bigints.

declare const brand: unique symbol;

/** `T` marked as a `Name`: assignable to `T`, but not the other way round without {@link as}. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Position in a file, in bytes from its start. */
export type FileOffset = Brand<number, 'FileOffset'>;
/** Address as written in an ELF file (before the load bias is added). */
export type FileAddress = Brand<bigint, 'FileAddress'>;
/** Address in a live address space: of a process, or of the kernel. */
export type VirtualAddress = Brand<bigint, 'VirtualAddress'>;
/** Thread id as the kernel's initial PID namespace of the tool shows it. */
export type Tid = Brand<number, 'Tid'>;
/** Process id (thread group id). */
export type Pid = Brand<number, 'Pid'>;
/** Index of a physical address register: 0 to 3. */
export type Slot = Brand<0 | 1 | 2 | 3, 'Slot'>;

/** Marks a raw number as file offset, address, tid ...: the only way into a brand, so that conversions can be found. */
export function as<B extends Brand<number | bigint, string>>(value: B extends bigint ? bigint : number): B {
  return value as unknown as B;
}

// The one door to libc: every foreign function hwbkpt calls, with a type, and nothing else in the project imports koffi.
import koffi from 'koffi';

/** An address in this process, as koffi hands it out. Opaque: only {@link viewMemory} and libc calls take it. */
export type Pointer = unknown;

const libc = koffi.load('libc.so.6');

/** Declares one libc function. The C prototype is the truth; `F` must say the same. */
function declare<F extends (...args: never[]) => unknown>(prototype: string): F {
  return libc.func(prototype) as unknown as F;
}

type Bytes = Uint8Array | Int32Array | BigUint64Array | null;

/** syscall(2) as perf_event_open needs it: number, attr, pid, cpu, group fd, flags. */
export const syscallPerfEventOpen = declare<
  (number: number, attr: Uint8Array, pid: number, cpu: number, group: number, flags: number) => number
>('long syscall(long, void*, int, int, int, unsigned long)');

/** syscall(2) as bpf(2) needs it: number, command, attr, size of attr. */
export const syscallBpf = declare<(number: number, command: number, attr: Uint8Array, size: number) => number>(
  'long syscall(long, long, void*, unsigned int)',
);

export const mmap = declare<(address: null, length: number, protection: number, flags: number, fd: number, offset: number) => Pointer>(
  'void* mmap(void*, size_t, int, int, int, long)',
);
export const munmap = declare<(address: Pointer, length: number) => number>('int munmap(void*, size_t)');
/** Not fs.closeSync: in a Worker, Node complains of descriptors that it has not opened itself. */
export const closeDescriptor = declare<(fd: number) => number>('int close(int)');
export const ioctl = declare<(fd: number, request: number, argument: number) => number>('int ioctl(int, unsigned long, unsigned long)');
export const ioctlWithBuffer = declare<(fd: number, request: number, argument: Uint8Array) => number>(
  'int ioctl(int, unsigned long, void*)',
);
export const ptraceCall = declare<(request: number, pid: number, address: number | bigint, data: number | bigint) => number>(
  'long ptrace(long, int, uintptr_t, uintptr_t)',
);
/** The same with memory of ours for `data`, which the kernel reads or fills. */
export const ptraceWithBuffer = declare<
  (request: number, pid: number, address: number, data: Uint8Array | Uint32Array | BigUint64Array) => number
>('long ptrace(long, int, uintptr_t, void*)');
/**
 * Of what is called at every hit, memory of ours is given by its address (see {@link addressOfBytes}), a number below 2^48: to take an array apart costs
 * half as much as the call.
 */
export const wait4Call = declare<(pid: number, status: number, options: number, usage: number) => number>(
  'int wait4(int, uintptr_t, int, uintptr_t)',
);
/** Both vectors by their addresses. */
export const processVmReadvAt = declare<
  (pid: number, local: number, localCount: number, remote: number, remoteCount: number, flags: number) => number
>('intptr_t process_vm_readv(int, uintptr_t, unsigned long, uintptr_t, unsigned long, unsigned long)');
export const gettidCall = declare<() => number>('int gettid()');
export const tgkillCall = declare<(pid: number, tid: number, signal: number) => number>('int tgkill(int, int, int)');
export const sigactionCall =
  declare<(signal: number, action: Uint8Array | null, old: Uint8Array | null) => number>('int sigaction(int, void*, void*)');
export const dlsymCall = declare<(library: null, name: string) => Pointer>('void* dlsym(void*, const char*)');
/** read(2) into memory of ours; unlike fs.readSync it makes no object. */
export const readDescriptor = declare<(fd: number, bytes: Uint32Array, length: number) => number>('intptr_t read(int, void*, size_t)');
export const waitpidCall = declare<(pid: number, status: Int32Array, options: number) => number>('int waitpid(int, int*, int)');
export const processVmReadv = declare<
  (pid: number, local: BigUint64Array, localCount: number, remote: BigUint64Array, remoteCount: number, flags: number) => number
>('intptr_t process_vm_readv(int, void*, unsigned long, void*, unsigned long, unsigned long)');
export const schedSetaffinity = declare<(pid: number, size: number, mask: Uint8Array) => number>(
  'int sched_setaffinity(int, size_t, void*)',
);
export const schedGetaffinity = declare<(pid: number, size: number, mask: Uint8Array) => number>(
  'int sched_getaffinity(int, size_t, void*)',
);
export const schedGetscheduler = declare<(pid: number) => number>('int sched_getscheduler(int)');
export const schedSetscheduler = declare<(pid: number, policy: number, parameters: Int32Array) => number>(
  'int sched_setscheduler(int, int, void*)',
);
export const getpriorityCall = declare<(which: number, who: number) => number>('int getpriority(int, int)');
export const setpriorityCall = declare<(which: number, who: number, priority: number) => number>('int setpriority(int, int, int)');
export const prlimit = declare<(pid: number, resource: number, next: Bytes, previous: Bytes) => number>(
  'int prlimit(int, int, void*, void*)',
);

export const posixSpawn = declare<
  (pid: Int32Array, path: string, actions: Uint8Array, attributes: Uint8Array, argv: (string | null)[], envp: (string | null)[]) => number
>('int posix_spawn(int*, const char*, void*, void*, const char**, const char**)');
export const spawnActionsInit = declare<(actions: Uint8Array) => number>('int posix_spawn_file_actions_init(void*)');
export const spawnActionsDestroy = declare<(actions: Uint8Array) => number>('int posix_spawn_file_actions_destroy(void*)');
export const spawnActionsDup2 = declare<(actions: Uint8Array, from: number, to: number) => number>(
  'int posix_spawn_file_actions_adddup2(void*, int, int)',
);
export const spawnAttributesInit = declare<(attributes: Uint8Array) => number>('int posix_spawnattr_init(void*)');
export const spawnAttributesDestroy = declare<(attributes: Uint8Array) => number>('int posix_spawnattr_destroy(void*)');
export const spawnAttributesFlags = declare<(attributes: Uint8Array, flags: number) => number>(
  'int posix_spawnattr_setflags(void*, short)',
);
export const spawnAttributesSigdefault = declare<(attributes: Uint8Array, set: Uint8Array) => number>(
  'int posix_spawnattr_setsigdefault(void*, void*)',
);
export const schedYield = declare<() => number>('int sched_yield()');
export const sendCall = declare<(fd: number, bytes: Uint8Array, length: number, flags: number) => number>(
  'intptr_t send(int, void*, size_t, int)',
);
export const recvCall = declare<(fd: number, bytes: Uint8Array, length: number, flags: number) => number>(
  'intptr_t recv(int, void*, size_t, int)',
);
export const fcntlCall = declare<(fd: number, command: number, argument: number) => number>('int fcntl(int, int, int)');
export const fcntlWithBuffer = declare<(fd: number, command: number, argument: Int32Array) => number>('int fcntl(int, int, void*)');
export const memfdCreate = declare<(name: string, flags: number) => number>('int memfd_create(const char*, unsigned int)');
export const prctlCall = declare<(option: number, a: number, b: number, c: number, d: number) => number>(
  'int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)',
);
export const setitimerCall = declare<(which: number, next: BigUint64Array, previous: null) => number>('int setitimer(int, void*, void*)');
export const pipe2 = declare<(fds: Int32Array, flags: number) => number>('int pipe2(int*, int)');
/** The calling thread's errno: valid right after a call that said it failed. */
export function lastErrno(): number {
  return koffi.errno();
}

/** The address behind a pointer. */
export function addressOf(pointer: Pointer): bigint {
  return koffi.address(pointer);
}

/** Where the bytes lie, for structures that hold addresses; they do not move as long as somebody holds on to them. */
export function addressOfBytes(bytes: Uint8Array): bigint {
  return koffi.address(bytes);
}

/** A view on `length` bytes of this process's memory. Using it after the memory is gone crashes: keep it private to its owner. */
export function viewMemory(pointer: Pointer, length: number): ArrayBuffer {
  return koffi.view(pointer, length);
}

/** True where mmap answered MAP_FAILED. */
export function isMapFailed(pointer: Pointer): boolean {
  return koffi.address(pointer) === 0xffff_ffff_ffff_ffffn;
}

export type Demangler = (mangled: string) => string | null;

/** `__cxa_demangle` of libstdc++; throws where that library cannot be loaded. */
export function loadDemangler(): Demangler {
  const libstdcxx = koffi.load('libstdc++.so.6');
  const text = koffi.disposable('hwbkpt_demangled', 'str');
  const demangle = libstdcxx.func('__cxa_demangle', text, ['const char*', 'void*', 'void*', 'int*']);
  const status = new Int32Array(1);
  return (mangled) => {
    const name: unknown = demangle(mangled, null, null, status);
    return status[0] === 0 && typeof name === 'string' ? name : null;
  };
}

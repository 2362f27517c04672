// ptrace as far as debug registers need it: a thread's registers, and the control calls around them.
export * from './control.js';
export * from './registers.js';
